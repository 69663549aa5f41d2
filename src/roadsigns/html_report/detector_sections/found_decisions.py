"""Decisions: known, uncertain, unknown and no sign, by what is labelled there."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from roadsigns.evaluation.detection.matching import IOU_THRESHOLDS, NOTHING, match_scenes, overlaps_of, pool_signs
from roadsigns.evaluation.detection.signs import NO_CLASS
from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.inference.prediction import DECISIONS
from roadsigns.wording import are, counted, percent

__all__ = ["COLUMNS", "SECTION", "FoundDecisions"]

Column = Literal["right", "wrong", "other", "nothing"]
COLUMNS: tuple[Column, ...] = ("right", "wrong", "other", "nothing")
NO_SIGN = "no sign"


@dataclass(frozen=True, slots=True)
class FoundDecisions:
    """What was decided about each box.

    Attributes:
        counts: {decision: {column: number of boxes}}; "right" and "wrong" are by the most probable class.
    """

    counts: dict[str, dict[Column, int]]

    @property
    def sentence(self) -> str:
        """How often what is known is right, and how many signs the decision loses."""
        known = self.counts["known"]
        sure = known["right"] + known["wrong"]
        lost = sum(self.counts[decision][column] for decision in ("unknown", NO_SIGN) for column in ("right", "wrong"))
        if not sure:
            first = "The recogniser is sure about no labelled sign of its classes"
        else:
            right = f"{known['right']:,} of {sure:,} ({percent(known['right'] / sure)})"
            first = f"Where the recogniser is sure about a sign of its classes, it is right about {right}"
        if not lost:
            return f"{first}; none is lost by calling it unknown or no sign."
        them = "it" if lost == 1 else "them"
        return f"{first}; {counted(lost, 'such sign')} {are(lost)} lost by calling {them} unknown or no sign."

    def as_dict(self) -> dict[str, object]:
        """Return the figures, for JSON."""
        return {"decisions": {decision: dict(row) for decision, row in self.counts.items()}}


def _compute(report_input: DetectorReportInput) -> FoundDecisions | NotMeasured | None:
    evaluation = report_input.evaluation
    if evaluation.recognizer_metadata.known_thresholds is None:
        return NotMeasured(
            "The model that names the signs has no thresholds for known and unknown: it names a class for every box. "
            "The built-in models have them, and so do recipes with unknown images."
        )
    counted_boxes = Counter([*_reported(report_input), *_left_out(report_input)])
    rows = (*DECISIONS, NO_SIGN)
    return FoundDecisions({row: {column: counted_boxes[row, column] for column in COLUMNS} for row in rows})


def _reported(report_input: DetectorReportInput) -> Iterator[tuple[str, Column]]:
    evaluation = report_input.evaluation
    signs, ranked = pool_signs(evaluation.truth), match_scenes(evaluation.truth, evaluation.found)
    for number in np.flatnonzero(ranked.scores >= report_input.threshold).tolist():
        found = evaluation.detected[ranked.images[number]].signs[ranked.places[number]].prediction
        sign = int(ranked.signs[0, number])
        if sign == NOTHING:
            column: Column = "nothing"
        elif signs.labels[sign] == NO_CLASS:
            column = "other"
        elif signs.ignored[sign]:
            continue
        else:
            column = "right" if signs.labels[sign] == found.class_id else "wrong"
        yield found.decision or "known", column


def _left_out(report_input: DetectorReportInput) -> Iterator[tuple[str, Column]]:
    evaluation = report_input.evaluation
    for truth, image in zip(evaluation.truth, evaluation.detected, strict=True):
        boxes = [sign for sign in image.left_out if sign.score >= report_input.threshold]
        if not boxes:
            continue
        overlaps = overlaps_of(np.array([sign.box for sign in boxes], np.float64), truth.boxes, truth.ignored)
        for sign, row in zip(boxes, overlaps, strict=True):
            if not len(row) or row.max() < IOU_THRESHOLDS[0]:
                yield NO_SIGN, "nothing"
                continue
            place = int(row.argmax())
            if truth.labels[place] == NO_CLASS:
                yield NO_SIGN, "other"
            elif not truth.ignored[place]:
                yield NO_SIGN, "right" if truth.labels[place] == sign.prediction.class_id else "wrong"


SECTION = Section(
    "found_decisions",
    "Does it know what it does not know?",
    _compute,
    "All boxes from the threshold on. Known and uncertain signs are named; unknown ones are reported without a name; "
    "what looks like no sign at all is not reported. Boxes on labelled signs that need not be found are counted where "
    "they are signs of none of the classes.",
)
