"""Empty scenes: what was named where no sign of any class is labelled."""

from dataclasses import asdict, dataclass

from roadsigns.html_report.detector_input import DetectorReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.printable import as_text
from roadsigns.wording import are, counted

__all__ = ["MAX_LISTED", "SECTION", "EmptyScenes", "NamedInEmpty"]

MAX_LISTED = 100


@dataclass(frozen=True, slots=True)
class NamedInEmpty:
    """One sign that was named in an empty scene.

    Attributes:
        scene: Name of the image file.
        named: The class.
        score: Of the detection.
        size: Shorter side of its box, pixels.
        picture: The number of its picture in the gallery of false signs; None where it is not there.
    """

    scene: str
    named: int
    score: float
    size: int
    picture: int | None


@dataclass(frozen=True, slots=True)
class EmptyScenes:
    """The scenes without a labelled sign of any class.

    Attributes:
        images: Number of all scenes.
        empty: Number of empty ones.
        disturbed: In how many of these something is named.
        total: Number of signs that are named there.
        listed: These, the highest score first; at most `MAX_LISTED`.
    """

    images: int
    empty: int
    disturbed: int
    total: int
    listed: tuple[NamedInEmpty, ...]

    @property
    def left_out(self) -> int:
        """How many are not listed."""
        return self.total - len(self.listed)

    @property
    def sentence(self) -> str:
        """How often something is named there."""
        scenes = (
            f"{self.empty:,} of {counted(self.images, 'scene')}"
            if self.empty < self.images
            else counted(self.images, "scene")
        )
        has = f"{scenes} {'has' if self.empty == 1 else 'have'} no labelled sign of any class"
        if not self.total:
            return f"{has}, and nothing is named there."
        signs = f"{counted(self.total, 'sign')} {are(self.total)} named"
        if self.empty == 1:
            return f"{has}; {signs} there."
        return f"{has}; in {self.disturbed:,} of these {signs}."

    def as_dict(self) -> dict[str, object]:
        """Return the figures, for JSON."""
        return {
            "images": self.images,
            "empty": self.empty,
            "with_named_signs": self.disturbed,
            "named": self.total,
            "left_out": self.left_out,
            "listed": [asdict(one) for one in self.listed],
        }


def _compute(report_input: DetectorReportInput) -> EmptyScenes | NotMeasured | None:
    metrics = report_input.metrics
    if metrics.naming is None:
        return None
    if not metrics.naming.empty_images:
        return NotMeasured("Every scene has a labelled sign, so that nothing says how it behaves where there is none.")
    truth, scenes = report_input.evaluation.truth, report_input.evaluation.scenes
    named = [
        (
            one.image,
            NamedInEmpty(
                as_text(scenes[one.image].name),
                one.named,
                one.score,
                round(one.short_side),
                number if number in report_input.windows else None,
            ),
        )
        for number, one in enumerate(report_input.mistakes)
        if one.kind == "false"
        and one.named is not None
        and one.score is not None
        and (truth[one.image].labels < 0).all()
    ]
    return EmptyScenes(
        metrics.images,
        metrics.naming.empty_images,
        len({image for image, _ in named}),
        len(named),
        tuple(one for _, one in named[:MAX_LISTED]),
    )


SECTION = Section(
    "empty_scenes",
    "Scenes without a sign of any class",
    _compute,
    "A car drives mostly past nothing, so this is what it would be disturbed by. The scenes may well hold signs of "
    "other classes: to find these, and to call them unknown, is right.",
)
