"""Changed: the signs that are won and lost against another model, and whether that is more than chance."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from roadsigns.cross_validation.comparing.comparison import TrackChange, compare_sides
from roadsigns.cross_validation.comparing.sides import Side
from roadsigns.evaluation.predictions import Predictions
from roadsigns.evaluation.significance import PERMUTATIONS, permutation_p_text
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import Section
from roadsigns.wording import counted

__all__ = ["MAX_SHOWN", "SECTION", "Changed", "ChangedFrame"]

Ids: TypeAlias = npt.NDArray[np.int32]
Scores: TypeAlias = npt.NDArray[np.float64]

SIGNIFICANT = 0.05
# Signs with a picture, of those that are read better and of those that are read worse.
MAX_SHOWN = 24


@dataclass(frozen=True, slots=True)
class ChangedFrame:
    """The image that shows a sign that was won or lost: of those that only one model misreads, its surest mistake.

    Attributes:
        index: Its place in the input.
        image: Its name.
        class_id: Its class.
        read_as: The class that this model reads.
        other_read_as: The class that the other model reads.
    """

    index: int
    image: str
    class_id: int
    read_as: int
    other_read_as: int


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
        won_shown: An image of each of the first `MAX_SHOWN` signs of `won`.
        lost_shown: The same of `lost`.
    """

    other: str
    errors: int
    other_errors: int
    won: tuple[TrackChange, ...]
    lost: tuple[TrackChange, ...]
    errors_p: float
    mostly_misread_p: float
    unit: str
    won_shown: tuple[ChangedFrame, ...]
    lost_shown: tuple[ChangedFrame, ...]

    @property
    def pictured(self) -> tuple[int, ...]:
        """The pictures that it shows."""
        return tuple(one.index for one in (*self.won_shown, *self.lost_shown))

    @property
    def significant(self) -> bool:
        """Whether the difference in errors is more than chance would often make."""
        return self.errors_p < SIGNIFICANT

    @property
    def sentence(self) -> str:
        """Errors of both, and whether the difference is more than chance."""
        if not self.won and not self.lost:
            return f"Both models misread the same {counted(self.errors, 'image')}."
        p = permutation_p_text(self.errors_p)
        # Frames of one sign err together. As independent images they make p too small.
        apart = "" if self.unit == "sign" else ", if no two images show the same sign"
        chance = (
            f"and the difference is statistically significant{apart} ({p})"
            if self.significant
            else f"which may be chance ({p})"
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
    frames = _Frames(report_input, other)
    return Changed(
        other.about.model,
        report_input.metrics.errors,
        other.metrics.errors,
        tuple(result.won),
        tuple(result.lost),
        result.errors_p,
        result.mostly_misread_p,
        "image" if report_input.tracks is None else "sign",
        tuple(frames.of_won(track) for track in result.won[:MAX_SHOWN]),
        tuple(frames.of_lost(track) for track in result.lost[:MAX_SHOWN]),
    )


class _Frames:
    """The images of each sign, as both models read them."""

    def __init__(self, ours: ReportInput, theirs: ReportInput) -> None:
        self._ours = ours
        place = {row.image: index for index, row in enumerate(theirs.rows)}
        order = [place[row.image] for row in ours.rows]
        self._read, self._other_read = ours.predicted, theirs.predicted[order]
        self._scores = (_confidence(ours), _confidence(theirs)[order])
        self._members: dict[tuple[int, str], list[int]] = {}
        for index, row in enumerate(ours.rows):
            self._members.setdefault(row.sign_key, []).append(index)

    def of_won(self, track: TrackChange) -> ChangedFrame:
        """Return the image of a sign that is read better now."""
        return self._surest(track, self._other_read, self._read, self._scores[1])

    def of_lost(self, track: TrackChange) -> ChangedFrame:
        """Return the image of a sign that is read worse now."""
        return self._surest(track, self._read, self._other_read, self._scores[0])

    def _surest(self, track: TrackChange, wrong: Ids, right: Ids, scores: Scores) -> ChangedFrame:
        """Return the image that one model misreads most surely, of those that the other reads right."""
        members = self._members[track.class_id, track.track]
        only = [index for index in members if wrong[index] != track.class_id == right[index]]
        index = max(only, key=lambda index: float(scores[index]))
        return ChangedFrame(
            index,
            self._ours.rows[index].image,
            track.class_id,
            int(self._read[index]),
            int(self._other_read[index]),
        )


def _confidence(made: ReportInput) -> Scores:
    return np.zeros(len(made.rows)) if made.confidence is None else made.confidence


def _side(made: ReportInput) -> Side:
    probabilities = made.top_probabilities if made.top_probabilities is not None else np.zeros(made.class_ids.shape)
    predictions = Predictions(made.rows, made.class_ids, probabilities)
    return Side(Path(made.about.model), predictions, None, tuple(made.about.class_names), "")


SECTION = Section(
    "changed",
    "What changed?",
    _compute,
    "Signs count, not frames, where the data say which frames show one. Elsewhere images count, and p is too small if "
    "some of them show the same sign. If both models were equally good, the difference at each sign could as well have "
    "gone the other way; p is how often such coin tosses come out at least as far apart. A picture shows the image of "
    "the sign that only one of the two misreads, and what that one takes it for.",
)
