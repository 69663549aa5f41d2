"""Which decisions a small change would turn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from roadsigns.inference.borderline import borderline
from roadsigns.inference.decide import DecisionRule, decision_numbers, known_scores
from roadsigns.types import SignClass

CLASSES = tuple(SignClass(number, f"class {number}") for number in range(3))
KINDS = ("no sign",)
CHANGE = 0.3
SHARES = st.floats(0.001, 0.999)


def outputs_of(ratios, score):
    """The outputs for one image whose classes have these ratios to the most probable one."""
    return np.array([[*(np.array(ratios) / np.sum(ratios)), 1 - score]], np.float32)


def log_odds(share):
    return np.log(share / (1 - share))


def is_borderline(outputs, rule):
    """Of one image."""
    return borderline(outputs[:, :3], known_scores(outputs[:, 3:]), rule, CHANGE).item()


def moved(ratios, score, changes):
    """The same after a change of the log-odds of the score and of the logarithms of the ratios."""
    odds = np.exp(log_odds(score) + changes[0])
    return outputs_of([1, *np.minimum(ratios[1:] * np.exp(changes[1:]), 1)], odds / (1 + odds))


@given(
    arrays.arrays(float, 2, elements=SHARES),
    SHARES,
    arrays.arrays(float, 3, elements=st.floats(-0.99 * CHANGE, 0.99 * CHANGE)),
    SHARES,
    st.floats(0, 1),
)
def test_what_is_not_borderline_stays_under_any_such_change(others, score, changes, threshold, quantile):
    """Whichever outputs it comes from."""
    rule = DecisionRule(CLASSES, KINDS, threshold=threshold, quantile=quantile)
    ratios = np.array([1, *others])
    before, after = outputs_of(ratios, score), moved(ratios, score, changes)

    if not is_borderline(before, rule):
        assert decision_numbers(before, rule) == decision_numbers(after, rule)


@pytest.mark.parametrize(
    ("ratios", "score", "expected"),
    [
        ([1, 0.001, 0.001], 0.99, False),
        ([1, 0.001, 0.001], 0.91, True),
        ([1, 0.001, 0.001], 0.89, True),
        ([1, 0.11, 0.001], 0.99, True),
        ([1, 0.09, 0.001], 0.99, True),
        ([1, 0.5, 0.001], 0.99, False),
        ([1, 0.5, 0.1], 0.99, False),
        ([1, 0.11, 0.001], 0.5, False),
        ([1, np.nan, 0.1], np.nan, False),
    ],
)
def test_decisions_near_a_threshold_are_borderline(ratios, score, expected):
    """Near the least known score, 0.9; of known signs, also where a second class is near the least ratio, 0.1."""
    rule = DecisionRule(CLASSES, KINDS, threshold=0.9, quantile=0.9)

    assert is_borderline(outputs_of(ratios, score), rule) == expected


@pytest.mark.parametrize(
    ("quantile", "second", "expected"), [(0, 0.5, False), (0, 0.9, True), (1, 0.5, False), (None, 0.9, False)]
)
def test_sets_that_hold_one_class_or_all_are_seldom_borderline(quantile, second, expected):
    """A model without thresholds decides nothing at all."""
    rule = DecisionRule(CLASSES, quantile=quantile)

    assert is_borderline(outputs_of([1, second, 0.1], 1), rule) == expected
