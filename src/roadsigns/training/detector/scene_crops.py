"""Training crops of street scenes: random places, scales and light, with signs moved from one scene to another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.augmentation.degradation import choose_degradations
from roadsigns.augmentation.geometric import Augmentation
from roadsigns.augmentation.photometric import augment_photometric
from roadsigns.detection.locations import Locations, targets_of
from roadsigns.types import UInt8Image

__all__ = ["LabelledScene", "SceneCrops"]

FloatArray = npt.NDArray[np.float32]
# Of crops that show a labelled sign, of those that are mirrored, and of those into which signs are moved.
WITH_SIGN, MIRRORED, WITH_MOVED = 0.7, 0.5, 0.6
# How much the scene is enlarged, by its logarithm; and how large its signs may become, in pixels.
LOG_SCALE = (math.log(0.4), math.log(2.5))
MOVED_SIZES = (8.0, 200.0)
MOVED_AT_ONCE = 4
# Smaller ones show little when they are enlarged.
LEAST_MOVED = 20
# A sign of which less is left in the crop, or that is smaller, is neither right nor wrong.
LEFT, SMALLEST = 0.7, 7.0
# What lies outside the scene.
GREY = 114


class LabelledScene(NamedTuple):
    """A scene to train on.

    Attributes:
        image: RGB, shape (height, width, 3), uint8.
        boxes: Its signs as x1, y1, x2, y2 in pixels, shape (signs, 4), float32.
        ignored: Of each: whether finding it is neither right nor wrong.
    """

    image: UInt8Image
    boxes: FloatArray
    ignored: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SceneCrops:
    """Makes random crops.

    Attributes:
        scenes: What they are cut from.
        size: Their side in pixels.
        locations: Of the network's output for that size.
        augmentation: The random changes of light, colour and sharpness.
    """

    scenes: Sequence[LabelledScene]
    size: int
    locations: Locations
    augmentation: Augmentation

    def batch(self, count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Make crops and what the network should say of them.

        Returns:
            RGB, shape (count, size, size, 3), float32 in [0, 1]; see `targets_of`, shape (count, locations, 5).
        """
        degradations = choose_degradations(count, self.augmentation, rng) or [None] * count
        images, targets = [], []
        for degradation in degradations:
            image, boxes, ignored = self.crop(rng)
            images.append(degradation(image) if degradation else image)
            targets.append(targets_of(boxes, ignored, self.locations))
        pixels = np.stack(images).astype(np.float32) / np.float32(255)
        return augment_photometric(pixels, self.augmentation, rng), np.stack(targets)

    def crop(self, rng: np.random.Generator) -> tuple[UInt8Image, FloatArray, npt.NDArray[np.bool_]]:
        """Make one crop, before its light is changed, with its signs."""
        scene = self.scenes[int(rng.integers(len(self.scenes)))]
        scale = math.exp(rng.uniform(*LOG_SCALE))
        side = self.size / scale
        height, width = scene.image.shape[:2]
        if len(scene.boxes) and rng.random() < WITH_SIGN:
            x1, y1, x2, y2 = scene.boxes[rng.integers(len(scene.boxes))]
            left, top = ((a + b) / 2 - rng.uniform(0.1, 0.9) * side for a, b in ((x1, x2), (y1, y2)))
        else:
            left, top = (rng.uniform(min(0, whole - side), max(0, whole - side)) for whole in (width, height))
        image = _cut(scene.image, left, top, side, self.size)
        scale = self.size / side
        boxes = (scene.boxes - np.array([left, top, left, top], np.float32)) * np.float32(scale)
        ignored = scene.ignored
        if rng.random() < WITH_MOVED:
            image, boxes, ignored = self._move_in(image, boxes, ignored, rng)
        if rng.random() < MIRRORED:
            image = np.ascontiguousarray(image[:, ::-1])
            boxes = np.stack([self.size - boxes[:, 2], boxes[:, 1], self.size - boxes[:, 0], boxes[:, 3]], axis=1)
        return image, *_inside(boxes, ignored, self.size)

    def _move_in(
        self, image: UInt8Image, boxes: FloatArray, ignored: npt.NDArray[np.bool_], rng: np.random.Generator
    ) -> tuple[UInt8Image, FloatArray, npt.NDArray[np.bool_]]:
        """Put signs of other scenes into a crop, where they touch none."""
        image = image.copy()
        for _ in range(rng.integers(1, MOVED_AT_ONCE + 1)):
            other = self.scenes[int(rng.integers(len(self.scenes)))]
            if not len(other.boxes):
                continue
            x1, y1, x2, y2 = other.boxes[rng.integers(len(other.boxes))].astype(int).tolist()
            if min(x2 - x1, y2 - y1) < LEAST_MOVED:
                continue
            size = math.exp(rng.uniform(*np.log(MOVED_SIZES)))
            # Enlarged signs are soft, and few real ones are so.
            size = min(size, 1.5 * max(x2 - x1, y2 - y1), 0.8 * self.size)
            factor = size / max(x2 - x1, y2 - y1)
            margin = max(1, round(0.06 * max(x2 - x1, y2 - y1)))
            patch = other.image[max(0, y1 - margin) : y2 + margin, max(0, x1 - margin) : x2 + margin]
            inner = np.array([min(x1, margin), min(y1, margin)], np.float32)
            across, down = (max(3, round(side * factor)) for side in patch.shape[1::-1])
            if across >= self.size or down >= self.size:
                continue
            patch = _resized(patch, (across, down))
            x, y = (int(rng.integers(0, self.size - side)) for side in (across, down))
            near = boxes[(boxes[:, 0] < x + across) & (boxes[:, 2] > x) & (boxes[:, 1] < y + down) & (boxes[:, 3] > y)]
            if len(near):
                continue
            _blend(image[y : y + down, x : x + across], patch, rng)
            start = np.array([x, y]) + inner * factor
            box = np.concatenate([start, start + np.array([x2 - x1, y2 - y1]) * factor]).astype(np.float32)
            boxes, ignored = np.concatenate([boxes, box[np.newaxis]]), np.append(ignored, False)
        return image, boxes, ignored


def _cut(image: UInt8Image, left: float, top: float, side: float, size: int) -> UInt8Image:
    """Cut a square out of an image and bring it to a size; what lies outside is grey."""
    x, y, whole = round(left), round(top), max(1, round(side))
    height, width = image.shape[:2]
    inside = image[max(0, y) : min(height, y + whole), max(0, x) : min(width, x + whole)]
    pads = (max(0, -y), max(0, y + whole - height), max(0, -x), max(0, x + whole - width))
    if any(pads):
        inside = np.asarray(cv2.copyMakeBorder(inside, *pads, cv2.BORDER_CONSTANT, value=(GREY,) * 3), np.uint8)
    return _resized(inside, (size, size))


def _resized(image: UInt8Image, sides: tuple[int, int]) -> UInt8Image:
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


def _inside(boxes: FloatArray, ignored: npt.NDArray[np.bool_], size: int) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return the boxes within a crop; those that are mostly outside, or too small, are to be ignored."""
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    clipped = np.clip(boxes, 0, size)
    sides = clipped[:, 2:] - clipped[:, :2]
    left = np.prod(sides, axis=1) / np.maximum(area, 1e-6)
    visible = (sides > 1).all(axis=1)
    unsure = ignored | (left < LEFT) | (sides.min(axis=1, initial=np.inf) < SMALLEST)
    return clipped[visible], unsure[visible]
