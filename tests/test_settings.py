"""What every table of a recipe is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from roadsigns.settings import Settings


class Fruit(Settings):
    """A table."""

    apples: int = 3
    weight: float = 0.5


@given(apples=st.integers(), weight=st.floats(allow_nan=False))
def test_values_are_taken_as_they_are(apples, weight):
    """Equal values make equal tables."""
    assert Fruit(apples=apples, weight=weight).model_dump() == {"apples": apples, "weight": weight}
    assert Fruit(apples=apples, weight=weight) == Fruit(apples=apples, weight=weight)


@pytest.mark.parametrize("values", [{"apples": 2.0}, {"apples": "2"}, {"apples": True}, {"weight": "heavy"}])
def test_values_of_another_type_are_refused(values):
    """2.0 is no whole number, and text no number at all."""
    with pytest.raises(ValidationError):
        Fruit(**values)


def test_whole_number_is_taken_where_any_number_may_stand():
    """TOML's 1 is a weight, too."""
    assert Fruit(weight=1).weight == 1.0


def test_unknown_key_is_refused():
    """A typing mistake must not silently leave the default."""
    with pytest.raises(ValidationError, match="pears"):
        Fruit(pears=1)


def test_table_cannot_be_changed():
    """A recipe is what a run records; nothing may alter it later."""
    with pytest.raises(ValidationError, match="frozen"):
        Fruit().apples = 4


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), float("-inf")])
def test_number_that_is_not_finite_is_refused(weight):
    class Basket(Settings):
        weight: float = 0.0

    with pytest.raises(ValidationError, match="finite number"):
        Basket(weight=weight)
