"""Curves and areas of a score that tells known signs from unknown ones. Pure arrays.

The positives are the known signs. A score is higher the more an image looks known, and an image is accepted where its
score is at least a threshold. Ties are counted as scikit-learn's `roc_auc_score` and `roc_curve` count them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["AcceptanceCurve", "acceptance_curve", "risk_coverage"]

Float64Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.floating]

# Sums of weights differ in their last digits.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class AcceptanceCurve:
    """Which shares are accepted at each threshold, from the strictest to the laxest: the ROC curve.

    Attributes:
        thresholds: Every score that occurs, falling, shape (thresholds,).
        kept: The share of the known images whose score is at least that, shape (thresholds,); the last is 1.
        accepted: The same share of the unknown images.
    """

    thresholds: Float64Array
    kept: Float64Array
    accepted: Float64Array

    @property
    def auroc(self) -> float:
        """The probability that a known image has a higher score than an unknown one; equal scores count half."""
        kept, accepted = np.append(0, self.kept), np.append(0, self.accepted)
        return float((np.diff(accepted) * (kept[1:] + kept[:-1]) / 2).sum())

    def accepted_at(self, keep: float) -> float:
        """The share of unknown images that is accepted where at least the share `keep` of the known ones is kept."""
        return float(self.accepted[self._index(keep)])

    def threshold_at(self, keep: float) -> float:
        """The highest threshold at which at least the share `keep` of the known images is kept."""
        return float(self.thresholds[self._index(keep)])

    def _index(self, keep: float) -> int:
        if not 0 < keep <= 1:
            raise ValueError(f"The share to keep is {keep}. Expected more than 0 and at most 1.")
        return int(np.searchsorted(self.kept, keep - ROUNDING))


def acceptance_curve(
    known: Floats, unknown: Floats, *, known_weights: Floats | None = None, unknown_weights: Floats | None = None
) -> AcceptanceCurve:
    """Compute the curve of two sets of scores.

    Args:
        known: Scores of the known images, shape (known,), at least one.
        unknown: Scores of the unknown images, shape (unknown,), at least one.
        known_weights: How much each counts, not negative, in any unit; None for all alike.
        unknown_weights: The same for the unknown images.

    Raises:
        ValueError: If there is no known or no unknown image, or a score is not a number.
    """
    if not len(known) or not len(unknown):
        raise ValueError(f"Got {len(known)} known and {len(unknown)} unknown scores. Expected at least one of each.")
    scores = np.concatenate([known, unknown]).astype(np.float64)
    if np.isnan(scores).any():
        raise ValueError("Some scores are not numbers.")
    thresholds, places = np.unique(-scores, return_inverse=True)
    shares = []
    for part, weights in ((places[: len(known)], known_weights), (places[len(known) :], unknown_weights)):
        sums = np.bincount(part, weights=weights, minlength=len(thresholds)).cumsum()
        shares.append(sums / sums[-1])
    return AcceptanceCurve(-thresholds, *shares)


def risk_coverage(scores: Floats, wrong: npt.NDArray[np.bool_]) -> tuple[Float64Array, Float64Array]:
    """Return how often the accepted images are misread (the risk) against how many are accepted (the coverage).

    Args:
        scores: Of known images, shape (images,), at least one.
        wrong: Which of them are misread, shape (images,).

    Returns:
        The coverage at each threshold, rising to 1, and the risk at each, both fractions, shape (thresholds,).
    """
    thresholds, places = np.unique(-scores.astype(np.float64), return_inverse=True)
    accepted = np.bincount(places, minlength=len(thresholds)).cumsum()
    errors = np.bincount(places, weights=wrong, minlength=len(thresholds)).cumsum()
    return accepted / len(scores), errors / accepted
