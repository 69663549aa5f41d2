"""Equal classes pass; others are refused with what differs."""

import pytest

from roadsigns.datasets.class_match import require_same_classes
from roadsigns.errors import DataError, ModelError


def compare(ours, theirs, **options):
    require_same_classes(ours, theirs, us="the model", them="data/mine", hint="Give other data.", **options)


def test_equal_names_pass():
    """Whether in a list or a tuple."""
    compare(["bus", "stop"], ("bus", "stop"))


def test_another_number_of_classes_is_refused():
    """With both numbers and the first names."""
    with pytest.raises(DataError) as raised:
        compare(["a", "b", "c", "d"], ["a"])

    assert raised.value.problem == "The numbers of classes differ: 4 in the model (a, b, c, ...), 1 in data/mine (a)."
    assert raised.value.hint == "Give other data."


def test_another_order_is_refused_with_the_first_name_that_differs():
    """By an error of the type that the caller wants."""
    with pytest.raises(ModelError) as raised:
        compare(["bus", "stop", "yield"], ["bus", "yield", "stop"], error=ModelError)

    assert raised.value.problem == "Class 1 is 'stop' in the model and 'yield' in data/mine."
    assert raised.value.expected == "the same classes in the same order"
