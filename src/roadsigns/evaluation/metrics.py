"""Figures from arrays: what the probabilities are worth. Sees no model and reads no file."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.intervals import Interval, accuracy_interval, number_tracks

__all__ = [
    "HUMAN_ACCURACY",
    "HUMAN_SUBSET_ACCURACY",
    "Metrics",
    "SubsetMetrics",
    "TrackErrors",
    "compute_metrics",
    "percent",
]

# The average person on the official test set: Stallkamp, Schlipsing, Salmen, Igel 2012, "Man vs. computer: Benchmarking
# machine learning algorithms for traffic sign recognition", Neural Networks 32. The best single person reached 99.22 %.
HUMAN_ACCURACY = 0.9884
HUMAN_SUBSET_ACCURACY: dict[str, float] = {
    "speed limits": 0.9763,
    "other prohibitions": 0.9993,
    "derestriction": 0.9889,
    "mandatory": 0.9972,
    "danger": 0.9867,
    "unique": 1.0,
}

# What float32 can tell from 0: a probability of 0 for the truth must cost much, not infinity. As scikit-learn has it.
SMALLEST_PROBABILITY = float(np.finfo(np.float32).eps)


@dataclass(frozen=True, slots=True)
class SubsetMetrics:
    """One of the six subsets.

    Attributes:
        name: A key of `roadsigns.datasets.spec.SUBSETS`.
        images: How many.
        errors: How many are misread.
        accuracy: Fraction; None without images.
        human: What the average person reaches on the official test set, a fraction.
    """

    name: str
    images: int
    errors: int
    accuracy: float | None
    human: float


@dataclass(frozen=True, slots=True)
class TrackErrors:
    """How many physical signs are misread.

    Attributes:
        tracks: How many there are.
        wrong: Those with at least one misread frame.
        mostly_wrong: Those with more than half of their frames misread.
    """

    tracks: int
    wrong: int
    mostly_wrong: int


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """Everything that is measured.

    Attributes:
        images: How many.
        errors: How many are misread.
        log_loss: Mean of -log(probability of the truth), nats.
        confusion: Counts, rows are the truth, columns what was read, int64, shape (num_classes, num_classes).
        interval: 95 % interval of the accuracy.
        tracks: None where no track is known.
        subsets: None where the classes are not GTSRB's.
    """

    images: int
    errors: int
    log_loss: float
    confusion: npt.NDArray[np.int64]
    interval: Interval
    tracks: TrackErrors | None
    subsets: tuple[SubsetMetrics, ...] | None

    @property
    def accuracy(self) -> float:
        """Part of the images that are read right."""
        return (self.images - self.errors) / self.images

    @property
    def class_images(self) -> npt.NDArray[np.int64]:
        """Images of each class, shape (num_classes,)."""
        counts: npt.NDArray[np.int64] = self.confusion.sum(axis=1)
        return counts

    @property
    def class_errors(self) -> npt.NDArray[np.int64]:
        """Misread images of each class, shape (num_classes,)."""
        return self.class_images - np.diagonal(self.confusion)

    @property
    def recall(self) -> npt.NDArray[np.float64]:
        """Part of each class's images that is read right, shape (num_classes,); NaN for a class without images."""
        counts = self.class_images
        recall = np.full(len(counts), np.nan)
        np.divide(np.diagonal(self.confusion), counts, out=recall, where=counts > 0)
        return recall


def compute_metrics(
    probabilities: npt.NDArray[np.float32],
    labels: npt.NDArray[np.integer],
    *,
    tracks: Sequence[Hashable | None],
    subsets: Mapping[str, Sequence[int]] | None = None,
) -> Metrics:
    """Measure predictions.

    Args:
        probabilities: Shape (images, num_classes), rows sum to 1. The highest decides; of equals, the first.
        labels: Class ids, shape (images,), at least one.
        tracks: What tells physical signs apart, one for each image; None where unknown.
        subsets: `roadsigns.datasets.spec.SUBSETS` for GTSRB's classes; None for others.

    Raises:
        ValueError: If the shapes do not fit or a probability is not a number.
    """
    _require_fit(probabilities, labels, tracks)
    num_classes = probabilities.shape[1]
    read = probabilities.argmax(axis=1)
    wrong = read != labels
    numbers = number_tracks(tracks)
    confusion = np.bincount(labels * num_classes + read, minlength=num_classes**2).reshape(num_classes, num_classes)
    return Metrics(
        images=len(labels),
        errors=int(wrong.sum()),
        log_loss=_log_loss(probabilities, labels),
        confusion=confusion.astype(np.int64),
        interval=accuracy_interval(wrong, numbers),
        tracks=None if numbers is None else _track_errors(wrong, numbers),
        subsets=None if subsets is None else tuple(_subset(name, ids, labels, wrong) for name, ids in subsets.items()),
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


def _subset(
    name: str, ids: Sequence[int], labels: npt.NDArray[np.integer], wrong: npt.NDArray[np.bool_]
) -> SubsetMetrics:
    members = np.isin(labels, ids)
    images, errors = int(members.sum()), int(wrong[members].sum())
    return SubsetMetrics(
        name, images, errors, (images - errors) / images if images else None, HUMAN_SUBSET_ACCURACY[name]
    )


def percent(fraction: float) -> str:
    """Write a fraction as people read it: 0.98312 as "98.31 %"."""
    return f"{100 * fraction:.2f} %"
