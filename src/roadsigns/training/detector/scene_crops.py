"""Training crops of street scenes: random places, scales and light, with signs moved from one scene to another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.augmentation.degradation import choose_degradations
from roadsigns.augmentation.geometric import Augmentation
from roadsigns.augmentation.photometric import augment_photometric
from roadsigns.detection.locations import Locations, locations_of, targets_of
from roadsigns.recipe_tables import SceneSettings
from roadsigns.training.detector.labelled_scene import FloatArray, LabelledScene
from roadsigns.training.detector.move_in import move_in, resized
from roadsigns.types import UInt8Image

__all__ = ["SceneCrops"]

# A sign of which less is left in the crop, or that is smaller, is neither right nor wrong.
LEFT, SMALLEST = 0.7, 7.0
# What lies outside the scene.
GREY = 114


@dataclass(frozen=True, slots=True)
class SceneCrops:
    """Makes random crops.

    Attributes:
        scenes: What they are cut from.
        settings: Their size and scale, and how many show a sign, or have signs moved in.
        augmentation: The random changes of light, colour and sharpness, and how many crops are mirrored.
        locations: Of the network's output for that size.
    """

    scenes: Sequence[LabelledScene]
    settings: SceneSettings
    augmentation: Augmentation
    locations: Locations = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "locations", locations_of(self.settings.crop_size, self.settings.crop_size))

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
        scale = math.exp(rng.uniform(math.log(self.settings.min_scale), math.log(self.settings.max_scale)))
        size = self.settings.crop_size
        side = size / scale
        height, width = scene.image.shape[:2]
        if len(scene.boxes) and rng.random() < self.settings.sign_probability:
            x1, y1, x2, y2 = scene.boxes[rng.integers(len(scene.boxes))]
            left, top = ((a + b) / 2 - rng.uniform(0.1, 0.9) * side for a, b in ((x1, x2), (y1, y2)))
        else:
            left, top = (rng.uniform(min(0, whole - side), max(0, whole - side)) for whole in (width, height))
        # Whole pixels, so that boxes stay exactly on their signs.
        left, top, side = round(left), round(top), max(1, round(side))
        image, scale = _cut(scene.image, left, top, side, size), size / side
        boxes = (scene.boxes - np.array([left, top, left, top], np.float32)) * np.float32(scale)
        ignored = scene.ignored
        if rng.random() < self.settings.moved_probability:
            image, moved = move_in(image, boxes, self.scenes, rng)
            boxes, ignored = np.concatenate([boxes, moved]), np.append(ignored, np.zeros(len(moved), bool))
        if rng.random() < self.augmentation.flip_probability:
            image = np.ascontiguousarray(image[:, ::-1])
            boxes = np.stack([size - boxes[:, 2], boxes[:, 1], size - boxes[:, 0], boxes[:, 3]], axis=1)
        return image, *_inside(boxes, ignored, size)


def _cut(image: UInt8Image, x: int, y: int, side: int, size: int) -> UInt8Image:
    """Cut a square out of an image and bring it to a size; what lies outside is grey."""
    height, width = image.shape[:2]
    inside = image[max(0, y) : min(height, y + side), max(0, x) : min(width, x + side)]
    pads = (max(0, -y), max(0, y + side - height), max(0, -x), max(0, x + side - width))
    if any(pads):
        inside = np.asarray(cv2.copyMakeBorder(inside, *pads, cv2.BORDER_CONSTANT, value=(GREY,) * 3), np.uint8)
    return resized(inside, (size, size))


def _inside(boxes: FloatArray, ignored: npt.NDArray[np.bool_], size: int) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return the boxes within a crop; those that are mostly outside, or too small, are to be ignored."""
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    clipped = np.clip(boxes, 0, size)
    sides = clipped[:, 2:] - clipped[:, :2]
    left = np.prod(sides, axis=1) / np.maximum(area, 1e-6)
    visible = (sides > 1).all(axis=1)
    unsure = ignored | (left < LEFT) | (sides.min(axis=1, initial=np.inf) < SMALLEST)
    return clipped[visible], unsure[visible]
