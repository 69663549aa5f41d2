"""How well classes that were left out are told from the others: for each fold, and their mean."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from roadsigns.cross_validation.left_out.scores_file import read_scores, scores_file
from roadsigns.cross_validation.store import CrossValidation
from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import Predictions
from roadsigns.evaluation.rejection.metrics import KEEP, Rejection, RejectionFigures, compute_rejection

__all__ = ["LeftOutFold", "LeftOutMetrics", "MeanRejection", "compute_left_out_metrics"]


@dataclass(frozen=True, slots=True)
class LeftOutFold:
    """The figures of one fold.

    Attributes:
        fold: Its number, from 1.
        left_out: Names of the classes that its model was not shown.
        errors: Number of misread images of the other classes.
        scores: The figures of each score; the kinds are the classes that were left out.
    """

    fold: int
    left_out: tuple[str, ...]
    errors: int
    scores: tuple[Rejection, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the fields for JSON."""
        return {
            "fold": self.fold,
            "left_out": list(self.left_out),
            "errors": self.errors,
            "scores": [score.as_dict() for score in self.scores],
        }


@dataclass(frozen=True, slots=True)
class MeanRejection(RejectionFigures):
    """The mean of the figures of one score over the finished folds.

    Attributes:
        auroc: As in `RejectionFigures`.
        fpr95: As in `RejectionFigures`.
        accepted: As in `RejectionFigures`.
        score: Its name.
        by_track: The mean of the figures in which every track counts alike; None where no track is known.
    """

    score: str
    by_track: RejectionFigures | None


@dataclass(frozen=True, slots=True)
class LeftOutMetrics:
    """All figures of a cross-validation that leaves classes out.

    Attributes:
        cross: The cross-validation.
        keep: The share of the known images that is to be kept.
        folds: The finished ones.
        mean: Of each score.
    """

    cross: CrossValidation
    keep: float
    folds: tuple[LeftOutFold, ...]
    mean: tuple[MeanRejection, ...]

    def as_dict(self) -> dict[str, object]:
        """Return everything as JSON holds it: fractions, not percent; None where there is nothing."""
        record = self.cross.record
        return {
            "folder": str(self.cross.folder),
            "complete": self.cross.is_complete,
            "partition": record.partition,
            "keep": self.keep,
            "mean": [asdict(one) for one in self.mean],
            "folds": [fold.as_dict() for fold in self.folds],
            "all_folds": record.folds,
            "seed": record.seed,
            "recipe": record.recipe_name,
            "source": record.source,
            "data_sha256": record.data_sha256,
            "roadsigns": record.roadsigns,
        }


def compute_left_out_metrics(cross: CrossValidation, *, keep: float = KEEP) -> LeftOutMetrics:
    """Compute the figures of the finished folds.

    Args:
        cross: A cross-validation that leaves classes out.
        keep: The share of the known images that is to be kept, more than 0, at most 1.

    Raises:
        RunError: If no fold is finished, scores are missing or damaged, or a fold has no image of one side.
    """
    if not cross.parts:
        raise RunError(
            "No fold is finished yet.", hint="Run the command that started it again.", subject=str(cross.folder)
        )
    folds = tuple(_fold(cross, number, part, keep) for number, part in sorted(cross.parts.items()))
    return LeftOutMetrics(cross, keep, folds, _means(folds))


def _fold(cross: CrossValidation, number: int, predictions: Predictions, keep: float) -> LeftOutFold:
    left_out = cross.record.left_out[number - 1]
    unknown = np.isin(predictions.labels, left_out)
    if unknown.all() or not unknown.any():
        side = "left out" if not unknown.any() else "that stay"
        raise RunError(f"Fold {number} holds no image of the classes {side}.", subject=str(cross.folder))
    names, tracks = cross.record.classes, [row.track_key for row in predictions.rows]
    known_places, unknown_places = np.flatnonzero(~unknown).tolist(), np.flatnonzero(unknown).tolist()
    scores = tuple(
        compute_rejection(
            name,
            values[~unknown],
            values[unknown],
            wrong=predictions.wrong[~unknown],
            known_tracks=[tracks[place] for place in known_places],
            unknown_units=[tracks[place] for place in unknown_places],
            unit="track",
            kinds=[names[predictions.rows[place].class_id] for place in unknown_places],
            keep=keep,
        )
        for name, values in read_scores(scores_file(cross.folder, number), predictions).items()
    )
    errors = int(predictions.wrong[~unknown].sum())
    return LeftOutFold(number, tuple(names[class_id] for class_id in sorted(left_out)), errors, scores)


def _means(folds: Sequence[LeftOutFold]) -> tuple[MeanRejection, ...]:
    by_name = [{score.score: score for score in fold.scores} for fold in folds]
    # Folds that were finished by different versions may have different scores.
    names = [name for name in by_name[0] if all(name in scores for scores in by_name)]
    means = []
    for name in names:
        results = [scores[name] for scores in by_name]
        by_track = [result.by_track for result in results if result.by_track is not None]
        figures = _mean([result.figures for result in results])
        track_mean = _mean(by_track) if len(by_track) == len(results) else None
        means.append(MeanRejection(**asdict(figures), score=name, by_track=track_mean))
    return tuple(means)


def _mean(figures: Sequence[RejectionFigures]) -> RejectionFigures:
    rows = np.array([[one.auroc, one.fpr95, one.accepted] for one in figures])
    return RejectionFigures(*rows.mean(axis=0).tolist())
