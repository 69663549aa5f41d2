"""Occlusion: what a patch of the image adds when it is shown alone, and takes away when it alone is hidden.

Hiding is as Zeiler and Fergus did it (2014), but by a blurred copy, which has no edges of its own. Where two parts say
the same, hiding one of them changes nothing, so each patch is also shown alone. The mean of both is the first and last
step of a Shapley value: what a part adds to nothing, and to all the rest. It needs no gradients, so any engine will do.
`page/browser/occlusion.js` is a port.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from roadsigns.inference.engine import CropBatch
from roadsigns.types import SMALLEST_PROBABILITY, Float32Array

__all__ = ["GRID", "log_odds", "occluded", "occlusion_evidence", "patches"]

# Patches along each side, and the side of one as a fraction of the image's: measured in
# docs/experiments/0046-what-decided.md.
GRID = 10
PATCH = 1 / 4
# Standard deviation of the blur that hides, as a fraction of the side: no digit is left to read.
BLUR = 1 / 6


def occlusion_evidence(
    outputs: Callable[[CropBatch], Float32Array], crop: CropBatch, class_id: int, *, num_classes: int
) -> Float32Array:
    """Return how much each pixel adds to the log-odds of a class: the weighted mean over the patches that cover it.

    Args:
        outputs: The network, see `Recognizer.outputs`. It is called once, with the copies of `occluded`.
        crop: The prepared image, shape (side, side, 3), of the type that the network takes.
        class_id: The class.
        num_classes: How many outputs are classes; they come first.

    Returns:
        Shape (side, side), float32; below 0 where the class is more probable without the pixel.
    """
    corners, side = patches(len(crop))
    odds = log_odds(outputs(occluded(crop))[:, :num_classes], class_id)
    hidden, shown = odds[2:].reshape(2, -1)
    # A patch says most of what is in its middle.
    ramp = np.minimum(np.arange(1, side + 1), np.arange(side, 0, -1)).astype(np.float64)
    weight = np.outer(ramp, ramp)
    evidence, weights = np.zeros(crop.shape[:2]), np.zeros(crop.shape[:2])
    for number, value in enumerate((odds[0] - hidden + shown - odds[1]) / 2):
        top, left = corners[number // GRID], corners[number % GRID]
        evidence[top : top + side, left : left + side] += value * weight
        weights[top : top + side, left : left + side] += weight
    return (evidence / weights).astype(np.float32)


def patches(size: int) -> tuple[list[int], int]:
    """Return where the patches begin along one side of an image, and how long they are, in pixels.

    Their middles are spread evenly, and none reaches beyond the image. They cover it wholly.
    """
    side = max(1, round(size * PATCH))
    corners = [int((place + 0.5) * size / GRID - side / 2 + 0.5) for place in range(GRID)]
    return [min(max(corner, 0), size - side) for corner in corners], side


def occluded(crop: CropBatch) -> CropBatch:
    """Return an image, a blurred copy, and copies that show either, but the other in a patch.

    Args:
        crop: Shape (side, side, 3), uint8 or float32.

    Returns:
        Shape (2 + 2 GRID^2, side, side, 3), of the same type: the image; the blurred copy; the image with each patch
        hidden, row by row; each patch shown alone, row by row.
    """
    corners, side = patches(len(crop))
    blurred = _blurred(crop)
    count = GRID * GRID
    # Both are of one type.
    copies: CropBatch = np.stack([crop, blurred, *[crop] * count, *[blurred] * count])  # type: ignore[assignment]
    for number in range(count):
        top, left = corners[number // GRID], corners[number % GRID]
        patch = np.s_[top : top + side, left : left + side]
        copies[2 + number][patch], copies[2 + count + number][patch] = blurred[patch], crop[patch]
    return copies


def _blurred(crop: CropBatch) -> CropBatch:
    """Blur an image by a Gaussian; at its edges by what there is of it. The sum is JavaScript's, to the last digits."""
    place = np.arange(len(crop), dtype=np.float64)
    weights = np.exp(-(((place[:, np.newaxis] - place) / (len(crop) * BLUR)) ** 2) / 2)
    weights /= weights.sum(axis=1, keepdims=True)
    blurred: npt.NDArray[np.float64] = np.einsum(
        "yr,xc,rck->yxk", weights, weights, crop.astype(np.float64), optimize=True
    )
    return np.floor(blurred + 0.5).astype(np.uint8) if crop.dtype == np.uint8 else blurred.astype(np.float32)


def log_odds(probabilities: Float32Array, class_id: int) -> npt.NDArray[np.float64]:
    """Return the log-odds of a class: log(p / (1 - p)), p being its probability.

    1 - p is the sum of the others, which float32 still holds where p is nearly 1.

    Args:
        probabilities: Of the classes, shape (count, num_classes), float32.
        class_id: The class.

    Returns:
        Shape (count,), float64. All 0 where there is only one class.
    """
    if probabilities.shape[1] == 1:
        return np.zeros(len(probabilities))
    values = np.asarray(probabilities, np.float64)
    others = np.delete(values, class_id, axis=1).sum(axis=1)
    own, rest = (np.maximum(part, SMALLEST_PROBABILITY) for part in (values[:, class_id], others))
    return np.asarray(np.log(own) - np.log(rest), np.float64)
