"""Metrics of cells and kinds, worked out by hand."""

import numpy as np
import pytest

from roadsigns.evaluation.calibration import expected_calibration_error
from roadsigns.evaluation.corruptions.result import measure_cell, measure_kind


def cell(errors, baseline_errors=None, severity=1):
    """Of ten images, of which so many are misread, with a confidence of 0.8."""
    places = np.arange(10)
    return measure_cell(
        places >= errors,
        np.full(10, 0.8, np.float32),
        baseline_correct=None if baseline_errors is None else places >= baseline_errors,
        severity=severity,
        strength=25,
    )


def test_cell_counts_errors_and_compares_confidence():
    one = cell(3, 6, severity=2)

    assert (one.severity, one.strength, one.images, one.errors, one.baseline_errors) == (2, 25, 10, 3, 6)
    assert one.accuracy == pytest.approx(0.7)
    assert one.confidence == pytest.approx(0.8)
    assert one.ece == pytest.approx(0.1)


def test_calibration_is_that_of_whole_probabilities():
    """The other classes' probabilities have no part in it."""
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(5), 300).astype(np.float32)
    labels = rng.integers(0, 5, 300)

    correct, confidence = probabilities.argmax(axis=1) == labels, probabilities.max(axis=1)
    one = measure_cell(correct, confidence, baseline_correct=None, severity=0, strength=None)

    assert one.ece == pytest.approx(expected_calibration_error(probabilities, labels), abs=1e-6)


def test_corruption_error_is_a_ratio_of_sums():
    """Not a mean of ratios: severities at which the baseline errs little weigh little, as in ImageNet-C."""
    kind = measure_kind("fog", 1, [cell(0, 1), cell(1, 1), cell(1, 2), cell(2, 4), cell(3, 6)])

    assert kind.corruption_error == pytest.approx(7 / 14)
    assert kind.accuracy == pytest.approx(1 - 7 / 50)
    assert kind.confidence == pytest.approx(0.8)


@pytest.mark.parametrize("baseline_errors", [0, None])
def test_without_errors_of_a_baseline_there_is_no_corruption_error(baseline_errors):
    """Nothing is divided by 0."""
    assert measure_kind("fog", 1, [cell(1, baseline_errors)] * 5).corruption_error is None
