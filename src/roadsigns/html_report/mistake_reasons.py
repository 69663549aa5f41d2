"""Why a sign was missed, and what stands where a false one was reported. Pure arrays."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.detection.matching import IOU_THRESHOLDS, overlaps_of

__all__ = ["FALSE_REASONS", "MISSED_REASONS", "FalseReason", "MissedReason", "Reported", "why_false", "why_missed"]

MissedReason = Literal["no-sign", "low-score", "box-off", "not-found"]
FalseReason = Literal["other-sign", "second-box", "box-off", "nothing"]
# What the reasons mean, as ends of sentences about one and about several; in the order of the page.
MISSED_REASONS: dict[MissedReason, tuple[str, str]] = {
    "not-found": ("has no box at all", "have no box at all"),
    "low-score": ("has a box whose score is too low", "have a box whose score is too low"),
    "box-off": ("has a box that does not fit", "have a box that does not fit"),
    "no-sign": (
        "was found, and left out since the recogniser sees no sign there",
        "were found, and left out since the recogniser sees no sign there",
    ),
}
FALSE_REASONS: dict[FalseReason, tuple[str, str]] = {
    "nothing": ("is where nothing is labelled", "are where nothing is labelled"),
    "other-sign": ("is a labelled sign of none of the classes", "are labelled signs of none of the classes"),
    "second-box": ("is a second box on one sign", "are second boxes on one sign"),
    "box-off": ("is a box that does not fit its sign", "are boxes that do not fit their signs"),
}
# A box that overlaps less has nothing to do with the sign.
NEAR = 0.1
FITS = float(IOU_THRESHOLDS[0])

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Reported:
    """The boxes of one scene.

    Attributes:
        boxes: x1, y1, x2, y2 in pixels, shape (boxes, 4).
        scores: Shape (boxes,).
    """

    boxes: Floats
    scores: Floats

    @classmethod
    def of(cls, boxes: list[tuple[float, ...]], scores: list[float]) -> "Reported":
        """Make the arrays from lists, which may be empty."""
        return cls(np.array(boxes, np.float64).reshape(len(boxes), 4), np.array(scores, np.float64))


def why_missed(
    sign: tuple[float, ...], signs: Reported, left_out: Reported, *, threshold: float
) -> tuple[MissedReason, float | None]:
    """Return why a labelled sign was missed, and the score or the overlap that says so.

    Args:
        sign: Its box.
        signs: The boxes that were found in its scene, however low their scores.
        left_out: Those that the recogniser takes for no sign.
        threshold: The score from which a box counts.

    Returns:
        With "no-sign" and "low-score" the highest score, with "box-off" the largest overlap.
    """
    overlaps, others = _overlaps(signs, sign), _overlaps(left_out, sign)
    no_sign = (others >= FITS) & (left_out.scores >= threshold)
    if no_sign.any():
        return "no-sign", float(left_out.scores[no_sign].max())
    counted = signs.scores >= threshold
    weak = (overlaps >= FITS) & ~counted
    if weak.any():
        return "low-score", float(signs.scores[weak].max())
    near = (overlaps >= NEAR) & counted
    return ("box-off", float(overlaps[near].max())) if near.any() else ("not-found", None)


def why_false(box: tuple[float, ...], labelled: Floats, *, other_sign: bool) -> tuple[FalseReason, float | None]:
    """Return what stands where a false sign was reported, and the overlap that says so.

    Args:
        box: The reported box.
        labelled: All labelled boxes of the scene, shape (signs, 4).
        other_sign: Whether it was matched with a labelled sign of none of the classes.
    """
    if other_sign:
        return "other-sign", None
    overlap = float(_overlaps(Reported(labelled, np.zeros(len(labelled))), box).max(initial=0))
    if overlap < NEAR:
        return "nothing", None
    return ("second-box" if overlap >= FITS else "box-off"), overlap


def _overlaps(reported: Reported, box: tuple[float, ...]) -> Floats:
    return overlaps_of(reported.boxes, np.array([box], np.float64), np.zeros(1, np.bool_))[:, 0]
