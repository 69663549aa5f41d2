"""Found: how many signs a detector finds, at which price, and how many are then named right."""

from dataclasses import dataclass

from roadsigns.evaluation.detection.metrics import DetectionMetrics, Finding, Naming
from roadsigns.evaluation.detection.table import threshold_text
from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.detector_sections.populations import Populations, boxes, populations_of
from roadsigns.html_report.scene_origin import origin_of
from roadsigns.html_report.section import Section
from roadsigns.wording import are, counted

__all__ = ["SECTION", "Found"]

# Where something was seen in none of n cases, its share is below 3 / n with a probability of 95 %.
RULE_OF_THREE = 3


@dataclass(frozen=True, slots=True)
class Found:
    """The headline.

    Attributes:
        images: Number of scenes.
        runs: Number of runs of neighbouring scenes, which the intervals resample.
        threshold: The score from which a detection counts; None where none does.
        populations: The signs to be found, by kind.
        finding: Signs found, whatever they are called.
        naming: Signs found and named; None where nothing names them.
        in_use: Whether that score is the one that the detector's file names.
        flattered: Whether a note says that the naming is flattered.
    """

    images: int
    runs: int
    threshold: float | None
    populations: Populations
    finding: Finding
    naming: Naming | None
    in_use: bool
    flattered: bool

    @property
    def sentence(self) -> str:
        """What is to be found, and what the detector does in use."""
        scenes = counted(self.images, "scene")
        if not self.populations.signs:
            where = "the scene" if self.images == 1 else f"any of the {scenes}"
            return (
                f"No sign is to be found in {where}, so that nothing says how many the detector finds. "
                f"{self._at}, {self._boxes}."
            )
        in_scenes = self.populations.text.replace(" to be found", f" to be found in {scenes}", 1)
        return f"{in_scenes}. {self._at}, {self._found}. {self._boxes[0].upper()}{self._boxes[1:]}."

    @property
    def at(self) -> str:
        """From which score on detections count, in a few words."""
        return f"in use, {threshold_text(self.threshold)}" if self.in_use else threshold_text(self.threshold)

    @property
    def none_seen(self) -> str:
        """What a count of zero boxes proves: an upper bound by the rule of three, where there are enough scenes.

        Neighbouring scenes are much alike, so that the bound is by their runs.
        """
        scenes = counted(self.images, "scene")
        if self.runs <= RULE_OF_THREE:
            return f"none seen in {scenes}, too few to say how rare they are"
        of = scenes if self.runs == self.images else f"{counted(self.runs, 'run')} of neighbouring scenes"
        return (
            f"none seen in {scenes}; up to {100 * RULE_OF_THREE / self.runs:.2g} % of such scenes may still have one "
            f"(rule of three, 95 %: {RULE_OF_THREE} / {of})"
        )

    @property
    def _at(self) -> str:
        return f"{self.at[0].upper()}{self.at[1:]}"

    @property
    def _found(self) -> str:
        signs = self.populations
        found = f"{signs.found:,} of the {signs.signs:,} {are(signs.found)} found"
        if self.naming is None or not signs.known:
            return found
        right = f"{self.naming.total('right'):,} of these named right"
        if not signs.others:
            return f"{found}, and {right}"
        return (
            f"{found}: {signs.known_found:,} of the {signs.known:,}, with {right}, and "
            f"{signs.others_found:,} of the {counted(signs.others, 'other')}"
        )

    @property
    def _boxes(self) -> str:
        false = self.finding.false
        there = f"there {are(max(false, 1))} {boxes(false)} without a sign"
        if self.naming is None:
            return there
        named = self.naming.total("false")
        return f"{there}, and {boxes(named)} {are(max(named, 1))} falsely named"

    def as_dict(self) -> dict[str, object]:
        """Return all figures, for JSON."""
        finding = self.finding.as_dict()
        recall = finding.pop("recall_in_use")
        return {
            "images": self.images,
            "runs": self.runs,
            "threshold": self.threshold,
            "in_use": {**self.populations.as_dict(), "recall": recall},
            "finding": finding,
            "naming": self.naming
            and {name: value for name, value in self.naming.as_dict().items() if name != "classes"},
        }


def _compute(report_input: DetectorReportInput) -> Found:
    metrics: DetectionMetrics = report_input.metrics
    return Found(
        metrics.images,
        metrics.runs,
        metrics.threshold,
        populations_of(metrics),
        metrics.finding,
        metrics.naming,
        report_input.evaluation.metadata.min_score is not None,
        origin_of(report_input.evaluation) == "gtsdb",
    )


SECTION = Section(
    "found",
    "How many signs does it find?",
    _compute,
    "A sign is found if a box overlaps its own by half (intersection over union). A box without a sign overlaps none "
    "by half, or is a second one on the same sign, whether it was named or not. A box is falsely named if it was "
    "given a class where no sign of any class is labelled: it is without a sign, or on one of the others. AP50 is the "
    "mean precision over all recalls at that overlap; AP50:95 asks for boxes that fit more and more exactly. mAP50 is "
    "the mean over classes where a sign must also be named right. Neighbouring scenes show one street, so the "
    "intervals resample whole runs.",
)
