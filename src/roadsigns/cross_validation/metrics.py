"""The metrics of a cross-validation: every image once, predicted by a model that has seen no frame of its sign."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from roadsigns.cross_validation.store import CrossValidation
from roadsigns.datasets.registry import known_spec
from roadsigns.errors import RunError
from roadsigns.evaluation.compute_metrics import metrics_from_classes
from roadsigns.evaluation.metrics import Metrics
from roadsigns.evaluation.predictions import DIGITS, Predictions

__all__ = [
    "CorruptedMetrics",
    "CorruptionMetrics",
    "CrossMetrics",
    "FoldMetrics",
    "MisreadTrack",
    "compute_cross_metrics",
    "find_mostly_misread_tracks",
    "log_loss_lower_bound",
]


@dataclass(frozen=True, slots=True)
class MisreadTrack:
    """A track, that is one physical sign, with more than half of its frames misread.

    Attributes:
        class_id: Its class.
        name: The name of its class.
        track: Its number within the class; the image's name where that is unknown.
        frames: Number of frames.
        errors: Number of misread frames.
        read_as: Name of the class that most of these are taken for.
    """

    class_id: int
    name: str
    track: str
    frames: int
    errors: int
    read_as: str


@dataclass(frozen=True, slots=True)
class FoldMetrics:
    """Metrics of one fold.

    Attributes:
        fold: Its number, from 1.
        images: Number of images, without those that do not decode.
        errors: Number of misread images.
    """

    fold: int
    images: int
    errors: int


@dataclass(frozen=True, slots=True)
class CorruptionMetrics:
    """Metrics of the images with one corruption.

    Attributes:
        corruption: Its name.
        version: Its version.
        images: Number of images that have it.
        errors: Number of misread images.
    """

    corruption: str
    version: int
    images: int
    errors: int


@dataclass(frozen=True, slots=True, eq=False)
class CorruptedMetrics:
    """The metrics of images with corruptions.

    Attributes:
        cross: The cross-validation, with the predictions for these images.
        metrics: Over all of them; the log loss is a lower bound, as in `CrossMetrics`.
        truth_outside_top_k: As in `CrossMetrics`.
        corruptions: All that the cross-validation records, in that order.
        undecodable: Number of images that do not decode. They count in no metric.
    """

    cross: CrossValidation
    metrics: Metrics
    truth_outside_top_k: int
    corruptions: tuple[CorruptionMetrics, ...]
    undecodable: int

    def as_dict(self) -> dict[str, object]:
        """Return everything but arrays as JSON holds it."""
        return {
            "complete": self.cross.is_complete,
            **_metrics_dict(self.metrics, self.cross, self.truth_outside_top_k),
            "corruptions": [asdict(one) for one in self.corruptions],
            "undecodable": self.undecodable,
        }


@dataclass(frozen=True, slots=True, eq=False)
class CrossMetrics:
    """All metrics of a cross-validation.

    Attributes:
        cross: The cross-validation.
        metrics: Over all images. The log loss is a lower bound: where the truth is not among the stored classes, its
            probability is at most that of the last stored one, and at most what the stored ones leave over.
        truth_outside_top_k: For how many images that is so.
        folds: The finished ones.
        mostly_misread: Tracks with more than half of their frames misread, most errors first.
        undecodable: Number of images that do not decode. They count in no metric.
        corrupted: The metrics of images with corruptions; None where there are none.
    """

    cross: CrossValidation
    metrics: Metrics
    truth_outside_top_k: int
    folds: tuple[FoldMetrics, ...]
    mostly_misread: tuple[MisreadTrack, ...]
    undecodable: int
    corrupted: CorruptedMetrics | None

    @property
    def epoch_chosen_on_these_images(self) -> bool:
        """See `CrossRecord`."""
        return self.cross.record.epoch_chosen_on_these_images

    def as_dict(self) -> dict[str, object]:
        """Return everything but arrays as JSON holds it: fractions, not percent; None where there is nothing.

        The keys are those of `Evaluation.as_dict` where the meaning is the same.
        """
        record = self.cross.record
        return {
            "folder": str(self.cross.folder),
            "complete": self.cross.is_complete,
            **_metrics_dict(self.metrics, self.cross, self.truth_outside_top_k),
            "mostly_misread": [asdict(track) for track in self.mostly_misread],
            "folds": [asdict(fold) for fold in self.folds],
            "undecodable": self.undecodable,
            "corrupted": self.corrupted and self.corrupted.as_dict(),
            "epoch_chosen_on_these_images": self.epoch_chosen_on_these_images,
            "all_images": sum(record.fold_images),
            "all_folds": record.folds,
            "by": record.by,
            "seed": record.seed,
            "recipe": record.recipe_name,
            "source": record.source,
            "data_sha256": record.data_sha256,
            "roadsigns": record.roadsigns,
        }


def _metrics_dict(metrics: Metrics, cross: CrossValidation, truth_outside_top_k: int) -> dict[str, object]:
    values = metrics.as_dict(cross.record.classes)
    bound = {"log_loss_lower_bound": values.pop("log_loss"), "truth_outside_top_k": truth_outside_top_k}
    return values | bound


def compute_cross_metrics(cross: CrossValidation) -> CrossMetrics:
    """Compute the metrics of a cross-validation.

    Raises:
        RunError: If no fold is finished, or none of its images decodes.
    """
    predictions = cross.predictions
    if predictions is None or not predictions.rows:
        raise RunError(
            "No fold is finished yet.", hint="Run the command that started it again.", subject=str(cross.folder)
        )
    metrics, outside = _metrics_of(predictions, cross.record.classes)
    return CrossMetrics(
        cross,
        metrics,
        outside,
        tuple(
            FoldMetrics(number, len(part.rows), int(part.wrong.sum())) for number, part in sorted(cross.parts.items())
        ),
        find_mostly_misread_tracks(predictions, cross.record.classes),
        len(predictions.undecodable),
        _corrupted_metrics(cross.corrupted),
    )


def _metrics_of(predictions: Predictions, names: Sequence[str]) -> tuple[Metrics, int]:
    log_loss, outside = log_loss_lower_bound(predictions)
    spec = known_spec(names)
    metrics = metrics_from_classes(
        # Of two stored probabilities that rounding made equal, the first was the larger one.
        predictions.class_ids[:, 0],
        predictions.labels,
        num_classes=len(names),
        log_loss=log_loss,
        tracks=[row.track_key for row in predictions.rows],
        subsets=spec.subsets if spec else (),
    )
    return metrics, outside


def _corrupted_metrics(cross: CrossValidation) -> CorruptedMetrics | None:
    predictions = cross.predictions
    if predictions is None or not predictions.rows or predictions.corruptions is None:
        return None
    images = Counter(predictions.corruptions)
    errors = Counter(name for name, wrong in zip(predictions.corruptions, predictions.wrong, strict=True) if wrong)
    return CorruptedMetrics(
        cross,
        *_metrics_of(predictions, cross.record.classes),
        tuple(
            CorruptionMetrics(one.name, one.version, images[one.name], errors[one.name])
            for one in cross.record.corruptions
        ),
        len(predictions.undecodable),
    )


def log_loss_lower_bound(predictions: Predictions) -> tuple[float, int]:
    """Return a lower bound of the log loss, and the number of images whose truth is not among the stored classes.

    Returns:
        The mean of -log(probability of the truth) in nats, where that probability is known or the most that it can be.
    """
    is_truth = predictions.class_ids == predictions.labels[:, None]
    found = is_truth.any(axis=1)
    left_over = 1 - predictions.probabilities.sum(axis=1)
    most = np.minimum(predictions.probabilities[:, -1], left_over)
    truth = np.where(found, (predictions.probabilities * is_truth).sum(axis=1), most)
    # What is stored as 0 may be half a unit of the last digit.
    return float(-np.log(truth.clip(0.5 * 10**-DIGITS, 1)).mean()), int((~found).sum())


def find_mostly_misread_tracks(predictions: Predictions, names: Sequence[str]) -> tuple[MisreadTrack, ...]:
    """Return the tracks with more than half of their frames misread, most errors first.

    Args:
        predictions: An image without a track counts as one.
        names: Of the classes, in label order.
    """
    frames: dict[tuple[int, str], list[int]] = defaultdict(list)
    for index, row in enumerate(predictions.rows):
        frames[row.sign_key].append(index)
    wrong, predicted = predictions.wrong, predictions.class_ids[:, 0]
    found = []
    for (class_id, track), of_track in frames.items():
        misread = predicted[of_track][wrong[of_track]]
        if 2 * len(misread) > len(of_track):
            ((most, _),) = Counter(misread.tolist()).most_common(1)
            found.append(MisreadTrack(class_id, names[class_id], track, len(of_track), len(misread), names[most]))
    return tuple(sorted(found, key=lambda one: (-one.errors, one.class_id, one.track)))
