"""Which detection is which labelled sign: COCO's greedy matching, in the order of falling scores.

A detection takes the free sign that it overlaps most, if their overlap reaches a threshold. Only where there is none
may it take an ignored one, as many detections can; they are then neither right nor wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.detection.signs import NO_CLASS, DetectedSigns, LabelledSigns

__all__ = [
    "IOU_THRESHOLDS",
    "NOTHING",
    "PooledSigns",
    "RankedDetections",
    "match_boxes",
    "match_named",
    "match_scenes",
    "overlaps_of",
    "pool_signs",
]

# Of AP50:95; the first is that of AP50.
IOU_THRESHOLDS = np.linspace(0.5, 0.95, 10)
# In place of the number of a sign.
NOTHING = -1

Numbers = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PooledSigns:
    """The labelled signs of all scenes, one after the other.

    Attributes:
        images: Number of the scene of each sign, shape (signs,).
        boxes: Shape (signs, 4), pixels.
        labels: Class ids or `NO_CLASS`, shape (signs,).
        ignored: Shape (signs,).
    """

    images: Numbers
    boxes: Floats
    labels: npt.NDArray[np.int64]
    ignored: Flags

    @property
    def short_sides(self) -> Floats:
        """The shorter side of each box in pixels, shape (signs,)."""
        sides: Floats = (self.boxes[:, 2:] - self.boxes[:, :2]).min(axis=1)
        return sides


@dataclass(frozen=True, slots=True, eq=False)
class RankedDetections:
    """The detections of all scenes by falling score, and what each is. Equal scores stay in the order of the scenes.

    Attributes:
        images: Number of the scene of each detection, shape (detections,).
        places: Its number within the scene, shape (detections,).
        boxes: Shape (detections, 4), pixels.
        scores: Falling, shape (detections,).
        labels: Class ids or `NO_CLASS`, shape (detections,).
        signs: Number of the pooled sign that it was matched with, or `NOTHING`, shape (thresholds, detections).
        right: Whether that is a sign to be found, shape (thresholds, detections).
        false: Whether it was matched with nothing, shape (thresholds, detections).
    """

    images: Numbers
    places: Numbers
    boxes: Floats
    scores: Floats
    labels: npt.NDArray[np.int64]
    signs: Numbers
    right: Flags
    false: Flags


def pool_signs(truth: Sequence[LabelledSigns]) -> PooledSigns:
    """Pool the labelled signs of all scenes; at least one scene."""
    return PooledSigns(
        np.repeat(np.arange(len(truth)), [len(one.labels) for one in truth]),
        np.concatenate([one.boxes for one in truth]),
        np.concatenate([one.labels for one in truth]),
        np.concatenate([one.ignored for one in truth]),
    )


def match_scenes(truth: Sequence[LabelledSigns], detected: Sequence[DetectedSigns]) -> RankedDetections:
    """Match all detections with all signs, whatever their class, at each of the `IOU_THRESHOLDS`."""
    matched = []
    for signs, detections in zip(truth, detected, strict=True):
        order = np.argsort(-detections.scores, kind="stable")
        found = np.empty((len(IOU_THRESHOLDS), len(order)), np.intp)
        overlaps = overlaps_of(detections.boxes[order], signs.boxes, signs.ignored)
        found[:, order] = match_boxes(overlaps, signs.ignored, IOU_THRESHOLDS)
        matched.append(found)
    return _rank(truth, detected, matched, [one.scores for one in detected])


def match_named(truth: Sequence[LabelledSigns], detected: Sequence[DetectedSigns]) -> RankedDetections:
    """Match the named detections with the signs of their own class at an overlap of 0.5, by `naming_scores`.

    A detection of any class may take an ignored sign that has a class. One without a class is no excuse: naming it is
    wrong.
    """
    matched = []
    for signs, detections in zip(truth, detected, strict=True):
        order = np.argsort(-detections.naming_scores, kind="stable")
        found = np.full((1, len(order)), NOTHING, np.intp)
        for class_id in np.unique(detections.labels[detections.labels != NO_CLASS]).tolist():
            own = order[detections.labels[order] == class_id]
            members = np.flatnonzero((signs.labels != NO_CLASS) & (signs.ignored | (signs.labels == class_id)))
            ignored = signs.ignored[members]
            overlaps = overlaps_of(detections.boxes[own], signs.boxes[members], ignored)
            numbers = match_boxes(overlaps, ignored, IOU_THRESHOLDS[:1])
            found[:, own] = np.append(members, NOTHING)[numbers]
        matched.append(found)
    return _rank(truth, detected, matched, [one.naming_scores for one in detected])


def overlaps_of(detected: Floats, labelled: Floats, ignored: Flags) -> Floats:
    """Return the intersection over union of each pair of boxes; over the detection's area where a sign is ignored.

    Args:
        detected: Shape (detections, 4), pixels.
        labelled: Shape (signs, 4), pixels.
        ignored: Shape (signs,); such a box may hold several signs, of which a detection is one.

    Returns:
        Fractions, shape (detections, signs).
    """
    corners = np.minimum(detected[:, None, 2:], labelled[None, :, 2:]) - np.maximum(
        detected[:, None, :2], labelled[None, :, :2]
    )
    both = corners.clip(min=0).prod(axis=2)
    area, sign_area = ((boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (detected, labelled))
    overlaps: Floats = both / np.where(ignored, area[:, None], area[:, None] + sign_area - both)
    return overlaps


def match_boxes(overlaps: Floats, ignored: Flags, thresholds: Floats) -> Numbers:
    """Match the detections of one scene.

    Args:
        overlaps: Shape (detections, signs); the detections by falling score.
        ignored: Shape (signs,).
        thresholds: Overlaps from which a detection is a sign, shape (thresholds,).

    Returns:
        The number of each detection's sign, or `NOTHING`, shape (thresholds, detections).
    """
    matched = np.full((len(thresholds), len(overlaps)), NOTHING, np.intp)
    if not overlaps.size:
        return matched
    rows = np.arange(len(thresholds))
    free = np.ones((len(thresholds), len(ignored)), np.bool_)
    for number in np.flatnonzero(overlaps.max(axis=1) >= thresholds.min()):
        reached = free & (overlaps[number] >= thresholds[:, None])
        # A sign to be found comes before any ignored one. Of equal overlaps COCO takes the last.
        preference = np.where(reached, overlaps[number] + 2 * ~ignored, -1)[:, ::-1]
        best = len(ignored) - 1 - preference.argmax(axis=1)
        taken = reached[rows, best]
        matched[taken, number] = best[taken]
        free[rows[taken], best[taken]] = ignored[best[taken]]
    return matched


def _rank(
    truth: Sequence[LabelledSigns],
    detected: Sequence[DetectedSigns],
    matched: Sequence[Numbers],
    scores: Sequence[Floats],
) -> RankedDetections:
    counts = [len(one.scores) for one in detected]
    starts = np.cumsum([0, *(len(one.labels) for one in truth)])
    pooled = np.concatenate(scores)
    order = np.argsort(-pooled, kind="stable")
    signs = np.concatenate(
        [np.where(one == NOTHING, NOTHING, one + start) for one, start in zip(matched, starts[:-1], strict=True)],
        axis=1,
    )[:, order]
    ignored = np.concatenate([*(one.ignored for one in truth), [False]])
    return RankedDetections(
        np.repeat(np.arange(len(detected)), counts)[order],
        np.concatenate([np.arange(count) for count in counts])[order],
        np.concatenate([one.boxes for one in detected])[order],
        pooled[order],
        np.concatenate([one.labels for one in detected])[order],
        signs,
        (signs != NOTHING) & ~ignored[signs],
        signs == NOTHING,
    )
