"""The figures of a cross-validation: every image judged once, by a model that has seen no frame of its sign."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from roadsigns.cross_validation.store import CrossValidation
from roadsigns.datasets.spec import GTSRB_CLASSES, SUBSETS
from roadsigns.errors import RunError
from roadsigns.evaluation.metrics import Metrics, compute_metrics
from roadsigns.evaluation.predictions import DIGITS, Predictions
from roadsigns.evaluation.report import class_values, interval_values, subset_values
from roadsigns.robustness.assignment import condition_of
from roadsigns.robustness.corruptions import CONDITIONS

__all__ = [
    "CorruptedMetrics",
    "CorruptionMetrics",
    "CrossMetrics",
    "FoldMetrics",
    "MisreadTrack",
    "compute_cross_metrics",
    "cross_figures_of",
]


@dataclass(frozen=True, slots=True)
class MisreadTrack:
    """A sign of which more than half of the frames are misread.

    Attributes:
        class_id: What it is.
        name: Its class's name.
        track: Which sign of its class; the image's name where that is unknown.
        frames: How many of it are judged.
        errors: How many are misread.
        read_as: The class that most of these are read as, by name.
    """

    class_id: int
    name: str
    track: str
    frames: int
    errors: int
    read_as: str


@dataclass(frozen=True, slots=True)
class FoldMetrics:
    """One fold: its number, its images without those that do not decode, how many of them are misread."""

    fold: int
    images: int
    errors: int


@dataclass(frozen=True, slots=True)
class CorruptionMetrics:
    """One hard condition: its name, the images that were read under it, how many of them are misread."""

    condition: str
    images: int
    errors: int


@dataclass(frozen=True, slots=True, eq=False)
class CorruptedMetrics:
    """What is measured under hard conditions.

    Attributes:
        cross: The cross-validation, with what was read under hard conditions.
        metrics: Over all images that were.
        conditions: All, in their usual order.
        undecodable: How many images do not decode. They count in no figure.
    """

    cross: CrossValidation
    metrics: Metrics
    conditions: tuple[CorruptionMetrics, ...]
    undecodable: int


@dataclass(frozen=True, slots=True, eq=False)
class CrossMetrics:
    """All that is measured.

    Attributes:
        cross: The cross-validation.
        metrics: Over all judged images. Its log loss is a lower bound: where the truth is not among the classes that
            were kept, its probability is at most that of the last kept one, and at most what is left over.
        beyond: For how many images that is so.
        folds: The finished ones.
        wrong_tracks: Those of which more than half of the frames are misread, most errors first.
        undecodable: How many images do not decode. They count in no figure.
        hard: The figures under hard conditions; None where nothing was read under them.
    """

    cross: CrossValidation
    metrics: Metrics
    beyond: int
    folds: tuple[FoldMetrics, ...]
    wrong_tracks: tuple[MisreadTrack, ...]
    undecodable: int
    hard: CorruptedMetrics | None

    @property
    def title(self) -> str:
        """What was measured, and whether folds are missing."""
        return ". ".join(filter(None, (self.cross.record.title, self.cross.partial_label)))

    @property
    def chosen_on_judged(self) -> bool:
        """Whether the judged images also chose the epoch that was kept."""
        training = tomllib.loads(self.cross.record.recipe).get("training", {})
        return bool(training.get("keep", "best") == "best")


def compute_cross_metrics(cross: CrossValidation) -> CrossMetrics:
    """Measure a cross-validation.

    Raises:
        RunError: If no fold is finished, or none of its images decodes.
    """
    predictions = cross.predictions
    if predictions is None or not predictions.rows:
        raise RunError(f"{cross.folder} holds no finished fold yet. Go on with the command that began it.")
    names = cross.record.classes
    log_loss, beyond = log_loss_lower_bound(predictions)
    folds = (FoldMetrics(number, len(part.rows), int(part.wrong.sum())) for number, part in sorted(cross.parts.items()))
    return CrossMetrics(
        cross,
        replace(_judge_read(predictions, names), log_loss=log_loss),
        beyond,
        tuple(folds),
        find_mostly_misread_tracks(predictions, names),
        len(predictions.undecodable),
        _judge_hard(cross.corrupted),
    )


def _judge_read(predictions: Predictions, names: Sequence[str]) -> Metrics:
    """Judge the classes that were read; the log loss among the figures means nothing."""
    # What was read is the first of the kept classes; of two that are equal once rounded, argmax might take the other.
    read = np.zeros((len(predictions.rows), len(names)), np.float32)
    read[np.arange(len(read)), predictions.class_ids[:, 0]] = 1
    return compute_metrics(
        read,
        predictions.labels,
        tracks=[row.track_key for row in predictions.rows],
        subsets=SUBSETS if list(names) == [sign.name for sign in GTSRB_CLASSES] else None,
    )


def _judge_hard(cross: CrossValidation) -> CorruptedMetrics | None:
    predictions = cross.predictions
    if predictions is None or not predictions.rows:
        return None
    conditions = [condition_of(row, seed=cross.record.seed) for row in predictions.rows]
    images = Counter(conditions)
    errors = Counter(one for one, wrong in zip(conditions, predictions.wrong, strict=True) if wrong)
    return CorruptedMetrics(
        cross,
        _judge_read(predictions, cross.record.classes),
        tuple(CorruptionMetrics(one, images[one], errors[one]) for one in CONDITIONS),
        len(predictions.undecodable),
    )


def log_loss_lower_bound(predictions: Predictions) -> tuple[float, int]:
    """Return the mean of -log(probability of the truth) in nats, and for how many images it is only a lower bound."""
    is_truth = predictions.class_ids == predictions.labels[:, None]
    found = is_truth.any(axis=1)
    left_over = 1 - predictions.probabilities.sum(axis=1)
    most = np.minimum(predictions.probabilities[:, -1], left_over)
    truth = np.where(found, (predictions.probabilities * is_truth).sum(axis=1), most)
    # What is written as 0 may be half a unit of the last digit.
    return float(-np.log(truth.clip(0.5 * 10**-DIGITS, 1)).mean()), int((~found).sum())


def find_mostly_misread_tracks(predictions: Predictions, names: Sequence[str]) -> tuple[MisreadTrack, ...]:
    """Return the tracks of which more than half of the frames are misread, most errors first. Names in label order."""
    frames: dict[tuple[int, str], list[int]] = defaultdict(list)
    for index, row in enumerate(predictions.rows):
        frames[row.track_key or (row.class_id, row.image)].append(index)
    wrong, read = predictions.wrong, predictions.class_ids[:, 0]
    found = []
    for (class_id, track), of_track in frames.items():
        misread: npt.NDArray[np.int32] = read[of_track][wrong[of_track]]
        if 2 * len(misread) > len(of_track):
            ((most, _),) = Counter(misread.tolist()).most_common(1)
            found.append(MisreadTrack(class_id, names[class_id], track, len(of_track), len(misread), names[most]))
    return tuple(sorted(found, key=lambda one: (-one.errors, one.class_id, one.track)))


def cross_figures_of(figures: CrossMetrics) -> dict[str, Any]:
    """Return all figures as plain values that JSON can hold. Fractions, not percent; None where there is nothing.

    The names are those of `roadsigns.evaluation.report.figures_of` where the meaning is the same.
    """
    metrics, record, tracks = figures.metrics, figures.cross.record, figures.metrics.tracks
    return {
        "folder": str(figures.cross.folder),
        "complete": figures.cross.is_complete,
        "accuracy": metrics.accuracy,
        "errors": metrics.errors,
        "images": metrics.images,
        "interval": interval_values(metrics.interval),
        "log_loss_at_least": metrics.log_loss,
        "truth_not_among_kept": figures.beyond,
        "tracks": tracks and tracks.tracks,
        "wrong_tracks": tracks and tracks.wrong,
        "mostly_wrong_tracks": tracks and tracks.mostly_wrong,
        "mostly_wrong": [asdict(track) for track in figures.wrong_tracks],
        "folds": [asdict(fold) for fold in figures.folds],
        "subsets": None if metrics.subsets is None else [subset_values(subset) for subset in metrics.subsets],
        "classes": list(class_values(metrics, record.classes)),
        "undecodable": figures.undecodable,
        "hard": figures.hard and _hard_values(figures.hard),
        "epoch_chosen_on_judged_images": figures.chosen_on_judged,
        "all_images": sum(record.fold_images),
        "all_folds": record.folds,
        "by": record.by,
        "seed": record.seed,
        "recipe": record.recipe_name,
        "source": record.source,
        "data_sha256": record.data_sha256,
        "roadsigns": record.roadsigns,
    }


def _hard_values(hard: CorruptedMetrics) -> dict[str, Any]:
    metrics, tracks = hard.metrics, hard.metrics.tracks
    return {
        "complete": hard.cross.is_complete,
        "accuracy": metrics.accuracy,
        "errors": metrics.errors,
        "images": metrics.images,
        "interval": interval_values(metrics.interval),
        "tracks": tracks and tracks.tracks,
        "wrong_tracks": tracks and tracks.wrong,
        "mostly_wrong_tracks": tracks and tracks.mostly_wrong,
        "conditions": [asdict(condition) for condition in hard.conditions],
        "undecodable": hard.undecodable,
    }
