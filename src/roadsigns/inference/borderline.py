"""Which decisions a small change of a network's outputs would turn."""

import math

import numpy as np
import numpy.typing as npt

from roadsigns.inference.decide import DecisionRule, known_scores
from roadsigns.types import Float32Array

__all__ = ["borderline"]


def borderline(outputs: Float32Array, rule: DecisionRule, change: float) -> npt.NDArray[np.bool_]:
    """Return of which images the decision or the candidates could be others.

    Args:
        outputs: What an engine gives, shape (count, num_classes + kinds), float32.
        rule: The model's.
        change: By how much the log-odds of the known score, or the logarithm of the ratio of a class's probability to
            the largest one, may change; above 0.

    Returns:
        Shape (count,), bool; False where an output is not a number.
    """
    count = len(rule.classes)
    near = np.zeros(len(outputs), bool)
    known = np.ones(len(outputs), bool)
    if rule.threshold is not None:
        scores = known_scores(outputs[:, count:])
        known = scores >= _shifted(rule.threshold, -change)
        near |= known & (scores < _shifted(rule.threshold, change))
    if rule.quantile is not None:
        near |= known & _has_borderline_class(outputs[:, :count], 1 - rule.quantile, change)
    return near


def _shifted(probability: float, change: float) -> float:
    """Return a probability whose log-odds are greater by a change; 0 and 1 stay."""
    scaled = probability * math.exp(change)
    return scaled / (scaled + 1 - probability)


def _has_borderline_class(
    probabilities: npt.NDArray[np.float32], least_ratio: float, change: float
) -> npt.NDArray[np.bool_]:
    """Return of which images the prediction set could be of another size."""
    ratios = probabilities / probabilities.max(axis=1, keepdims=True, initial=0)
    largest = (ratios >= least_ratio * math.exp(-change)).sum(axis=1)
    # The most probable class is always in it.
    smallest = np.maximum((ratios >= least_ratio * math.exp(change)).sum(axis=1), 1)
    different: npt.NDArray[np.bool_] = largest > smallest
    return different
