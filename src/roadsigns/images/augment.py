"""Seeded random changes of a network's inputs, for training only."""

import math

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import Field

from roadsigns.images.colour import LUMA, turn_hues
from roadsigns.images.motion import motion_kernel
from roadsigns.settings import Settings

__all__ = ["Augmentation", "affine_matrices", "change_looks"]

# The others keep theirs: blue and red are what most signs are told apart by.
HUES_CHANGED = 0.5


class Augmentation(Settings):
    """Ranges of random changes; each value is drawn uniformly, for each image anew. 0 leaves a change out.

    Attributes:
        rotation_degrees: From minus this to plus this.
        shift: Both ways, along each axis, as a fraction of the side.
        zoom: Each axis by a factor of 1 minus this to 1 plus this, independently; above 1 the sign shrinks.
        shear_degrees: Angle of the shear, from minus this to plus this. The tutorial's 0.1 were radians in the Keras of
            its year (5.73 degrees) and would be degrees, next to nothing, in today's.
        scale: Both axes by one factor of e to the minus this to e to the plus this.
        hue_degrees: Turn of the hue, for half of the images.
        saturation: Factor of the saturation, e to the minus this to e to the plus this.
        brightness: Factor of the brightness, likewise.
        contrast: Factor of the contrast about the image's mean brightness, likewise.
        motion_blur: Share of images that are blurred along a line.
        motion_pixels: Longest such line, in pixels of the network's input.
    """

    rotation_degrees: float = Field(default=0.0, ge=0, le=180)
    shift: float = Field(default=0.0, ge=0, lt=1)
    zoom: float = Field(default=0.0, ge=0, lt=1)
    shear_degrees: float = Field(default=0.0, ge=0, lt=90)
    scale: float = Field(default=0.0, ge=0, le=2)
    hue_degrees: float = Field(default=0.0, ge=0, le=180)
    saturation: float = Field(default=0.0, ge=0, le=3)
    brightness: float = Field(default=0.0, ge=0, le=3)
    contrast: float = Field(default=0.0, ge=0, le=3)
    motion_blur: float = Field(default=0.0, ge=0, le=1)
    motion_pixels: float = Field(default=6.0, ge=2, le=50)

    @property
    def moves_nothing(self) -> bool:
        """Whether every image keeps its place."""
        return not (self.rotation_degrees or self.shift or self.zoom or self.shear_degrees or self.scale)

    @property
    def keeps_colours(self) -> bool:
        """Whether every image keeps its colours."""
        return not (self.hue_degrees or self.saturation or self.brightness or self.contrast)


def affine_matrices(
    augmentation: Augmentation, *, count: int, image_size: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Draw `count` maps from an output pixel (x, y, 1) to the input point (x, y) it shows, shape (count, 2, 3).

    Rotation, shift, shear and zoom about the centre, in the order and with the matrices of Keras's ImageDataGenerator,
    and a scale that both axes share.
    """
    angle = np.deg2rad(rng.uniform(-1, 1, count) * augmentation.rotation_degrees)
    shift = rng.uniform(-1, 1, (2, count)) * augmentation.shift * image_size
    shear = np.deg2rad(rng.uniform(-1, 1, count) * augmentation.shear_degrees)
    zoom = 1 + rng.uniform(-1, 1, (2, count)) * augmentation.zoom
    if augmentation.scale:
        zoom *= np.exp(rng.uniform(-1, 1, count) * augmentation.scale)
    zero, one = np.zeros(count), np.ones(count)

    def stack(rows: list[list[npt.NDArray[np.float64]]]) -> npt.NDArray[np.float64]:
        return np.moveaxis(np.array(rows), 2, 0)

    rotate = stack([[np.cos(angle), -np.sin(angle), zero], [np.sin(angle), np.cos(angle), zero], [zero, zero, one]])
    move = stack([[one, zero, shift[0]], [zero, one, shift[1]], [zero, zero, one]])
    slant = stack([[one, -np.sin(shear), zero], [zero, np.cos(shear), zero], [zero, zero, one]])
    scale = stack([[zoom[0], zero, zero], [zero, zoom[1], zero], [zero, zero, one]])
    centre = (image_size - 1) / 2
    to_centre = np.array([[1, 0, centre], [0, 1, centre], [0, 0, 1]])
    from_centre = np.array([[1, 0, -centre], [0, 1, -centre], [0, 0, 1]])
    matrices: npt.NDArray[np.float64] = (to_centre @ rotate @ move @ slant @ scale @ from_centre)[:, :2]
    return matrices


def change_looks(
    images: npt.NDArray[np.float32], augmentation: Augmentation, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Change colours and sharpness of each image at random.

    Args:
        images: RGB, shape (count, image_size, image_size, 3), float32 in [0, 1]; may be written to.
        augmentation: The ranges.
        rng: Where the randomness comes from.

    Returns:
        The same shape, float32 in [0, 1].
    """
    blurred = np.flatnonzero(rng.random(len(images)) < augmentation.motion_blur) if augmentation.motion_blur else ()
    for index in blurred:
        kernel = motion_kernel(rng.uniform(1, augmentation.motion_pixels), rng.uniform(0, 180))
        images[index] = cv2.filter2D(images[index], -1, kernel, borderType=cv2.BORDER_REPLICATE)
    if augmentation.keeps_colours:
        return images
    matrices, offsets = _colour_changes(images, augmentation, rng)
    colours = images.reshape(len(images), math.prod(images.shape[1:3]), 3) @ matrices
    colours += offsets
    return np.clip(colours, 0, 1, out=colours).reshape(images.shape)


def _colour_changes(
    images: npt.NDArray[np.float32], augmentation: Augmentation, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Draw for each image what its colours (rows of R, G, B) are multiplied by and what is added.

    Returns:
        Shapes (count, 3, 3) and (count, 1, 1).
    """
    count = len(images)

    def factor(reach: float) -> npt.NDArray[np.float64]:
        return np.asarray(np.exp(rng.uniform(-1, 1, count) * reach))

    degrees = rng.uniform(-1, 1, count) * augmentation.hue_degrees * (rng.random(count) < HUES_CHANGED)
    saturation, brightness = factor(augmentation.saturation), factor(augmentation.brightness)
    contrast = factor(augmentation.contrast)
    matrices = (brightness * contrast)[:, None, None] * turn_hues(degrees, saturation)
    mean = images.mean(axis=(1, 2)) @ LUMA
    offsets = (brightness * (1 - contrast) * mean)[:, None, None]
    return matrices.transpose(0, 2, 1).astype(np.float32), offsets.astype(np.float32)
