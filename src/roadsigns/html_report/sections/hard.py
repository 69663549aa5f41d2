"""Hard conditions: how images are read in noise, blur, snow and the like, or small, dark and covered."""

from dataclasses import asdict, dataclass

from roadsigns.html_report.measured import HardConditions
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.wording import counted, percent

__all__ = ["SECTION", "Hard"]


@dataclass(frozen=True, slots=True)
class Hard:
    """How images are read under corruptions.

    Attributes:
        conditions: What was measured.
    """

    conditions: HardConditions

    @property
    def severities(self) -> int:
        """How many severities were measured; 0 where strengths were drawn at random."""
        return max(len(kind.severities) for kind in self.conditions.kinds)

    @property
    def sentence(self) -> str:
        """Clean, corrupted, and the hardest kind."""
        made = self.conditions
        hardest = made.kinds[0]
        return (
            f"{percent(made.clean)} of the images are read right as they are, and {percent(made.accuracy)} under "
            f"{counted(len(made.kinds), 'kind')} of corruption; '{hardest.kind}' is the hardest, with "
            f"{percent(hardest.accuracy)}."
        )

    def as_dict(self) -> dict[str, object]:
        """Return all figures, for JSON."""
        return asdict(self.conditions)


def _compute(report_input: ReportInput) -> Hard | NotMeasured:
    if report_input.hard is None or not report_input.hard.kinds:
        if not report_input.weights_sha256:
            return NotMeasured("It takes the model, or figures of “roadsigns evaluate --corruptions” with --figures.")
        return NotMeasured(
            "Measure it with --corruptions, which takes a while, or give the figures of an earlier "
            "“roadsigns evaluate --corruptions” with --figures."
        )
    return Hard(report_input.hard)


SECTION = Section("hard", "Under hard conditions", _compute)
