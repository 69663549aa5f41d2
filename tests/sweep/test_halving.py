"""Successive halving ends who is not among the better half of those that have come as far."""

import pytest

from roadsigns.sweep.halving import Halving, can_be_judged


def tell(halving, name, *errors, epochs=8, **options):
    """Tell the validation errors of the first epochs."""
    halving.tell(name, epochs=epochs, validated=dict(enumerate(errors, start=1)), **options)


def test_the_first_one_goes_on_whatever_its_error():
    """There is nothing to measure it by."""
    halving = Halving()
    tell(halving, "a", 0.99, 0.99, 0.99, 0.99)

    assert halving.poor == {}


def test_who_is_worse_than_half_is_ended_at_a_quarter():
    """After 2 of 8 epochs; earlier epochs do not count."""
    halving = Halving()
    tell(halving, "good", 0.9, 0.1)
    tell(halving, "poor", 0.1)
    assert halving.poor == {}

    tell(halving, "poor", 0.1, 0.2)
    assert halving.poor == {"poor": (2, 0.2)}


def test_who_is_better_goes_on_and_is_compared_again_at_half():
    """There it is compared with those that came as far."""
    halving = Halving()
    tell(halving, "a", 0.3, 0.3, 0.3, 0.3)
    tell(halving, "b", 0.2, 0.2, 0.4)
    assert halving.poor == {}

    tell(halving, "b", 0.2, 0.2, 0.4, 0.4)
    assert halving.poor == {"b": (4, 0.4)}


def test_equals_go_on():
    """Neither does better."""
    halving = Halving()
    for name in "abc":
        tell(halving, name, 0.2, 0.2)

    assert halving.poor == {}


def test_rungs_are_at_the_next_validated_epoch():
    """Some recipes validate every few epochs; the last epoch is no rung."""
    halving = Halving()
    halving.tell("a", epochs=80, validated={20: 0.1, 40: 0.1})
    halving.tell("b", epochs=80, validated={19: 0.9, 79: 0.2})
    halving.tell("c", epochs=80, validated={80: 0.9})

    assert halving.poor == {"b": (79, 0.2)}


def test_who_went_on_before_is_not_judged_again_but_measures_others():
    """As when a sweep is resumed: the order in which they came is not known any more."""
    halving = Halving()
    tell(halving, "a", 0.1, 0.1, judge=False)
    tell(halving, "b", 0.2, 0.2, judge=False)
    tell(halving, "b", 0.2, 0.2)
    assert halving.poor == {}

    tell(halving, "c", 0.3, 0.3)
    assert halving.poor == {"c": (2, 0.3)}


@pytest.mark.parametrize(
    ("epochs", "validate_every", "judged"),
    [(8, 1, True), (80, 79, True), (80, 80, False), (4, 40, False), (1, 1, False), (2, 1, True), (80, 10, True)],
)
def test_who_is_validated_at_its_end_alone_cannot_be_judged(epochs, validate_every, judged):
    """As the epochs say that a training validates."""
    validated = {epoch: 0.5 for epoch in range(1, epochs + 1) if epoch == epochs or epoch % validate_every == 0}
    halving = Halving()
    halving.tell("good", epochs=100, validated=dict.fromkeys(range(25, 100), 0.1))
    halving.tell("poor", epochs=epochs, validated=validated)

    assert can_be_judged(epochs=epochs, validate_every=validate_every) == judged
    assert ("poor" in halving.poor) == judged
