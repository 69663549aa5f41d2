"""Which decisions a small change of a network's outputs would turn."""

import math

import numpy as np
import numpy.typing as npt

from roadsigns.inference.decide import DecisionRule
from roadsigns.types import Float32Array

__all__ = ["borderline"]


def borderline(
    probabilities: Float32Array, scores: npt.NDArray[np.float64], rule: DecisionRule, change: float
) -> npt.NDArray[np.bool_]:
    """Return on which images the decision could be another. Candidates of an uncertain one may change unnoticed.

    Args:
        probabilities: Shape (count, num_classes), float32.
        scores: The known scores, shape (count,), from `known_scores`.
        rule: The model's.
        change: By how much the log-odds of the known score, or the logarithm of the ratio of a class's probability to
            the largest one, may change; above 0.

    Returns:
        Shape (count,), bool; False where a probability or a score is not a number.
    """
    count = len(rule.classes)
    near = np.zeros(len(scores), bool)
    known: npt.NDArray[np.bool_] | bool = True
    if rule.threshold is not None:
        known = scores >= _shifted(rule.threshold, -change)
        near = known & (scores < _shifted(rule.threshold, change))
    if rule.quantile is not None and count > 1:
        # Uncertain or not: whether the second class is among the candidates.
        second, first = np.partition(probabilities, (count - 2, count - 1), axis=1)[:, count - 2 :].T
        least = (1 - rule.quantile) * first
        near |= known & (second >= least * math.exp(-change)) & (second < least * math.exp(change))
    return near


def _shifted(probability: float, change: float) -> float:
    """Return a probability whose log-odds are greater by a change; 0 and 1 stay."""
    scaled = probability * math.exp(change)
    return scaled / (scaled + 1 - probability)
