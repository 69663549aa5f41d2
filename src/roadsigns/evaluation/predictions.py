"""The most probable classes of images, beside the truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from roadsigns.types import LabelledImage, Sample, labelled_image

__all__ = ["DIGITS", "TOP_K", "Predictions", "join_predictions", "keep_top", "top_of"]

TOP_K = 5
DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """The predictions of a model for some images.

    Attributes:
        rows: The images, each once.
        class_ids: The most probable classes, best first, int32, shape (images, top_k).
        probabilities: Their probabilities, rounded, float64, shape (images, top_k).
        undecodable: Images that do not decode and so have no prediction.
        full: The probabilities of all classes, float32, shape (images, num_classes); None where they are unknown, as
            when read from a CSV file.
        unknown: The probabilities of the kinds of unknown, float32, shape (images, kinds); without columns where the
            model has none, None where they are unknown.
        corruptions: The name of each image's corruption; None where the images are as they were, or a file from before
            version 0.2.0 does not say.
    """

    rows: tuple[LabelledImage, ...]
    class_ids: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.float64]
    undecodable: tuple[LabelledImage, ...] = ()
    full: npt.NDArray[np.float32] | None = None
    unknown: npt.NDArray[np.float32] | None = None
    corruptions: tuple[str, ...] | None = None

    @property
    def labels(self) -> npt.NDArray[np.int32]:
        """The true class ids, shape (images,)."""
        return np.array([row.class_id for row in self.rows], np.int32)

    @property
    def wrong(self) -> npt.NDArray[np.bool_]:
        """Which images are misread, shape (images,)."""
        return np.asarray(self.class_ids[:, 0] != self.labels)

    @property
    def names(self) -> list[str]:
        """Names of all images, also those that do not decode."""
        return [row.image for row in (*self.rows, *self.undecodable)]


def keep_top(
    samples: Sequence[Sample],
    probabilities: npt.NDArray[np.float32],
    *,
    unknown: npt.NDArray[np.float32] | None = None,
    undecodable: Sequence[Sample] = (),
) -> Predictions:
    """Keep the most probable classes of each sample.

    Args:
        samples: The images.
        probabilities: Shape (samples, num_classes). Of equals the first class comes first, as with argmax.
        unknown: Shape (samples, kinds); see `Predictions`.
        undecodable: Samples that do not decode.
    """
    return Predictions(
        tuple(map(labelled_image, samples)),
        *top_of(probabilities),
        tuple(map(labelled_image, undecodable)),
        probabilities,
        unknown,
    )


def top_of(probabilities: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """Return the most probable classes and their rounded probabilities, each of shape (images, top_k).

    Args:
        probabilities: Shape (images, num_classes).
    """
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :TOP_K]
    top = np.take_along_axis(probabilities, best, axis=1).astype(np.float64).round(DIGITS)
    return best.astype(np.int32), top


def join_predictions(parts: Sequence[Predictions]) -> Predictions:
    """Join predictions of different images by the same classes; there is at least one part.

    The corruptions are known where every part knows its own.
    """
    corruptions = [part.corruptions for part in parts if part.corruptions is not None]
    return Predictions(
        tuple(row for part in parts for row in part.rows),
        np.concatenate([part.class_ids for part in parts]),
        np.concatenate([part.probabilities for part in parts]),
        tuple(row for part in parts for row in part.undecodable),
        corruptions=tuple(chain(*corruptions)) if len(corruptions) == len(parts) else None,
    )
