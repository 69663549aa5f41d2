"""Computes classification metrics from arrays; sees no model and reads no file."""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.intervals import accuracy_interval, bootstrap_interval, number_tracks
from roadsigns.evaluation.metrics import Metrics, SubsetMetrics, TrackErrors
from roadsigns.types import Subset

__all__ = ["compute_metrics", "metrics_from_classes"]

# The smallest step of float32 at 1, as in scikit-learn: a probability of 0 for the truth must cost much, not infinity.
SMALLEST_PROBABILITY = float(np.finfo(np.float32).eps)


def compute_metrics(
    probabilities: npt.NDArray[np.float32],
    labels: npt.NDArray[np.integer],
    *,
    tracks: Sequence[Hashable | None],
    subsets: Sequence[Subset] = (),
) -> Metrics:
    """Compute all metrics of predictions.

    Args:
        probabilities: Shape (images, num_classes), rows sum to 1. The highest decides; of equals, the first.
        labels: Class ids, shape (images,), at least one.
        tracks: What identifies the physical sign of each image; None where unknown.
        subsets: Those of the data set that the classes are from.

    Raises:
        ValueError: If the shapes do not fit or a probability is not a number.
    """
    _require_fit(probabilities, labels, tracks)
    return metrics_from_classes(
        probabilities.argmax(axis=1),
        labels,
        num_classes=probabilities.shape[1],
        log_loss=_log_loss(probabilities, labels),
        tracks=tracks,
        subsets=subsets,
    )


def metrics_from_classes(
    predicted: npt.NDArray[np.integer],
    labels: npt.NDArray[np.integer],
    *,
    num_classes: int,
    log_loss: float,
    tracks: Sequence[Hashable | None],
    subsets: Sequence[Subset] = (),
) -> Metrics:
    """Compute the metrics where the predicted classes and the log loss are known; see `compute_metrics`.

    Args:
        predicted: Class ids, shape (images,), at least one.
        labels: Class ids, shape (images,).
        num_classes: Number of classes; all class ids are below it.
        log_loss: In nats.
        tracks: What identifies the physical sign of each image; None where unknown.
        subsets: As there.
    """
    wrong = predicted != labels
    numbers = number_tracks(tracks)
    pairs = labels.astype(np.int64) * num_classes + predicted
    confusion = np.bincount(pairs, minlength=num_classes**2).reshape(num_classes, num_classes)
    return Metrics(
        images=len(labels),
        errors=int(wrong.sum()),
        log_loss=log_loss,
        confusion=confusion.astype(np.int64, copy=False),
        interval=accuracy_interval(wrong, numbers),
        bootstrap=None if numbers is None else bootstrap_interval(wrong, numbers),
        tracks=None if numbers is None else _track_errors(wrong, numbers),
        subsets=tuple(_subset_metrics(subset, labels, wrong) for subset in subsets) or None,
    )


def _require_fit(
    probabilities: npt.NDArray[np.float32], labels: npt.NDArray[np.integer], tracks: Sequence[Hashable | None]
) -> None:
    if not len(probabilities) == len(labels) == len(tracks) or not len(labels):
        raise ValueError(
            f"Got {len(probabilities)} rows of probabilities, {len(labels)} labels and {len(tracks)} tracks. "
            "Expected the same number of each, at least one."
        )
    if not 0 <= labels.min() <= labels.max() < probabilities.shape[1]:
        raise ValueError(
            f"The labels {labels.min()} to {labels.max()} do not fit {probabilities.shape[1]} columns of probabilities."
        )
    if not np.isfinite(probabilities).all():
        raise ValueError("Some probabilities are not a number. The model is broken; train it again.")


def _log_loss(probabilities: npt.NDArray[np.float32], labels: npt.NDArray[np.integer]) -> float:
    truth = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(truth.clip(SMALLEST_PROBABILITY, 1)).mean())


def _track_errors(wrong: npt.NDArray[np.bool_], numbers: npt.NDArray[np.intp]) -> TrackErrors:
    share = np.bincount(numbers, weights=wrong) / np.bincount(numbers)
    return TrackErrors(len(share), int((share > 0).sum()), int((share > 1 / 2).sum()))


def _subset_metrics(subset: Subset, labels: npt.NDArray[np.integer], wrong: npt.NDArray[np.bool_]) -> SubsetMetrics:
    members = np.isin(labels, subset.class_ids)
    images, errors = int(members.sum()), int(wrong[members].sum())
    accuracy = (images - errors) / images if images else None
    return SubsetMetrics(subset.name, images, errors, accuracy, subset.human_accuracy)
