"""Signs of one scene as arrays: those that are labelled, and those that a detector reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

__all__ = ["NO_CLASS", "DetectedSigns", "LabelledSigns"]

# The label of a sign of none of the classes, and of a detection whose decision is `unknown`.
NO_CLASS = -1


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSigns:
    """The labelled signs of one scene.

    Attributes:
        boxes: x1, y1, x2, y2 in pixels, x2 and y2 exclusive, float64, shape (signs, 4).
        labels: Class ids, shape (signs,); `NO_CLASS` for a sign of none of the classes.
        ignored: Which need not be found, and are not false where they are, shape (signs,).
    """

    boxes: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]
    ignored: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        _require_fit(self.boxes, labels=self.labels, ignored=self.ignored)

    @classmethod
    def of(
        cls, boxes: Sequence[Sequence[float]], class_ids: Sequence[int | None], ignored: Sequence[bool] | None = None
    ) -> Self:
        """Make the arrays from lists; None stands for a sign of none of the classes.

        Args:
            boxes: x1, y1, x2, y2 of each sign, such as `roadsigns.types.Box`.
            class_ids: Of each sign.
            ignored: Of each sign; None where all are to be found.

        Raises:
            ValueError: If there are not as many of each, or a box has no area.
        """
        labels = [NO_CLASS if class_id is None else class_id for class_id in class_ids]
        flags = [False] * len(labels) if ignored is None else list(ignored)
        return cls(_boxes(boxes), np.array(labels, np.int64), np.array(flags, np.bool_))


@dataclass(frozen=True, slots=True, eq=False)
class DetectedSigns:
    """What a detector reports in one scene, in any order.

    Attributes:
        boxes: x1, y1, x2, y2 in pixels, float64, shape (detections, 4).
        scores: The higher, the more a sign, shape (detections,).
        labels: Class ids, shape (detections,); `NO_CLASS` where the decision is `unknown`.
        naming_scores: By which the named signs are ranked, such as score times probability of the class, shape
            (detections,).
    """

    boxes: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]
    naming_scores: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        _require_fit(self.boxes, scores=self.scores, labels=self.labels, naming_scores=self.naming_scores)
        if not (np.isfinite(self.scores).all() and np.isfinite(self.naming_scores).all()):
            raise ValueError("Some scores of detections are not finite numbers.")

    @classmethod
    def of(
        cls,
        boxes: Sequence[Sequence[float]],
        scores: Sequence[float],
        class_ids: Sequence[int | None] | None = None,
        naming_scores: Sequence[float] | None = None,
    ) -> Self:
        """Make the arrays from lists.

        Args:
            boxes: x1, y1, x2, y2 of each detection.
            scores: Of each detection.
            class_ids: Of each detection; None for one that is `unknown`, and for all where nothing names them.
            naming_scores: Of each detection; None to rank the named ones by `scores`.

        Raises:
            ValueError: If there are not as many of each, a box has no area, or a score is not finite.
        """
        given = [None] * len(scores) if class_ids is None else class_ids
        labels = [NO_CLASS if class_id is None else class_id for class_id in given]
        ranks = scores if naming_scores is None else naming_scores
        return cls(_boxes(boxes), np.array(scores, np.float64), np.array(labels, np.int64), np.array(ranks, np.float64))


def _boxes(boxes: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    return np.array(boxes, np.float64).reshape(len(boxes), 4)


def _require_fit(boxes: npt.NDArray[np.float64], **columns: npt.NDArray[np.generic]) -> None:
    for name, column in columns.items():
        if column.shape != boxes.shape[:1]:
            raise ValueError(f"Got {len(boxes)} boxes, and {name} of shape {column.shape}. Expected one for each box.")
    # Written so that it refuses NaN too.
    if not ((boxes[:, 2:] > boxes[:, :2]).all() and np.isfinite(boxes).all()):
        raise ValueError(
            "Some boxes have no area, or are not finite. Expected x1, y1, x2, y2 with x1 < x2 and y1 < y2."
        )
    labels = columns["labels"]
    if len(labels) and int(labels.min()) < NO_CLASS:
        raise ValueError(f"A label is {labels.min()}. Expected a class id, or {NO_CLASS} for none of the classes.")
