"""Mistakes as the galleries of a page show them."""

from dataclasses import asdict, dataclass
from typing import Any

from roadsigns.evaluation.detection.mistakes import Mistake, MistakeKind
from roadsigns.html_report.detector_input import MAX_SHOWN, DetectorReportInput
from roadsigns.html_report.scene_windows import Frame
from roadsigns.inference.prediction import Prediction
from roadsigns.palette import MARKS, Marks
from roadsigns.printable import as_text

__all__ = ["Gallery", "PicturedMistake", "gallery_of", "prediction_of", "shown_text"]


@dataclass(frozen=True, slots=True)
class PicturedMistake:
    """One mistake.

    Attributes:
        index: Its number among all mistakes, and that of its picture.
        scene: Name of the image file.
        x: Left edge of its box in the scene, pixels.
        y: Upper edge.
        size: Shorter side of its box, pixels.
        score: Of the detection; None for a missed sign.
        class_id: Of the labelled sign; None where there is none, or it is of none of the classes.
        named: The class that the detection was named as; None where it was not named.
        decision: Of the recogniser; None where it makes none, and for a missed sign.
        reason: Why, as a short phrase; empty where the kind says everything.
        labelled: The labelled box within the picture; None without one.
        detected: The detected box within the picture; None without one.
    """

    index: int
    scene: str
    x: int
    y: int
    size: int
    score: float | None
    class_id: int | None
    named: int | None
    decision: str | None
    reason: str
    labelled: Frame | None
    detected: Frame | None

    def as_dict(self) -> dict[str, Any]:
        """Return all but the places within the picture, for JSON."""
        return {name: value for name, value in asdict(self).items() if name not in {"labelled", "detected"}}


@dataclass(frozen=True, slots=True)
class Gallery:
    """Mistakes of one kind.

    Attributes:
        total: How many there are.
        shown: Those on the page, the worst first.
    """

    total: int
    shown: tuple[PicturedMistake, ...]

    @property
    def marks(self) -> Marks:
        """The colours of boxes."""
        return MARKS

    @property
    def left_out(self) -> int:
        """How many are not on the page."""
        return self.total - len(self.shown)

    def as_dict(self) -> dict[str, object]:
        """Return what is shown, for JSON."""
        return {"total": self.total, "left_out": self.left_out, "shown": [one.as_dict() for one in self.shown]}


def gallery_of(report_input: DetectorReportInput, kind: MistakeKind, reasons: dict[int, str] | None = None) -> Gallery:
    """Return the mistakes of a kind, with short phrases by their numbers."""
    total = sum(one.kind == kind for one in report_input.mistakes)
    shown = [
        _pictured(report_input, number, one, (reasons or {}).get(number, ""))
        for number, one in report_input.shown[kind]
    ]
    return Gallery(total, tuple(shown))


def shown_text(gallery: Gallery, order: str) -> str:
    """Return which of them are on the page, as the end of a sentence; empty where all are."""
    if not gallery.left_out:
        return ""
    return f"; the {MAX_SHOWN} {order} are below, {gallery.left_out:,} are left out"


def prediction_of(report_input: DetectorReportInput, mistake: Mistake) -> Prediction | None:
    """Return what the recogniser read in the box of a mistake; None for a missed sign."""
    signs = report_input.evaluation.detected[mistake.image].signs
    return next((sign.prediction for sign in signs if tuple(sign.box) == mistake.detected), None)


def _pictured(report_input: DetectorReportInput, number: int, one: Mistake, reason: str) -> PicturedMistake:
    prediction = prediction_of(report_input, one)
    x1, y1 = (one.labelled or one.detected or (0.0, 0.0))[:2]
    window = report_input.windows[number]
    return PicturedMistake(
        index=number,
        scene=as_text(report_input.evaluation.scenes[one.image].name),
        x=round(x1),
        y=round(y1),
        size=round(one.short_side),
        score=one.score,
        class_id=one.class_id,
        named=one.named if one.named is not None or prediction is None else prediction.class_id,
        decision=None if prediction is None else prediction.decision,
        reason=reason,
        labelled=window.frame_of(one.labelled),
        detected=window.frame_of(one.detected),
    )
