"""What a caller gives, refused in one sentence where it is of another type or out of range."""

from pathlib import Path

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.arguments import as_float, as_int, as_path, as_text, require_choice, require_texts
from roadsigns.errors import DataError, OutputError


@pytest.mark.parametrize("value", ["runs/a", Path("runs/a")])
def test_path_is_a_str_or_a_path(value):
    assert as_path(value, "run") == Path("runs/a")
    assert as_text(value, "run") == "runs/a"


@pytest.mark.parametrize("value", [None, 5, b"runs/a", ["runs/a"]])
def test_other_types_are_no_path(value):
    """What came and what was expected stand in the sentence."""
    for convert in (as_path, as_text):
        with pytest.raises(TypeError) as raised:
            convert(value, "run")
        assert str(raised.value) == f"'run' is {value!r}. Expected a path, as a str or pathlib.Path."


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_whole_numbers_become_ints(value):
    """Those of NumPy too, which JSON would not know."""
    assert as_int(value, "seed", least=3, most=3) == 3
    assert type(as_int(value, "seed")) is int


@pytest.mark.parametrize("value", [None, "3", 3.0, True, [3]])
def test_other_types_are_no_whole_number(value):
    with pytest.raises(TypeError) as raised:
        as_int(value, "seed")
    assert str(raised.value) == f"'seed' is {value!r}. Expected a whole number."


def test_whole_number_out_of_range_is_refused():
    with raises(DataError, problem="'seed' is -1.", expected="at least 0"):
        as_int(-1, "seed", least=0)
    with raises(DataError, problem="'seed' is 8.", expected="at most 7"):
        as_int(8, "seed", least=0, most=7)


@pytest.mark.parametrize("value", [0, 1, -3, float("nan"), float("inf")])
def test_number_out_of_range_is_refused(value):
    """The limits are out of it."""
    assert as_float(np.float32(0.5), "fraction", above=0, below=1) == 0.5
    with raises(DataError, problem=f"'fraction' is {float(value)}.", expected="between 0 and 1"):
        as_float(value, "fraction", above=0, below=1)


@pytest.mark.parametrize("value", [None, "0.5", True, []])
def test_other_types_are_no_number(value):
    with pytest.raises(TypeError, match="Expected a number"):
        as_float(value, "fraction", above=0, below=1)


@pytest.mark.parametrize("value", [None, "Test", "tests", 5, []])
def test_what_is_no_choice_is_refused_with_all_choices(value):
    require_choice("test", "split", ("test", "all"))
    with raises(DataError, problem=f"'split' is {value!r}.", expected="one of test, all"):
        require_choice(value, "split", ("test", "all"))


@pytest.mark.parametrize("value", [None, "a=1", 5, [5], {"a": 1}])
def test_single_text_is_no_list_of_texts(value):
    """Its letters would be taken for texts."""
    require_texts(["a=1"], "overrides", expected="a list")
    require_texts((), "overrides", expected="a list")
    with pytest.raises(TypeError) as raised:
        require_texts(value, "overrides", expected="a list")
    assert str(raised.value) == f"'overrides' is {value!r}. Expected a list."


def test_empty_path_is_refused():
    """It would be the current folder."""
    for convert in (as_path, as_text):
        with raises(OutputError, problem="'run' is empty", expected="a path"):
            convert("", "run", OutputError)
