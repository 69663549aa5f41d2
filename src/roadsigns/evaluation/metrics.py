"""The metrics of a classifier as typed results; see `compute_metrics`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.intervals import BootstrapInterval, Interval

__all__ = [
    "ClassMetrics",
    "Metrics",
    "SubsetMetrics",
    "TrackErrors",
]


@dataclass(frozen=True, slots=True)
class SubsetMetrics:
    """Metrics of one subset of the classes.

    Attributes:
        name: Such as "speed limits".
        images: Number of images.
        errors: Number of misread images.
        accuracy: Fraction; None without images.
        human_accuracy: That of the average person on the official test set, a fraction; None where unknown.
    """

    name: str
    images: int
    errors: int
    accuracy: float | None
    human_accuracy: float | None


@dataclass(frozen=True, slots=True)
class ClassMetrics:
    """Metrics of one class.

    Attributes:
        class_id: The label.
        name: The class's name.
        images: Number of images.
        errors: Number of misread images.
        recall: Fraction of the images that is read correctly; None without images.
    """

    class_id: int
    name: str
    images: int
    errors: int
    recall: float | None


@dataclass(frozen=True, slots=True)
class TrackErrors:
    """How many tracks, that is physical signs, are misread; two counts, which differ a lot.

    Attributes:
        tracks: Number of tracks.
        misread_at_least_once: Tracks with one misread frame or more.
        mostly_misread: Tracks with more than half of their frames misread.
    """

    tracks: int
    misread_at_least_once: int
    mostly_misread: int


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """All metrics of some predictions.

    Attributes:
        images: Number of images.
        errors: Number of misread images.
        log_loss: Mean of -log(probability of the truth), nats.
        confusion: Counts, rows are the truth, columns the prediction, int64, shape (num_classes, num_classes).
        interval: 95 % interval of the accuracy; Wilson's, with the effective number of images.
        bootstrap: 95 % interval of the accuracy by resampling tracks; None where no track is known.
        tracks: None where no track is known.
        subsets: None where the data set has none.
    """

    images: int
    errors: int
    log_loss: float
    confusion: npt.NDArray[np.int64]
    interval: Interval
    bootstrap: BootstrapInterval | None
    tracks: TrackErrors | None
    subsets: tuple[SubsetMetrics, ...] | None

    @property
    def accuracy(self) -> float:
        """Fraction of the images that is read correctly."""
        return (self.images - self.errors) / self.images

    @property
    def class_images(self) -> npt.NDArray[np.int64]:
        """Number of images of each class, shape (num_classes,)."""
        counts: npt.NDArray[np.int64] = self.confusion.sum(axis=1)
        return counts

    @property
    def class_errors(self) -> npt.NDArray[np.int64]:
        """Number of misread images of each class, shape (num_classes,)."""
        return self.class_images - np.diagonal(self.confusion)

    @property
    def recall(self) -> npt.NDArray[np.float64]:
        """Fraction of each class's images that is read correctly, shape (num_classes,); NaN without images."""
        counts = self.class_images
        recall = np.full(len(counts), np.nan)
        np.divide(np.diagonal(self.confusion), counts, out=recall, where=counts > 0)
        return recall

    def confused(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the pairs of classes of which one is read as the other, in label order.

        Of thousands of classes the matrix fills a gigabyte, and nearly all of it is empty.

        Returns:
            Truths, predictions and numbers of images, each of shape (pairs,).
        """
        truths, predicted = np.nonzero(self.confusion)
        apart = truths != predicted
        truths, predicted = truths[apart], predicted[apart]
        return truths, predicted, self.confusion[truths, predicted]

    def classes(self, names: Sequence[str]) -> tuple[ClassMetrics, ...]:
        """Return the metrics of each class; names in label order."""
        columns = (self.class_images.tolist(), self.class_errors.tolist(), self.recall.tolist())
        return tuple(
            ClassMetrics(class_id, name, images, errors, recall if images else None)
            for class_id, (name, images, errors, recall) in enumerate(zip(names, *columns, strict=True))
        )

    def as_dict(self, names: Sequence[str]) -> dict[str, object]:
        """Return the metrics as JSON holds them: fractions, not percent; None where there is nothing.

        Args:
            names: Of the classes, in label order.
        """
        tracks = self.tracks
        return {
            "accuracy": self.accuracy,
            "errors": self.errors,
            "images": self.images,
            "interval": self.interval.as_dict(),
            "bootstrap_interval": self.bootstrap and self.bootstrap.as_dict(),
            "log_loss": self.log_loss,
            "tracks": tracks and tracks.tracks,
            "tracks_misread_at_least_once": tracks and tracks.misread_at_least_once,
            "mostly_misread_tracks": tracks and tracks.mostly_misread,
            "subsets": self.subsets and [asdict(subset) for subset in self.subsets],
            "classes": [asdict(one) for one in self.classes(names)],
        }
