"""Changed: the signs that are won and lost against another model, and whether that is more than chance."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from roadsigns.cross_validation.comparing.comparison import TrackChange, compare_sides
from roadsigns.cross_validation.comparing.sides import Side
from roadsigns.evaluation.predictions import Predictions
from roadsigns.evaluation.significance import PERMUTATIONS
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import Section
from roadsigns.wording import counted

__all__ = ["SECTION", "Changed"]

SIGNIFICANT = 0.05
MAX_LISTED = 40


@dataclass(frozen=True, slots=True)
class Changed:
    """What differs from another model on the same images.

    Attributes:
        other: Name of the other model.
        errors: Images that this model misreads.
        other_errors: Images that the other one misreads.
        won: Signs of which this model misreads fewer frames, the biggest gain first.
        lost: Signs of which it misreads more frames, the biggest loss first.
        errors_p: Of the permutation test on the errors of each sign.
        mostly_misread_p: Of McNemar's test on the signs that are mostly misread.
        unit: What is compared: "sign", or "image" where no track is known.
    """

    other: str
    errors: int
    other_errors: int
    won: tuple[TrackChange, ...]
    lost: tuple[TrackChange, ...]
    errors_p: float
    mostly_misread_p: float
    unit: str

    @property
    def significant(self) -> bool:
        """Whether the difference in errors is more than chance would often make."""
        return self.errors_p < SIGNIFICANT

    @property
    def sentence(self) -> str:
        """Errors of both, and whether the difference is more than chance."""
        if not self.won and not self.lost:
            return f"Both models misread the same {counted(self.errors, 'image')}."
        chance = (
            f"and the difference is statistically significant (p = {self.errors_p:.2g})"
            if self.significant
            else f"which may be chance (p = {self.errors_p:.2g})"
        )
        if self.errors == self.other_errors:
            change = "as many errors, in other images"
        else:
            change = f"it is {'better' if self.errors < self.other_errors else 'worse'}, {chance}"
        return (
            f"It misreads {counted(self.errors, 'image')} where {self.other} misreads {self.other_errors:,}, with "
            f"{counted(len(self.won), self.unit)} read better and {len(self.lost):,} read worse: {change}."
        )

    def as_dict(self) -> dict[str, object]:
        """Return all figures, for JSON."""
        return {**asdict(self), "significant": self.significant, "permutations": PERMUTATIONS}


def _compute(report_input: ReportInput) -> Changed | None:
    other = report_input.against
    if other is None:
        return None
    result = compare_sides(_side(other), _side(report_input))
    return Changed(
        other.about.model,
        report_input.metrics.errors,
        other.metrics.errors,
        tuple(result.won),
        tuple(result.lost),
        result.errors_p,
        result.mostly_misread_p,
        "image" if report_input.tracks is None else "sign",
    )


def _side(made: ReportInput) -> Side:
    probabilities = made.top_probabilities if made.top_probabilities is not None else np.zeros(made.class_ids.shape)
    predictions = Predictions(made.rows, made.class_ids, probabilities)
    return Side(Path(made.about.model), predictions, None, tuple(made.about.class_names), "")


SECTION = Section(
    "changed",
    "What changed?",
    _compute,
    "Signs count, not frames. If both models were equally good, the difference at each sign could as well have gone "
    "the other way; p is how often such coin tosses come out at least as far apart.",
)
