"""Which decisions a small change would turn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from roadsigns.inference.borderline import borderline
from roadsigns.inference.decide import DecisionRule, decision_numbers, known_scores
from roadsigns.inference.prediction_sets import set_members
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
    """Decision and candidates alike; a sign that stays unknown has none that count."""
    rule = DecisionRule(CLASSES, KINDS, threshold=threshold, quantile=quantile)
    ratios = np.array([1, *others])
    before, after = outputs_of(ratios, score), moved(ratios, score, changes)

    if not borderline(before, rule, CHANGE)[0]:
        assert decision_numbers(before, rule) == decision_numbers(after, rule)
        if known_scores(before[:, 3:])[0] >= threshold:
            assert (set_members(before[:, :3], quantile) == set_members(after[:, :3], quantile)).all()


@pytest.mark.parametrize(
    ("ratios", "score", "expected"),
    [
        ([1, 0.001, 0.001], 0.99, False),
        ([1, 0.001, 0.001], 0.91, True),
        ([1, 0.001, 0.001], 0.89, True),
        ([1, 0.11, 0.001], 0.99, True),
        ([1, 0.09, 0.001], 0.99, True),
        ([1, 0.5, 0.001], 0.99, False),
        ([1, 0.11, 0.001], 0.5, False),
        ([1, np.nan, 0.1], np.nan, False),
    ],
)
def test_decisions_near_a_threshold_are_borderline(ratios, score, expected):
    """Near the least known score, 0.9, and the least ratio of a candidate, 0.1; the latter of known signs alone."""
    rule = DecisionRule(CLASSES, KINDS, threshold=0.9, quantile=0.9)

    assert borderline(outputs_of(ratios, score), rule, CHANGE).tolist() == [expected]


@pytest.mark.parametrize(
    ("quantile", "second", "expected"), [(0, 0.5, False), (0, 0.9, True), (1, 0.5, False), (None, 0.9, False)]
)
def test_sets_that_hold_one_class_or_all_are_seldom_borderline(quantile, second, expected):
    """Nor is anything that a model without thresholds says."""
    rule = DecisionRule(CLASSES, quantile=quantile)

    assert borderline(outputs_of([1, second, 0.1], 1)[:, :3], rule, CHANGE).tolist() == [expected]
