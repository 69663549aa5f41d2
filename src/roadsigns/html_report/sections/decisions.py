"""Decisions: how many images the model calls known, uncertain or unknown, and how many of each are right."""

from dataclasses import asdict, dataclass

import numpy as np

from roadsigns.evaluation.decided_images import count_decisions
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.inference.prediction import Decision
from roadsigns.wording import counted, percent

__all__ = ["SECTION", "Decided", "Decisions"]

MEANINGS: dict[Decision, str] = {
    "known": "it names the sign",
    "uncertain": "it names the sign, but another is possible",
    "unknown": "it takes the sign for none of its classes",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """The images of one decision.

    Attributes:
        decision: Which.
        meaning: What it means.
        images: Number of images.
        errors: How many of them it would misread.
    """

    decision: str
    meaning: str
    images: int
    errors: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions on images that all show known signs.

    Attributes:
        decided: By decision.
        images: Number of images.
        errors: Number of misread images.
    """

    decided: tuple[Decided, ...]
    images: int
    errors: int

    @property
    def sentence(self) -> str:
        """How many of the errors it calls known."""
        known, *others = self.decided
        others_called = " or ".join(one.decision for one in others)
        held = sum(one.images for one in others) / self.images
        if not self.errors:
            return f"It calls {percent(known.images / self.images)} of these known signs known, and misreads none."
        called = f"{known.errors:,} {'is' if known.errors == 1 else 'are'}" if known.errors else "none is"
        return (
            f"Of its {counted(self.errors, 'error')}, {called} called known; the price is that "
            f"{percent(held)} of all images are called {others_called}."
        )

    def as_dict(self) -> dict[str, object]:
        """Return all decisions, for JSON."""
        return asdict(self)


def _compute(report_input: ReportInput) -> Decisions | NotMeasured:
    rule, probabilities, unknown = report_input.rule, report_input.probabilities, report_input.unknown
    if rule is None:
        return NotMeasured("Predictions alone have no thresholds: report on the model itself.")
    if probabilities is None:
        return NotMeasured("The probabilities of all classes are needed.")
    if not rule.unknown_kinds or unknown is None:
        return NotMeasured("The model was trained without negatives, so that it names a class for any image.")
    if rule.threshold is None:
        return NotMeasured("The model has no thresholds: fit them with “roadsigns calibrate”.")
    counts = count_decisions(np.concatenate([probabilities, unknown], axis=1), report_input.wrong, rule)
    decided = tuple(Decided(one.decision, MEANINGS[one.decision], one.images, one.errors) for one in counts)
    return Decisions(decided, len(report_input.wrong), int(report_input.wrong.sum()))


SECTION = Section(
    "decisions",
    "Known, uncertain, unknown",
    _compute,
    "All images here show signs that it knows, so an 'unknown' that is read right is a false alarm. A model without "
    "prediction sets calls nothing uncertain; “roadsigns calibrate” adds them. How well it tells signs that it "
    "does not know is measured below, with images of such.",
)
