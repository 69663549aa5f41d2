"""Parts of sentences: counts, choices and reasons read as a person would write them."""

import errno
from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from roadsigns.wording import (
    accepted,
    counted,
    either,
    known_score_shown,
    one_of,
    percent,
    percent_shown,
    plain_name,
    reason,
    some,
)


@pytest.mark.parametrize(("number", "text"), [(0, "0 images"), (1, "1 image"), (2, "2 images"), (1000, "1,000 images")])
def test_noun_agrees_with_its_number(number, text):
    assert counted(number, "image") == text


def test_noun_that_ends_in_s_takes_another_plural():
    assert [counted(number, "class") for number in (1, 2)] == ["1 class", "2 classes"]
    assert [counted(number, "box") for number in (1, 2)] == ["1 box", "2 boxes"]


@pytest.mark.parametrize(("choices", "text"), [("a", "a"), ("ab", "a or b"), ("abc", "a, b or c")])
def test_last_choice_follows_an_or(choices, text):
    assert either(choices) == text


def test_single_choice_is_not_one_of_several():
    assert one_of(["float32"]) == "float32"
    assert one_of(["float32", "float16"]) == "one of float32, float16"


@pytest.mark.parametrize("spelling", ["no entry", "No entry", "NO-ENTRY", " no_entry "])
def test_spellings_of_a_name_are_one(spelling):
    assert plain_name(spelling) == "no entry"


def test_long_list_ends_in_the_number_that_is_left_out():
    assert some(["a", "b", "c"]) == "a; b; c"
    assert some([str(number) for number in range(30)]) == "0; 1; 2; 3; 4; and 25 more"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "/tmp/.x-1a2b.keras"),
            "No such file or directory",
        ),
        (KeyError("classes"), "'classes' is missing"),
        (KeyError("There is no item named 'a.json' in the archive"), "'a.json' is missing"),
        (ValueError("It breaks off."), "It breaks off"),
        (EOFError(), "EOFError"),
        (TypeError("'NoneType' object is not iterable"), "a value is missing or of the wrong type"),
        (TypeError("A.__init__() got an unexpected keyword argument 'more'"), "'more' is unknown"),
    ],
)
def test_reason_names_no_path_and_explains_a_key(error, text):
    assert reason(error) == text


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Annotated[int, Field(ge=1)], 0, "at least 1"),
        (Annotated[float, Field(lt=1)], 1.5, "less than 1"),
        (Literal["best", "last"], "first", "'best' or 'last'"),
        (int, "many", "a whole number"),
        (date, "x", "a valid date or datetime, input is too short"),
    ],
)
def test_what_pydantic_accepts_is_a_noun_phrase(kind, value, text):
    """Its own words where there are no better ones."""
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(kind).validate_python(value)

    assert accepted(raised.value.errors()[0]) == text


def test_percent_has_two_decimals():
    assert percent(0.98312) == "98.31 %"


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(1.0, "> 99.99 %"), (0.99996, "> 99.99 %"), (0.9999, "99.99 %"), (0.0001, "0.01 %"), (1e-9, "< 0.01 %")],
)
def test_no_class_is_impossible_or_certain(probability, shown):
    """A softmax gives none a probability of exactly 0 or 1."""
    assert percent_shown(probability) == shown


@pytest.mark.parametrize(
    ("score", "shown"), [(0.998, "99.8000 %"), (0.9998792, "99.9879 %"), (1.0, "> 99.9999 %"), (0.0, "< 0.0001 %")]
)
def test_known_scores_have_four_decimals(score, shown):
    """A score just above a threshold must not read as one below it."""
    assert known_score_shown(score) == shown
