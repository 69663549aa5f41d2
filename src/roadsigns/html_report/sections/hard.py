"""Hard conditions: how images are read in noise, blur, snow and the like, or small, dark and covered."""

import math
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
        return (
            f"{percent(made.clean)} of the images are read right as they are, and {percent(made.accuracy)} under "
            f"{counted(len(made.kinds), 'kind')} of corruption; {self._hardest}."
        )

    @property
    def _hardest(self) -> str:
        """The hardest kind, and how many are as hard."""
        kinds = self.conditions.kinds
        first, accuracy = f"'{kinds[0].kind}'", percent(kinds[0].accuracy)
        # Each is a mean of means, whose last digits are rounding.
        others = sum(math.isclose(one.accuracy, kinds[0].accuracy, abs_tol=1e-9) for one in kinds) - 1
        if not others:
            return f"{first} is the hardest, with {accuracy}"
        if others == len(kinds) - 1:
            return "all kinds are equally hard"
        return f"{first} and {counted(others, 'other')} are the hardest, with {accuracy} each"

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
