"""Predictions as they were read, in an order of their own, with the probabilities of all classes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.predictions import Predictions
from roadsigns.types import LabelledImage

__all__ = ["Predicted", "spread_rest"]


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """Predictions for images.

    Attributes:
        rows: The images, as they were named and labelled when they were predicted.
        undecodable: Those that did not decode, likewise.
        probabilities: Of the classes, float32, shape (images, num_classes).
        unknown: Of the kinds of unknown, float32, shape (images, kinds); None where the networks have none.
    """

    rows: tuple[LabelledImage, ...]
    undecodable: tuple[LabelledImage, ...]
    probabilities: npt.NDArray[np.float32]
    unknown: npt.NDArray[np.float32] | None


def spread_rest(predictions: Predictions, num_classes: int) -> npt.NDArray[np.float32]:
    """Return the probabilities of all classes where only the best are known: the others share equally what is left.

    Returns:
        Shape (images, num_classes), float32.
    """
    count, top_k = predictions.class_ids.shape
    left = np.maximum(1 - predictions.probabilities.sum(axis=1), 0)
    # None of the others is above the last that is known.
    share = np.minimum(left / max(1, num_classes - top_k), predictions.probabilities[:, -1])
    full = np.repeat(share[:, None], num_classes, axis=1)
    np.put_along_axis(full, predictions.class_ids.astype(np.intp), predictions.probabilities, axis=1)
    return full.reshape(count, num_classes).astype(np.float32)
