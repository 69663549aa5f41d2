"""Calibration: how well probabilities match the frequency of correct answers, and temperature scaling. Pure arrays.

Temperature scaling divides a network's logits by one number, which changes no prediction, only its confidence (Guo et
al. 2017, "On calibration of modern neural networks"). Logits are needed up to a constant for each image, which softmax
cancels: the logarithms of the probabilities will do.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "BINS",
    "MAX_TEMPERATURE",
    "MIN_TEMPERATURE",
    "CalibrationMetrics",
    "brier_score",
    "confidence_gap",
    "cross_fitted_temperatures",
    "expected_calibration_error",
    "fit_temperature",
    "log_probabilities",
    "logits_of",
    "metrics_at",
    "negative_log_likelihood",
]

Float64Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.integer]

# As in Guo et al.
BINS = 15
# The range of the search. The temperatures of trained networks lie between 0.5 and 5.
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.05, 20.0
# Bisections of the logarithm's range: to 1e-11 of the temperature.
HALVINGS = 40
# Smaller than any float32 above 0.
SMALLEST = 1e-45


@dataclass(frozen=True, slots=True)
class CalibrationMetrics:
    """How well probabilities are calibrated; lower is better.

    Attributes:
        nll: Negative log-likelihood, the mean of -log(probability of the truth), nats.
        ece: Expected calibration error, a fraction; see `expected_calibration_error`.
        brier: Brier score, 0 to 2; see `brier_score`.
    """

    nll: float
    ece: float
    brier: float

    def as_dict(self) -> dict[str, object]:
        """Return the fields, for JSON."""
        return asdict(self)


def log_probabilities(logits: npt.NDArray[np.floating], temperature: float = 1.0) -> Float64Array:
    """Return the logarithms of the probabilities at a temperature.

    Args:
        logits: Shape (images, num_classes); adding a constant to all logits of an image changes nothing.
        temperature: Above 0.

    Returns:
        Shape (images, num_classes), float64.
    """
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    rows: Float64Array = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
    return rows


def logits_of(probabilities: npt.NDArray[np.floating]) -> Float64Array:
    """Return logits that have these probabilities, shape (images, num_classes), float64."""
    logits: Float64Array = np.log(np.maximum(probabilities.astype(np.float64), SMALLEST))
    return logits


def negative_log_likelihood(rows: Float64Array, labels: Labels) -> float:
    """Return the mean of -log(probability of the truth) in nats.

    Args:
        rows: What `log_probabilities` returns.
        labels: Class ids, shape (images,).
    """
    return float(-rows[np.arange(len(labels)), labels].mean())


def brier_score(probabilities: Float64Array, labels: Labels) -> float:
    """Return the mean squared distance of the probabilities from the truth, over all classes, from 0 to 2 (Brier 1950).

    Args:
        probabilities: Shape (images, num_classes).
        labels: Class ids, shape (images,).
    """
    squares = np.square(probabilities).sum(axis=1)
    truth = probabilities[np.arange(len(labels)), labels]
    return float((squares - 2 * truth + 1).mean())


def expected_calibration_error(probabilities: Float64Array, labels: Labels, *, bins: int = BINS) -> float:
    """Return the mean gap between accuracy and confidence over bins (Naeini et al. 2015, Guo et al. 2017).

    Images are put into bins of equal width by the probability of the predicted class. In each bin the accuracy is
    compared with the mean of these probabilities.

    Args:
        probabilities: Shape (images, num_classes).
        labels: Class ids, shape (images,).
        bins: Number of bins; each excludes its lower and includes its upper end.

    Returns:
        Between 0 and 1.
    """
    return confidence_gap(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, bins=bins)


def confidence_gap(confidence: npt.NDArray[np.floating], correct: npt.NDArray[np.bool_], *, bins: int = BINS) -> float:
    """Return the expected calibration error where all probabilities but the highest are gone.

    Args:
        confidence: The probability of the predicted class, shape (images,).
        correct: Whether it is the truth, shape (images,).
        bins: As for `expected_calibration_error`.
    """
    places = np.clip(np.ceil(confidence * bins).astype(np.intp) - 1, 0, bins - 1)
    # The gap of a bin's means, times its images, is the gap of its sums.
    gaps = np.bincount(places, weights=correct - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(correct))


def fit_temperature(logits: Float64Array, labels: Labels) -> float:
    """Return the temperature with the lowest negative log-likelihood.

    That is a convex function of the inverse temperature, so its slope has one zero, which bisection finds.

    Args:
        logits: Shape (images, num_classes).
        labels: Class ids, shape (images,), at least one.

    Returns:
        Between `MIN_TEMPERATURE` and `MAX_TEMPERATURE`; one of these where the minimum lies
        beyond, as it does when nothing is misread.
    """
    low, high = math.log(MIN_TEMPERATURE), math.log(MAX_TEMPERATURE)
    if _nll_slope_positive(logits, labels, MAX_TEMPERATURE):
        return MAX_TEMPERATURE
    if not _nll_slope_positive(logits, labels, MIN_TEMPERATURE):
        return MIN_TEMPERATURE
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _nll_slope_positive(logits, labels, math.exp(middle)):
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)


def _nll_slope_positive(logits: Float64Array, labels: Labels, temperature: float) -> bool:
    """Whether the slope of the negative log-likelihood over the inverse temperature is positive: overconfident."""
    probabilities = np.exp(log_probabilities(logits, temperature))
    expected = (probabilities * logits).sum(axis=1)
    return bool((expected - logits[np.arange(len(labels)), labels]).mean() > 0)


def cross_fitted_temperatures(parts: Sequence[tuple[Float64Array, Labels]]) -> tuple[float, ...]:
    """Return for each fold the temperature fitted on the others, so that none is judged by its own.

    Args:
        parts: Logits, shape (images, num_classes), and class ids, shape (images,), of at least two folds.
    """
    temperatures = []
    for number in range(len(parts)):
        others = [part for other, part in enumerate(parts) if other != number]
        logits, labels = (np.concatenate(arrays) for arrays in zip(*others, strict=True))
        temperatures.append(fit_temperature(logits, labels))
    return tuple(temperatures)


def metrics_at(parts: Sequence[tuple[Float64Array, Labels]], temperatures: Sequence[float]) -> CalibrationMetrics:
    """Compute the metrics over all images, each fold at its temperature.

    Args:
        parts: As for `cross_fitted_temperatures`.
        temperatures: One for each fold.
    """
    rows = [
        log_probabilities(logits, temperature) for (logits, _), temperature in zip(parts, temperatures, strict=True)
    ]
    return _metrics(np.concatenate(rows), np.concatenate([labels for _, labels in parts]))


def _metrics(rows: Float64Array, labels: Labels) -> CalibrationMetrics:
    probabilities = np.exp(rows)
    return CalibrationMetrics(
        nll=negative_log_likelihood(rows, labels),
        ece=expected_calibration_error(probabilities, labels),
        brier=brier_score(probabilities, labels),
    )
