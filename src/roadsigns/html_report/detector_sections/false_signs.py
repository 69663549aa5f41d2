"""False: what was named as a sign where none of the classes is labelled."""

from collections import Counter
from dataclasses import dataclass

from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.detector_sections.pictured import Gallery, gallery_of, shown_text
from roadsigns.html_report.mistake_reasons import FALSE_REASONS, FalseReason, why_false
from roadsigns.html_report.section import Section
from roadsigns.wording import counted

__all__ = ["SECTION", "FalseSigns"]


@dataclass(frozen=True, slots=True)
class FalseSigns:
    """The false signs.

    Attributes:
        images: Number of scenes.
        reasons: How many stand where, in the order of `FALSE_REASONS`.
        gallery: The signs, the highest score first.
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
            return "Nothing is named where no sign is labelled."
        parts = [f"{number:,} {FALSE_REASONS[reason][number > 1]}" for reason, number in self.reasons.items()]
        where = f"it {FALSE_REASONS[next(iter(self.reasons))][0]}" if total == 1 else ", ".join(parts)
        return (
            f"{counted(total, 'false sign')} in {counted(self.images, 'scene')}: {where}"
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
        for number, one in enumerate(metrics.mistakes)
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


SECTION = Section("false_signs", "False signs", _compute)
