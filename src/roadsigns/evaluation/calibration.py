"""How far probabilities are chances, and the temperature that makes them so. Pure arrays; sees no model, reads no file.

A network's logits are divided by one number, the temperature, which changes no answer, only how sure it is (Guo et al.
2017, "On calibration of modern neural networks"). Logits are wanted up to a constant for each image, which a softmax
forgets: the logarithms of the probabilities will do.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "BINS",
    "MAX_TEMPERATURE",
    "MIN_TEMPERATURE",
    "CalibrationMetrics",
    "brier_score",
    "calibration_metrics",
    "cross_fitted",
    "expected_calibration_error",
    "fit_temperature",
    "log_probabilities",
    "logits_of",
    "negative_log_likelihood",
]

Float64Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.integer]

# As Guo et al. have it.
BINS = 15
# Where a temperature is looked for. Trained networks lie between 0.5 and 5.
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.05, 20.0
# Halvings of the logarithm's range: to 1e-11 of the temperature.
HALVINGS = 40
# Below what float32 can tell from 0.
SMALLEST = 1e-45


@dataclass(frozen=True, slots=True)
class CalibrationMetrics:
    """What probabilities are worth as chances; less is better.

    Attributes:
        nll: Mean of -log(probability of the truth), nats.
        ece: Expected calibration error, a fraction; see `expected_calibration_error`.
        brier: Brier score, 0 to 2; see `brier_score`.
    """

    nll: float
    ece: float
    brier: float


def log_probabilities(logits: npt.NDArray[np.floating], temperature: float = 1.0) -> Float64Array:
    """Return the logarithms of the probabilities at a temperature.

    Args:
        logits: Shape (images, num_classes); a constant more or less for an image changes nothing.
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
    """Return how far accuracy and certainty lie apart, on the mean over images (Naeini et al. 2015, Guo et al. 2017).

    Images are put into bins of equal width by the probability of the class that is read; in each bin the share of right
    answers and the mean of these probabilities are compared.

    Args:
        probabilities: Shape (images, num_classes).
        labels: Class ids, shape (images,).
        bins: How many; each is open below and closed above.

    Returns:
        Between 0 and 1.
    """
    certainty = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    places = np.clip(np.ceil(certainty * bins).astype(np.intp) - 1, 0, bins - 1)
    # A bin's images times its gap is the gap of its sums.
    gaps = np.bincount(places, weights=right - certainty, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def calibration_metrics(logits: Float64Array, labels: Labels, temperature: float = 1.0) -> CalibrationMetrics:
    """Measure logits at a temperature.

    Args:
        logits: Shape (images, num_classes).
        labels: Class ids, shape (images,), at least one.
        temperature: Above 0.
    """
    return _figures(log_probabilities(logits, temperature), labels)


def fit_temperature(logits: Float64Array, labels: Labels) -> float:
    """Return the temperature with the least negative log-likelihood.

    That is a convex function of its inverse, so its slope, which falls with the temperature, has one zero, and halving
    finds it.

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
    """Whether a higher temperature would lower the negative log-likelihood."""
    probabilities = np.exp(log_probabilities(logits, temperature))
    expected = (probabilities * logits).sum(axis=1)
    return bool((expected - logits[np.arange(len(labels)), labels]).mean() > 0)


def cross_fitted(parts: Sequence[tuple[Float64Array, Labels]]) -> tuple[CalibrationMetrics, tuple[float, ...]]:
    """Measure each fold at a temperature that was fitted on the others, so that none has chosen its own.

    Args:
        parts: Logits, shape (images, num_classes), and class ids, shape (images,), of at least two folds.

    Returns:
        The figures over all images, and the temperature of each fold.
    """
    temperatures = []
    for number in range(len(parts)):
        others = [part for other, part in enumerate(parts) if other != number]
        logits, labels = (np.concatenate(arrays) for arrays in zip(*others, strict=True))
        temperatures.append(fit_temperature(logits, labels))
    rows = [
        log_probabilities(logits, temperature) for (logits, _), temperature in zip(parts, temperatures, strict=True)
    ]
    return _figures(np.concatenate(rows), np.concatenate([labels for _, labels in parts])), tuple(temperatures)


def _figures(rows: Float64Array, labels: Labels) -> CalibrationMetrics:
    probabilities = np.exp(rows)
    return CalibrationMetrics(
        nll=negative_log_likelihood(rows, labels),
        ece=expected_calibration_error(probabilities, labels),
        brier=brier_score(probabilities, labels),
    )
