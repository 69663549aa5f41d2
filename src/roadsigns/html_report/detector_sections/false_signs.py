"""Falsely named: boxes that were named as a class where no sign of the classes is labelled."""

from collections import Counter
from dataclasses import dataclass

from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.detector_sections.pictured import Gallery, gallery_of, shown_text
from roadsigns.html_report.detector_sections.populations import boxes
from roadsigns.html_report.mistake_reasons import FALSE_REASONS, FalseReason, why_false
from roadsigns.html_report.section import Section
from roadsigns.wording import are, counted

__all__ = ["SECTION", "FalseSigns"]


@dataclass(frozen=True, slots=True)
class FalseSigns:
    """The falsely named boxes.

    Attributes:
        images: Number of scenes.
        reasons: How many stand where, in the order of `FALSE_REASONS`.
        gallery: The boxes, the highest score first.
    """

    images: int
    reasons: dict[FalseReason, int]
    gallery: Gallery

    @property
    def pictured(self) -> tuple[int, ...]:
        """The pictures that it shows."""
        return tuple(one.index for one in self.gallery.shown)

    @property
    def sentence(self) -> str:
        """How many, and where."""
        total = self.gallery.total
        if not total:
            return f"No box is falsely named in {counted(self.images, 'scene')}."
        parts = [f"{number:,} {FALSE_REASONS[reason][number > 1]}" for reason, number in self.reasons.items()]
        where = f"it {FALSE_REASONS[next(iter(self.reasons))][0]}" if total == 1 else ", ".join(parts)
        return (
            f"{boxes(total)} in {counted(self.images, 'scene')} {are(total)} falsely named: {where}"
            f"{shown_text(self.gallery, 'with the highest scores')}."
        )

    def as_dict(self) -> dict[str, object]:
        """Return the figures, for JSON."""
        return {"images": self.images, "reasons": dict(self.reasons), **self.gallery.as_dict()}


def _compute(report_input: DetectorReportInput) -> FalseSigns:
    metrics = report_input.metrics
    why = {
        number: why_false(
            one.detected,
            report_input.evaluation.truth[one.image].boxes,
            other_sign=one.labelled is not None,
        )
        for number, one in enumerate(report_input.mistakes)
        if one.kind == "false" and one.detected is not None
    }
    counts = Counter(reason for reason, _ in why.values())
    reasons = {reason: counts[reason] for reason in FALSE_REASONS if counts[reason]}
    phrases = {number: _phrase(*reason) for number, reason in why.items()}
    return FalseSigns(metrics.images, reasons, gallery_of(report_input, "false", phrases))


def _phrase(reason: FalseReason, overlap: float | None) -> str:
    return {
        "nothing": "nothing labelled here",
        "other-sign": "a sign of none of the classes",
        "second-box": "second box on one sign",
        "box-off": f"overlaps a sign by {100 * (overlap or 0):.0f} %",
    }[reason]


SECTION = Section(
    "false_signs",
    "Falsely named boxes",
    _compute,
    "A box is falsely named if it was given a class where no sign of any class is labelled. Boxes without a sign that "
    "were called unknown have no name, and are not here.",
)
