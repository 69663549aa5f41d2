"""Missed: the signs that were not found, and why."""

from collections import Counter
from dataclasses import dataclass

from roadsigns.evaluation.detection.mistakes import FloatBox
from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.detector_sections.pictured import Gallery, gallery_of, shown_text
from roadsigns.html_report.detector_sections.populations import Populations, populations_of
from roadsigns.html_report.mistake_reasons import MISSED_REASONS, MissedReason, Reported, why_missed
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.wording import are, counted

__all__ = ["SECTION", "MissedSigns"]


@dataclass(frozen=True, slots=True)
class MissedSigns:
    """The missed signs.

    Attributes:
        populations: The signs to be found.
        reasons: How many were missed for which reason, in the order of `MISSED_REASONS`.
        gallery: The signs, the largest first.
    """

    populations: Populations
    reasons: dict[MissedReason, int]
    gallery: Gallery

    @property
    def pictured(self) -> tuple[int, ...]:
        """The pictures that it shows."""
        return tuple(one.index for one in self.gallery.shown)

    @property
    def sentence(self) -> str:
        """How many, and why."""
        total = self.gallery.total
        if not total:
            return "No sign is missed."
        signs = self.populations
        missed = f"{total:,} of {counted(signs.signs, 'sign')} to be found {are(total)} missed"
        if signs.known and signs.others:
            known, others = signs.known - signs.known_found, signs.others - signs.others_found
            missed += f" ({known:,} of {signs.known:,} of the recogniser's classes, {others:,} of "
            missed += f"{counted(signs.others, 'other')})"
        parts = [
            f"{number:,} {MISSED_REASONS[reason][number > 1]}" for reason, number in self.reasons.items() if number
        ]
        why = f"it {MISSED_REASONS[next(iter(self.reasons))][0]}" if total == 1 else ", ".join(parts)
        return f"{missed}: {why}{shown_text(self.gallery, 'largest')}."

    def as_dict(self) -> dict[str, object]:
        """Return the figures, for JSON."""
        return {"signs": self.populations.signs, "reasons": dict(self.reasons), **self.gallery.as_dict()}


def _compute(report_input: DetectorReportInput) -> MissedSigns | NotMeasured:
    populations = populations_of(report_input.metrics)
    if not populations.signs:
        return NotMeasured("No sign is to be found in these scenes.")
    why = {
        number: _why(report_input, one.image, one.labelled)
        for number, one in enumerate(report_input.mistakes)
        if one.kind == "missed" and one.labelled is not None
    }
    counts = Counter(reason for reason, _ in why.values())
    reasons = {reason: counts[reason] for reason in MISSED_REASONS if counts[reason]}
    phrases = {number: _phrase(*reason) for number, reason in why.items()}
    return MissedSigns(populations, reasons, gallery_of(report_input, "missed", phrases))


def _why(report_input: DetectorReportInput, image: int, labelled: FloatBox) -> tuple[MissedReason, float | None]:
    found = report_input.evaluation.detected[image]
    signs, left_out = (
        Reported.of([tuple(one.box) for one in boxes], [one.score for one in boxes])
        for boxes in (found.signs, found.left_out)
    )
    return why_missed(labelled, signs, left_out, threshold=report_input.threshold)


def _phrase(reason: MissedReason, value: float | None) -> str:
    number = 0.0 if value is None else value
    return {
        "not-found": "no box",
        "low-score": f"a box with a score of only {number:.3f}",
        "box-off": f"a box that overlaps by only {100 * number:.0f} %",
        "no-sign": f"found ({number:.2f}), taken for no sign",
    }[reason]


SECTION = Section("missed_signs", "Missed signs", _compute)
