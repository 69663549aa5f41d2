"""Options after the question mark, and numbers in an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from roadsigns.serving.errors import ApiError
from roadsigns.serving.query import TOP_K, parse_class_id, parse_options

CLASSES = 43


def request(query):
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


@given(st.integers(1, CLASSES))
def test_every_number_of_classes_is_taken(number):
    """And the box as it came, for whoever knows where the image is."""
    assert parse_options(request(f"top_k={number}"), classes=CLASSES) == (number, None)
    assert parse_options(request(f"box=1%2C2,3,4&top_k={number}"), classes=CLASSES) == (number, "1,2,3,4")


def test_without_options_there_are_the_usual_ones():
    """Five classes, the whole image."""
    assert parse_options(request(""), classes=CLASSES) == parse_options(request("&"), classes=CLASSES) == (TOP_K, None)


@pytest.mark.parametrize("number", ["0", "-1", "44", "", "five", "1.0", "+3", " 3", "٣", "1" * 5000])
def test_other_numbers_are_refused(number):
    """With what came, cut, and what was expected."""
    with pytest.raises(ApiError, match=r"The option 'top_k' as .* A whole number from 1 to 43\.") as refusal:
        parse_options(request(f"top_k={number.replace('+', '%2B')}"), classes=CLASSES)
    assert refusal.value.status == 422
    assert len(refusal.value.explanation.came) < 200


def test_unknown_option_is_refused():
    """A misspelled box would else be the whole image."""
    with pytest.raises(ApiError, match="The unknown option 'bx'"):
        parse_options(request("bx=1,2,3,4&top_k=2"), classes=CLASSES)


@given(st.integers(-999_999_999, 999_999_999))
def test_class_is_any_whole_number(number):
    """Whether there is such a class is asked later."""
    assert parse_class_id(str(number)) == number


@pytest.mark.parametrize("text", ["", "x", "1.5", "1e3", "²", "9" * 5000])
def test_class_that_is_no_number_is_refused(text):
    """As one that makes no sense, not as one that is missing."""
    with pytest.raises(ApiError, match="The class '") as refusal:
        parse_class_id(text)
    assert refusal.value.status == 422
