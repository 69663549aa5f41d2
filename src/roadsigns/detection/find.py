"""From the network's output to boxes: the best of those that show the same sign."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.detection.locations import STRIDES, locations_of, to_boxes
from roadsigns.types import UInt8Image

__all__ = ["find_boxes", "suppress"]

FloatArray = npt.NDArray[np.float32]
Network = Callable[[npt.NDArray[np.uint8]], FloatArray]
# Boxes of two signs hardly overlap, so that those that do show one.
OVERLAP = 0.45
GREY = 114
# Small pictures are enlarged, for signs of 8 pixels; every picture is looked at once more, made smaller, for signs of
# 600.
SMALL_PICTURE, COARSE = 700_000, 0.35


def find_boxes(network: Network, image: UInt8Image, *, least_score: float) -> tuple[FloatArray, FloatArray]:
    """Find the signs of one picture.

    Args:
        network: Maps (1, height, width, 3), RGB, uint8, sides divisible by 32, to (1, locations, 5).
        image: RGB, shape (height, width, 3), uint8.
        least_score: 0 to 1; boxes below are left out.

    Returns:
        x1, y1, x2, y2 in pixels within the picture, shape (signs, 4), and scores, shape (signs,), the highest first.
    """
    height, width = image.shape[:2]
    scales = [2.0, COARSE] if height * width < SMALL_PICTURE else [1.0, COARSE]
    found = [_at_scale(network, image, scale, least_score) for scale in scales]
    boxes, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
    boxes = np.clip(boxes, 0, np.array([width, height, width, height], np.float32))
    kept = suppress(boxes, scores)
    return boxes[kept], scores[kept]


def _at_scale(network: Network, image: UInt8Image, scale: float, least_score: float) -> tuple[FloatArray, FloatArray]:
    if scale != 1:
        sides = tuple(max(1, round(side * scale)) for side in image.shape[1::-1])
        image = np.asarray(
            cv2.resize(image, sides, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8
        )
    step = STRIDES[-1]
    height, width = image.shape[:2]
    below, right = -height % step, -width % step
    if below or right:
        image = np.asarray(
            cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_CONSTANT, value=(GREY,) * 3), np.uint8
        )
    output = network(image[np.newaxis])[0]
    # The logarithm of the odds, so that most locations cost nothing.
    likely = output[:, 0] > np.log(least_score / (1 - least_score))
    places = locations_of(*image.shape[:2])
    chosen = type(places)(*(values[likely] for values in places))
    boxes, scores = to_boxes(output[likely], chosen)
    if scale < 1:
        # What the finer look finds as well, it finds more exactly.
        large = (boxes[:, 2:] - boxes[:, :2]).min(axis=1, initial=np.inf) > 2 * step
        boxes, scores = boxes[large], scores[large]
    return boxes / np.float32(scale), scores


def suppress(boxes: FloatArray, scores: FloatArray) -> npt.NDArray[np.intp]:
    """Return which boxes to keep, the highest score first: none overlaps a better one by more than `OVERLAP`."""
    if not len(boxes):
        return np.zeros(0, np.intp)
    sides = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(sides.tolist(), scores.tolist(), 0.0, OVERLAP)
    return np.asarray(kept, np.intp).reshape(-1)
