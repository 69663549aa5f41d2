"""Average precision and the FROC curve of ranked detections. Pure arrays.

Each scene has a weight: 1, or how often it was drawn where scenes are resampled.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["RECALLS", "FrocCurve", "average_precision", "froc_curve", "interpolated_precision"]

# COCO's 101 points.
RECALLS = np.linspace(0, 1, 101)
# Sums of weights differ in their last digits.
ROUNDING = 1e-9

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def interpolated_precision(right: Flags, false: Flags, weights: Floats, signs: float) -> Floats:
    """Return the best precision that is reached at each of the `RECALLS` or above, 0 where none reaches it.

    Args:
        right: Which detections are a sign to be found, by falling score, shape (detections,).
        false: Which are no sign, shape (detections,). The rest does not count.
        weights: Of the detections' scenes, shape (detections,).
        signs: Sum of the weights of all signs to be found, more than 0.

    Returns:
        Fractions, shape (101,).
    """
    found = np.cumsum(np.where(right, weights, 0))
    wrong = np.cumsum(np.where(false, weights, 0))
    counted = found + wrong
    precision = np.divide(found, counted, out=np.zeros(len(counted)), where=counted > 0)
    best = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0)
    return np.asarray(best[np.searchsorted(found / signs, RECALLS)], np.float64)


def average_precision(right: Flags, false: Flags, weights: Floats, signs: float) -> float:
    """Return COCO's average precision, a fraction; NaN without signs. Arguments: see `interpolated_precision`."""
    return float(interpolated_precision(right, false, weights, signs).mean()) if signs > 0 else math.nan


@dataclass(frozen=True, slots=True, eq=False)
class FrocCurve:
    """How many signs are found at the price of how many false ones: free-response ROC curve.

    Attributes:
        thresholds: Every score that occurs, falling, shape (thresholds,).
        recall: The share of the signs that is found by detections with at least that score, shape (thresholds,); NaN
            without signs.
        false_per_image: The number of false signs per image among these detections, shape (thresholds,).
    """

    thresholds: Floats
    recall: Floats
    false_per_image: Floats

    def recall_at(self, rate: float) -> float:
        """The highest recall with at most `rate` false signs per image; 0 where no threshold has as few."""
        allowed = self._allowed(rate)
        return float(self.recall[allowed - 1]) if allowed else 0.0

    def threshold_at(self, rate: float) -> float:
        """The highest threshold that gives that recall; infinite where no threshold has as few false signs."""
        allowed = self._allowed(rate)
        if not allowed:
            return math.inf
        first = np.searchsorted(self.recall[:allowed], self.recall[allowed - 1] - ROUNDING)
        return float(self.thresholds[min(int(first), allowed - 1)])

    def _allowed(self, rate: float) -> int:
        return int(np.searchsorted(self.false_per_image, rate + ROUNDING, side="right"))


def froc_curve(
    scores: Floats, right: Flags, false: Flags, weights: Floats, *, signs: float, images: float
) -> FrocCurve:
    """Compute the curve.

    Args:
        scores: Falling, shape (detections,).
        right: Which detections are a sign to be found, shape (detections,).
        false: Which are no sign, shape (detections,).
        weights: Of the detections' scenes, shape (detections,).
        signs: Sum of the weights of all signs to be found.
        images: Sum of the weights of all scenes, more than 0.
    """
    # Equal scores are accepted together.
    ends = np.flatnonzero(np.append(np.diff(scores), -1)) if len(scores) else np.empty(0, np.intp)
    found = np.cumsum(np.where(right, weights, 0))[ends]
    wrong = np.cumsum(np.where(false, weights, 0))[ends]
    recall = found / signs if signs > 0 else np.full(len(ends), np.nan)
    return FrocCurve(scores[ends], recall, wrong / images)
