"""What several corruptions need: the sign's side, levels, smooth randomness, images moved or blended."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.types import Box, UInt8Image

__all__ = [
    "FloatImage",
    "blend",
    "cloud",
    "displace",
    "pixel_grid",
    "side_of",
    "sign_of",
    "smooth_noise",
    "to_levels",
    "white_of",
]

FloatImage: TypeAlias = npt.NDArray[np.float32]
# Octaves of a cloud: the largest, as a fraction of the sign's side, and how many, each half as large and as strong.
LARGEST_CLOUD, OCTAVES = 0.6, 4


def side_of(box: Box) -> int:
    """Return the longer side of a box, in pixels."""
    return max(box[2] - box[0], box[3] - box[1])


def sign_of(image: UInt8Image, box: Box) -> UInt8Image:
    """Return the part of an image that is in the box, a view."""
    x1, y1, x2, y2 = box
    return image[y1:y2, x1:x2]


def white_of(image: UInt8Image, box: Box) -> float:
    """Return the level of the sign's white, at least 1: the brightest twentieth of its box begins there."""
    return max(float(np.percentile(sign_of(image, box), 95)), 1.0)


def to_levels(values: FloatImage) -> UInt8Image:
    """Round to whole levels, 0 to 255."""
    return np.asarray(values.round().clip(0, 255), dtype=np.uint8)


def blend(image: UInt8Image, other: FloatImage | UInt8Image | float, share: FloatImage | float) -> UInt8Image:
    """Replace a share of an image by another.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        other: The same shape, in levels; or one level.
        share: How much of it, 0 to 1, shape (height, width); or one number for all pixels.
    """
    part = np.asarray(share, np.float32)
    part = part[:, :, None] if part.ndim else part
    return to_levels(image * (1 - part) + np.asarray(other, np.float32) * part)


def smooth_noise(height: int, width: int, cell: float, rng: np.random.Generator) -> FloatImage:
    """Return smooth noise, uniform in 0 to 1 at the corners of cells and linear between them.

    Args:
        height: In pixels.
        width: In pixels.
        cell: Side of a cell in pixels.
        rng: Source of the noise.

    Returns:
        Shape (height, width), float32.
    """
    cells = max(round(height / cell), 2), max(round(width / cell), 2)
    noise = rng.random(cells, np.float32)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def cloud(height: int, width: int, side: int, rng: np.random.Generator) -> FloatImage:
    """Return a cloud: smooth noise of several sizes, added up, 0 to 1, mostly about 0.5; see `smooth_noise`."""
    total = np.zeros((height, width), np.float32)
    for octave in range(OCTAVES):
        total += smooth_noise(height, width, max(LARGEST_CLOUD * side / 2**octave, 1.0), rng) / 2**octave
    return np.asarray(total / (2 - 2 ** (1 - OCTAVES)), np.float32)


def pixel_grid(height: int, width: int) -> tuple[FloatImage, FloatImage]:
    """Return x and y of each pixel, both of shape (height, width), float32."""
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return columns, rows


def displace(image: UInt8Image, across: FloatImage, down: FloatImage) -> UInt8Image:
    """Move pixels: each shows what was so far to its right and below it.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        across: In pixels, shape (height, width), float32.
        down: The same.
    """
    columns, rows = pixel_grid(*image.shape[:2])
    moved = cv2.remap(image, columns + across, rows + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)
