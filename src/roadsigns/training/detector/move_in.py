"""Photographed signs of other scenes put into a training crop, in a few milliseconds.

`roadsigns.synthesis.scenes.move` does the same with care for the light, blur and noise of both places, and takes a
tenth of a second. There are tens of thousands of crops.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from roadsigns.training.detector.labelled_scene import FloatArray, LabelledScene
from roadsigns.types import UInt8Image

__all__ = ["move_in", "resized"]

# Sides of moved signs in pixels, and how many at once.
SIZES = (8.0, 200.0)
MOST = 4
# Smaller ones show little when they are enlarged.
SMALLEST = 20


def move_in(
    image: UInt8Image, boxes: FloatArray, scenes: Sequence[LabelledScene], rng: np.random.Generator
) -> tuple[UInt8Image, FloatArray]:
    """Put signs of scenes into a square crop, where they touch none.

    Args:
        image: The crop; it is not changed.
        boxes: Of its signs, shape (signs, 4).
        scenes: Where signs are copied from.
        rng: The source of all randomness.

    Returns:
        The crop, and the boxes of the signs that were put into it, shape (moved, 4).
    """
    image, size = image.copy(), len(image)
    taken = boxes
    for _ in range(rng.integers(1, MOST + 1)):
        other = scenes[int(rng.integers(len(scenes)))]
        sure = other.boxes[~other.ignored]
        if not len(sure):
            continue
        x1, y1, x2, y2 = sure[rng.integers(len(sure))].astype(int).tolist()
        if min(x2 - x1, y2 - y1) < SMALLEST:
            continue
        side = math.exp(rng.uniform(*np.log(SIZES)))
        # Enlarged signs are soft, and few real ones are so.
        side = min(side, 1.5 * max(x2 - x1, y2 - y1), 0.8 * size)
        factor = side / max(x2 - x1, y2 - y1)
        margin = max(1, round(0.06 * max(x2 - x1, y2 - y1)))
        patch = other.image[max(0, y1 - margin) : y2 + margin, max(0, x1 - margin) : x2 + margin]
        inner = np.array([min(x1, margin), min(y1, margin)], np.float32)
        across, down = (max(3, round(length * factor)) for length in patch.shape[1::-1])
        if across >= size or down >= size:
            continue
        patch = resized(patch, (across, down))
        x, y = (int(rng.integers(0, size - length)) for length in (across, down))
        near = taken[(taken[:, 0] < x + across) & (taken[:, 2] > x) & (taken[:, 1] < y + down) & (taken[:, 3] > y)]
        if len(near):
            continue
        _blend(image[y : y + down, x : x + across], patch, rng)
        start = np.array([x, y]) + inner * factor
        box = np.concatenate([start, start + np.array([x2 - x1, y2 - y1]) * factor]).astype(np.float32)
        taken = np.concatenate([taken, box[np.newaxis]])
    return image, taken[len(boxes) :]


def resized(image: UInt8Image, sides: tuple[int, int]) -> UInt8Image:
    """Bring an image to a width and height."""
    shrinks = sides[0] < image.shape[1]
    return np.asarray(cv2.resize(image, sides, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8)


def _blend(place: UInt8Image, patch: UInt8Image, rng: np.random.Generator) -> None:
    """Put a sign into a place, with a soft edge around its shape and in other light."""
    height, width = patch.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    # Rounder or squarer; a triangle's corners come with a little of the scene around them.
    power = rng.choice([2.0, 4.0, 20.0])
    edge = max(2.0, min(height, width) / 8)
    mask = np.clip((1 - (np.abs(x) ** power + np.abs(y) ** power) ** (1 / power)) * edge + 0.5, 0, 1)[..., np.newaxis]
    light = np.float32(math.exp(rng.uniform(-0.5, 0.4)))
    place[...] = np.clip(mask * patch * light + (1 - mask) * place, 0, 255).astype(np.uint8)
