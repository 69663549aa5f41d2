"""Calibration metrics of probabilities, against scikit-learn; the temperature, against what it must be."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss

from roadsigns.evaluation.calibration import (
    MAX_TEMPERATURE,
    MIN_TEMPERATURE,
    brier_score,
    cross_fitted_temperatures,
    expected_calibration_error,
    fit_temperature,
    log_probabilities,
    logits_of,
    metrics_at,
)


def calibration_metrics(logits, labels, temperature=1.0):
    """Of images that are one fold."""
    return metrics_at([(logits, labels)], [temperature])


def draw(seed, *, images=2000, classes=5, sharpness=2.0):
    """Logits whose softmax is the chance of each class, and labels drawn by it."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=sharpness, size=(images, classes))
    chances = np.exp(log_probabilities(logits))
    labels = (chances.cumsum(axis=1) > rng.random((images, 1))).argmax(axis=1)
    return logits, labels


@given(st.integers(0, 2**31), st.integers(2, 40), st.integers(2, 9), st.floats(0.1, 8))
def test_nll_and_brier_are_scikit_learns(seed, images, classes, temperature):
    """At any temperature, for two classes and more."""
    logits, labels = draw(seed, images=images, classes=classes)
    probabilities = np.exp(log_probabilities(logits, temperature))
    names = list(range(classes))

    figures = calibration_metrics(logits, labels, temperature)

    assert figures.nll == pytest.approx(log_loss(labels, probabilities, labels=names))
    if classes == 2:
        expected = brier_score_loss(labels, probabilities[:, 1], labels=names, pos_label=1, scale_by_half=False)
    else:
        expected = brier_score_loss(labels, probabilities, labels=names, scale_by_half=False)
    assert figures.brier == pytest.approx(expected)


def test_calibration_error_is_the_gap_of_each_bin_by_its_images():
    """Two bins of ten: 0.15 right one time of two, 0.95 always."""
    rest = np.full((4, 18), 0.0)
    probabilities = np.concatenate([np.zeros((4, 2)), rest], axis=1)
    for row, certainty in zip(probabilities, (0.95, 0.95, 0.15, 0.15), strict=True):
        row[0] = certainty
        row[1:] = (1 - certainty) / 19
    labels = np.array([0, 0, 0, 7])

    error = expected_calibration_error(probabilities, labels, bins=10)

    assert error == pytest.approx((2 * 0.05 + 2 * 0.35) / 4)


@pytest.mark.parametrize(("certainty", "bins"), [(1.0, 15), (0.4, 15), (0.6, 5)])
def test_edges_of_bins_lie_in_one(certainty, bins):
    """Certainty of 1 too: nothing is lost."""
    row = np.array([[certainty, *[(1 - certainty) / 2] * 2]])

    assert expected_calibration_error(row, np.array([0]), bins=bins) == pytest.approx(1 - row.max())


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5, 6.0])
def test_temperature_that_was_put_in_is_found(temperature):
    """From 20,000 images to a few percent, and what is left is calibrated."""
    logits, labels = draw(1, images=20_000)

    found = fit_temperature(logits * temperature, labels)

    assert found == pytest.approx(temperature, rel=0.05)
    before, after = (calibration_metrics(logits * temperature, labels, t) for t in (1.0, found))
    assert after.ece < 0.02
    if temperature != 1:
        assert (after.nll, after.brier, after.ece) < (before.nll, before.brier, before.ece)


@given(st.integers(0, 2**31), st.floats(0.4, 4))
def test_no_temperature_near_it_is_better(seed, sharpness):
    """It is the minimum."""
    logits, labels = draw(seed, images=60, sharpness=sharpness)

    found = fit_temperature(logits, labels)

    least = calibration_metrics(logits, labels, found).nll
    for factor in (0.9, 0.999, 1.001, 1.1):
        if MIN_TEMPERATURE < found < MAX_TEMPERATURE:
            assert calibration_metrics(logits, labels, found * factor).nll >= least - 1e-12


def test_nothing_misread_is_the_lowest_temperature_and_random_the_highest():
    """The minimum lies beyond both."""
    logits, labels = draw(2, images=100)

    assert fit_temperature(logits, logits.argmax(axis=1)) == MIN_TEMPERATURE
    assert fit_temperature(logits, logits.argmin(axis=1)) == MAX_TEMPERATURE
    assert 0.1 < fit_temperature(logits, labels) < 10


def test_probabilities_give_logits_up_to_a_constant():
    """In float32 too, and a zero is no infinity."""
    logits, _ = draw(3)
    probabilities = np.exp(log_probabilities(logits)).astype(np.float32)

    again = log_probabilities(logits_of(probabilities), 2.0)

    np.testing.assert_allclose(again, log_probabilities(logits, 2.0), atol=1e-5)
    assert np.isfinite(logits_of(np.array([[0, 1]], np.float32))).all()


def test_each_fold_is_evaluated_by_the_others():
    """A fold that is far too sure gets the temperature of those that are not."""
    fine, sure = draw(4), draw(5)
    parts = [fine, (sure[0] * 4, sure[1])]

    temperatures = cross_fitted_temperatures(parts)
    figures = metrics_at(parts, temperatures)

    assert temperatures == pytest.approx((fit_temperature(*parts[1]), fit_temperature(*parts[0])))
    by_hand = [calibration_metrics(*part, t).nll for part, t in zip(parts, temperatures, strict=True)]
    assert figures.nll == pytest.approx(math.fsum(by_hand) / 2)


def test_brier_score_reaches_from_0_to_2():
    """Confident and right, confident and wrong."""
    sure = np.array([[1.0, 0.0, 0.0]])

    assert brier_score(sure, np.array([0])) == 0
    assert brier_score(sure, np.array([2])) == 2
