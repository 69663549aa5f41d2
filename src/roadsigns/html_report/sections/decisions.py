"""Decisions: how many images the model calls known, uncertain or unknown, and how many of each are right."""

from collections import Counter
from dataclasses import asdict, dataclass

import numpy as np

from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.inference.decide import decide
from roadsigns.inference.prediction import Decision
from roadsigns.wording import counted, percent

__all__ = ["SECTION", "Decided", "Decisions"]

ORDER: tuple[Decision, ...] = ("known", "uncertain", "unknown")
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
    predictions = decide(np.concatenate([probabilities, unknown], axis=1), rule, top_k=1)
    wrong = report_input.wrong.tolist()
    images = Counter(one.decision for one in predictions)
    errors = Counter(one.decision for one, is_wrong in zip(predictions, wrong, strict=True) if is_wrong)
    # Without prediction sets, nothing can be called uncertain.
    possible = [name for name in ORDER if name != "uncertain" or rule.quantile is not None]
    decided = tuple(Decided(name, MEANINGS[name], images[name], errors[name]) for name in possible)
    return Decisions(decided, len(predictions), sum(wrong))


SECTION = Section(
    "decisions",
    "Known, uncertain, unknown",
    _compute,
    "All images here show signs that it knows, so an 'unknown' that is read right is a false alarm. A model without "
    "prediction sets calls nothing uncertain; “roadsigns calibrate” adds them. How well it tells signs that it "
    "does not know is measured below, with images of such.",
)
