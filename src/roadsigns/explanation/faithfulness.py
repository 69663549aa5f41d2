"""Whether a heat map tells what decided: deletion and insertion scores (Petsiuk et al. 2018, RISE).

Deletion: the image's pixels are replaced by its mean colour, the hottest first, and the class's probability is watched.
If the map is right, it falls at once. Insertion: a blurred copy gets its sharp pixels back, the hottest first. If the
map is right, the probability rises at once. Each score is the mean of the probabilities on the way.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.explanation.explain import Explainable, as_crop
from roadsigns.inference.engine import CropBatch
from roadsigns.types import Float32Array, UInt8Image

__all__ = ["Faithfulness", "faithfulness"]

STEPS = 24
# Standard deviation of the blur that insertion starts from, as a fraction of the side: no digit is left to read.
BLUR = 1 / 6


class Faithfulness(NamedTuple):
    """How well a heat map tells what decided.

    Attributes:
        deletion: Mean probability while the hottest pixels are taken away, 0 to 1; lower is better.
        insertion: Mean probability while the hottest pixels are put in, 0 to 1; higher is better.
    """

    deletion: float
    insertion: float


def faithfulness(
    recognizer: Explainable, prepared: UInt8Image | Float32Array, values: Float32Array, class_id: int
) -> Faithfulness:
    """Score a heat map by what the network makes of its hottest pixels.

    Args:
        recognizer: The one that the map explains.
        prepared: The image as the network sees it, shape (side, side, 3).
        values: The heat map, shape (side, side); of equal values the upper left counts as hotter.
        class_id: The class whose probability is watched.
    """
    crop = as_crop(recognizer, prepared)
    levels = crop.astype(np.float32)
    grey = np.broadcast_to(levels.mean(axis=(0, 1)), levels.shape)
    blurred = cv2.GaussianBlur(levels, (0, 0), len(crop) * BLUR)
    rank = _ranks(values)
    shares = np.linspace(0, 1, STEPS + 1)
    hot = [(rank < share * rank.size)[..., np.newaxis] for share in shares]
    copies = [np.where(one, grey, levels) for one in hot] + [np.where(one, levels, blurred) for one in hot]
    stack: CropBatch = np.stack(copies)
    if crop.dtype == np.uint8:
        stack = np.rint(stack).astype(np.uint8)
    probabilities = recognizer.outputs(stack)[:, class_id]
    deleted, inserted = probabilities[: len(hot)], probabilities[len(hot) :]
    return Faithfulness(float(deleted.mean()), float(inserted.mean()))


def _ranks(values: Float32Array) -> npt.NDArray[np.int64]:
    """Return each pixel's place in the order of heat, 0 for the hottest."""
    rank = np.empty(values.size, np.int64)
    rank[np.argsort(-values, axis=None, kind="stable")] = np.arange(values.size)
    return rank.reshape(values.shape)
