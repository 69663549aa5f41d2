"""Unknown signs: how many signs of none of the classes pass as known ones."""

from dataclasses import asdict, dataclass

from roadsigns.html_report.measured import UnknownSigns
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.wording import counted, percent, some

__all__ = ["SECTION", "Unknown"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """How well unknown signs are told.

    Attributes:
        measured: By source and score, the deciding one first.
    """

    measured: tuple[UnknownSigns, ...]

    @property
    def sentence(self) -> str:
        """How many pass where nearly all known ones are kept, and whether known ones may be among them."""
        first = self.measured[0]
        what = "unknown image" if first.source == "unknown" else "background window"
        names = sorted({name for one in self.measured for name in one.known_names})
        doubt = (
            f" Some are named after classes: the figures are too bad if they show these: {some(names)}."
            if names
            else ""
        )
        return (
            f"Where {100 * first.keep:g} % of the known images are kept, {percent(first.accepted)} of "
            f"{counted(first.unknown_images, what)} pass as known signs, too.{doubt}"
        )

    def as_dict(self) -> dict[str, object]:
        """Return all figures, for JSON."""
        return {"unknown": [asdict(one) for one in self.measured]}


def _compute(report_input: ReportInput) -> Unknown | NotMeasured:
    if not report_input.unknown_signs:
        if not report_input.weights_sha256:
            return NotMeasured(
                "It takes the model itself, or figures of “roadsigns evaluate --unknown” with --figures."
            )
        return NotMeasured(
            "Give a folder of signs that it does not know with --unknown, of street scenes with --background, or the "
            "figures of an earlier “roadsigns evaluate --unknown” with --figures."
        )
    return Unknown(report_input.unknown_signs)


SECTION = Section(
    "unknown",
    "Signs that it does not know",
    _compute,
    "AUROC is the chance that a known image scores higher than an unknown one: 100 % tells all apart, 50 % none.",
)
