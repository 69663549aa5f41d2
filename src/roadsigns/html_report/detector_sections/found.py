"""Found: how many signs a detector finds, at which price, and how many are then named right."""

from dataclasses import dataclass

from roadsigns.evaluation.detection.metrics import FALSE_PER_IMAGE, DetectionMetrics, Finding, Naming
from roadsigns.evaluation.detection.table import threshold_text
from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.section import Section
from roadsigns.wording import counted

__all__ = ["SECTION", "Found"]


@dataclass(frozen=True, slots=True)
class Found:
    """The headline.

    Attributes:
        images: Number of scenes.
        runs: Number of runs of neighbouring scenes, which the intervals resample.
        threshold: The score from which a detection counts; None where none does.
        finding: Signs found, whatever they are called.
        naming: Signs found and named; None where nothing names them.
        in_use: Whether that score is the one that the detector's file names.
        flattered: Whether a note says that the naming is flattered.
    """

    images: int
    runs: int
    threshold: float | None
    finding: Finding
    naming: Naming | None
    in_use: bool
    flattered: bool

    @property
    def false_per_image(self) -> float:
        """The price at which recall is told."""
        return FALSE_PER_IMAGE

    @property
    def sentence(self) -> str:
        """What it does in use."""
        scenes, at = counted(self.images, "scene"), threshold_text(self.threshold)
        at = f"{at[0].upper()}{at[1:]}{', as it is used' if self.in_use else ''}"
        false = self.finding.false if self.naming is None else self.naming.total("false")
        times = "once it" if false == 1 else f"{false:,} times it" if false else "it"
        wrongly = f"{times} {'reports' if self.naming is None else 'names'} {'a' if false else 'no'} sign"
        if not self.finding.signs:
            where = "the scene" if self.images == 1 else f"any of the {scenes}"
            return f"No sign is labelled in {where}, so that nothing says how many it finds. {at}, {wrongly}."
        found = self.finding.signs - self.finding.missed
        named = ""
        if self.naming is not None and self.naming.signs:
            of = (
                "of them"
                if self.naming.signs == self.finding.signs
                else f"of {self.naming.signs:,} whose class it knows"
            )
            right = self.naming.total("right")
            named = f" and names {'all' if right == found > 1 else f'{right:,}'} {of} right"
        of_signs = counted(self.finding.signs, "sign")
        return f"{at}, it finds {found:,} of {of_signs} in {scenes}{named}; {wrongly} where none is labelled."

    def as_dict(self) -> dict[str, object]:
        """Return all figures, for JSON."""
        return {
            "images": self.images,
            "runs": self.runs,
            "threshold": self.threshold,
            "finding": self.finding.as_dict(),
            "naming": self.naming
            and {name: value for name, value in self.naming.as_dict().items() if name != "classes"},
        }


def _compute(report_input: DetectorReportInput) -> Found:
    metrics: DetectionMetrics = report_input.metrics
    return Found(
        metrics.images,
        metrics.runs,
        metrics.threshold,
        metrics.finding,
        metrics.naming,
        report_input.evaluation.metadata.min_score is not None,
        bool(report_input.evaluation.notes),
    )


SECTION = Section(
    "found",
    "How many signs does it find?",
    _compute,
    "A sign is found if a box overlaps its own by half (intersection over union). AP50 is the mean precision over all "
    "recalls at that overlap; AP50:95 asks for boxes that fit more and more exactly. mAP50 is the mean over classes "
    "where a sign must also be named right. Neighbouring scenes show one street, so the intervals resample whole runs.",
)
