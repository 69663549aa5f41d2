"""What a detector got wrong at a threshold: each missed, misread, unknown and false sign, the worst first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from roadsigns.evaluation.detection.matching import NOTHING, Flags, Floats, PooledSigns, RankedDetections
from roadsigns.evaluation.detection.signs import NO_CLASS

__all__ = ["KINDS", "FloatBox", "Mistake", "MistakeKind", "falsely_named", "list_mistakes"]

MistakeKind = Literal["missed", "misread", "unknown", "false"]
KINDS: tuple[MistakeKind, ...] = ("missed", "misread", "unknown", "false")
# x1, y1, x2, y2 in pixels.
FloatBox: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One missed, misread, unknown or false sign.

    Attributes:
        kind: "missed": not found; "misread": found, named as another class; "unknown": found, with the decision
            `unknown`; "false": reported where there is no sign of the classes.
        image: Number of the scene.
        labelled: The box of the labelled sign; None where there is none.
        detected: The box of the detection; None for a missed sign.
        class_id: Of the labelled sign; None where there is none, or it is of none of the classes.
        named: The class that the detection was named as; None where it was not named.
        score: Of the detection; None for a missed sign.
    """

    kind: MistakeKind
    image: int
    labelled: FloatBox | None
    detected: FloatBox | None
    class_id: int | None
    named: int | None
    score: float | None

    @property
    def short_side(self) -> float:
        """The shorter side of the labelled box, or else of the detected one, in pixels."""
        x1, y1, x2, y2 = self.labelled or self.detected or (0.0, 0.0, 0.0, 0.0)
        return min(x2 - x1, y2 - y1)


def falsely_named(signs: PooledSigns, ranked: RankedDetections) -> Flags:
    """Return which detections are named where no sign of a class is labelled, shape (detections,).

    A second detection of a sign is one, and so is one that names a sign of none of the classes, ignored or not.
    """
    labels = np.append(signs.labels, NO_CLASS)
    false: Flags = (ranked.labels != NO_CLASS) & (labels[ranked.signs[0]] == NO_CLASS)
    return false


def list_mistakes(
    signs: PooledSigns, ranked: RankedDetections, *, threshold: float, named: bool
) -> tuple[Mistake, ...]:
    """List what is wrong at an overlap of 0.5.

    Args:
        signs: All labelled signs.
        ranked: All detections, from `match_scenes`.
        threshold: The score from which a detection counts.
        named: Whether the detections are named. If not, nothing is misread or unknown.

    Returns:
        In the order of `KINDS`. Missed signs the largest first, all others by falling score.
    """
    counts = ranked.scores >= threshold
    found = [*_of_detections(signs, ranked, counts, named=named)]
    seen = np.zeros(len(signs.labels) + 1, np.bool_)
    seen[ranked.signs[0, counts]] = True
    missed = np.flatnonzero(~seen[:-1] & ~signs.ignored & ((signs.labels != NO_CLASS) | (not named)))
    largest_first = missed[np.argsort(-signs.short_sides[missed], kind="stable")]
    mistakes = [
        Mistake(
            "missed", int(signs.images[sign]), _box(signs.boxes[sign]), None, _class(signs.labels[sign]), None, None
        )
        for sign in largest_first.tolist()
    ]
    return tuple(sorted(mistakes + found, key=lambda one: KINDS.index(one.kind)))


def _of_detections(signs: PooledSigns, ranked: RankedDetections, counts: Flags, *, named: bool) -> Iterator[Mistake]:
    false = falsely_named(signs, ranked) if named else ranked.false[0]
    for number in np.flatnonzero(counts).tolist():
        sign, label = int(ranked.signs[0, number]), int(ranked.labels[number])
        kind: MistakeKind
        if false[number]:
            kind = "false"
        elif not named or not ranked.right[0, number] or signs.labels[sign] == label:
            continue
        else:
            kind = "unknown" if label == NO_CLASS else "misread"
        yield Mistake(
            kind,
            int(ranked.images[number]),
            None if sign == NOTHING else _box(signs.boxes[sign]),
            _box(ranked.boxes[number]),
            None if sign == NOTHING else _class(signs.labels[sign]),
            _class(label),
            float(ranked.scores[number]),
        )


def _box(box: Floats) -> FloatBox:
    x1, y1, x2, y2 = box.tolist()
    return x1, y1, x2, y2


def _class(label: int) -> int | None:
    return None if label == NO_CLASS else int(label)
