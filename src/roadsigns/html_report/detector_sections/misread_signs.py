"""Misread: signs that were found and named as another class, or called unknown."""

from dataclasses import dataclass

from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.detector_sections.pictured import Gallery, gallery_of, shown_text
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.wording import counted

__all__ = ["SECTION", "MisreadSigns"]


@dataclass(frozen=True, slots=True)
class MisreadSigns:
    """Signs that are found and not named right.

    Attributes:
        found: Number of signs of the classes that are found.
        misread: Named as another class, the highest score first.
        unknown: Called unknown, the highest score first.
    """

    found: int
    misread: Gallery
    unknown: Gallery

    @property
    def pictured(self) -> tuple[int, ...]:
        """The pictures that it shows."""
        return tuple(one.index for gallery in (self.misread, self.unknown) for one in gallery.shown)

    @property
    def sentence(self) -> str:
        """How many of each."""
        misread, unknown = self.misread.total, self.unknown.total
        if not misread and not unknown:
            if not self.found:
                return "No sign of the recogniser's classes is found, so that none is misread."
            return "Every sign of the recogniser's classes that is found is named right."
        found = f"{counted(self.found, 'found sign')} of the recogniser's classes"
        first = f"Of {found} {misread:,} {'is' if misread == 1 else 'are'} misread"
        second = f" and {unknown:,} {'is' if unknown == 1 else 'are'} called unknown"
        shown = shown_text(self.misread, "misread ones with the highest scores")
        return f"{first}{second}{shown}{shown_text(self.unknown, 'unknown ones with the highest scores')}."

    def as_dict(self) -> dict[str, object]:
        """Return the figures, for JSON."""
        return {"found": self.found, "misread": self.misread.as_dict(), "unknown": self.unknown.as_dict()}


def _compute(report_input: DetectorReportInput) -> MisreadSigns | NotMeasured | None:
    naming = report_input.metrics.naming
    if naming is None:
        return None
    if not naming.signs:
        return NotMeasured("No sign of a class that the recogniser knows is labelled in these scenes.")
    return MisreadSigns(
        naming.signs - naming.total("missed"), gallery_of(report_input, "misread"), gallery_of(report_input, "unknown")
    )


SECTION = Section("misread_signs", "Misread signs", _compute)
