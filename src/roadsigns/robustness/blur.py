"""Blur: out of focus, in motion, zoomed, and behind frosted glass. All of it is relative to the sign's side."""

import math

import cv2
import numpy as np

from roadsigns.augmentation.motion_blur import motion_kernel
from roadsigns.robustness.corruption import Corruption, Range, drawn_between
from roadsigns.robustness.pixels import FloatImage, displace, pixel_grid, side_of
from roadsigns.types import Box, UInt8Image

__all__ = ["BLURRED", "DEFOCUS", "GLASS_BLUR", "MOTION_BLUR", "ZOOM_BLUR"]

# How far a point is smeared to either side, as a fraction of the sign's side: the standard deviation of a defocus blur,
# half the length of a motion blur.
BLUR: Range = (0.04, 0.09)
# Zoomed images that are averaged, one for each pixel that a corner of the sign moves.
FEWEST_ZOOMS, MAX_ZOOMS = 3, 16


def _blur(image: UInt8Image, box: Box, reach: float, rng: np.random.Generator) -> UInt8Image:
    pixels = reach * side_of(box)
    if rng.integers(2):
        blurred = cv2.GaussianBlur(image, (0, 0), pixels, borderType=cv2.BORDER_REPLICATE)
        return np.asarray(blurred, dtype=np.uint8)
    return _smear(image, 2 * pixels, rng.uniform(0, 180))


def _smear(image: UInt8Image, length: float, degrees: float) -> UInt8Image:
    kernel = motion_kernel(length, degrees)
    return np.asarray(cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)


def _defocus(image: UInt8Image, box: Box, radius: float, rng: np.random.Generator) -> UInt8Image:
    kernel = _disc(radius * side_of(box))
    return np.asarray(cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)


def _disc(radius: float) -> FloatImage:
    """Return the picture of a point that is out of focus, shape (side, side), side odd, its sum 1; radius in pixels."""
    reach = math.ceil(radius)
    columns, rows = pixel_grid(2 * reach + 1, 2 * reach + 1)
    inside = (radius + 0.5 - np.hypot(columns - reach, rows - reach)).clip(0, 1)
    return np.asarray(inside / inside.sum(), np.float32)


def _motion(image: UInt8Image, box: Box, length: float, rng: np.random.Generator) -> UInt8Image:
    return _smear(image, length * side_of(box), rng.uniform(0, 180))


def _zoom(image: UInt8Image, box: Box, growth: float, rng: np.random.Generator) -> UInt8Image:
    """Average the image as it grows about the sign's centre while the shutter is open."""
    height, width = image.shape[:2]
    count = min(max(math.ceil(growth * side_of(box) / 2) + 1, FEWEST_ZOOMS), MAX_ZOOMS)
    centre = (box[0] + box[2] - 1) / 2, (box[1] + box[3] - 1) / 2
    total = np.zeros(image.shape, np.float32)
    for factor in np.linspace(1, 1 + growth, count).tolist():
        matrix = cv2.getRotationMatrix2D(centre, 0.0, factor)
        zoomed = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        cv2.accumulate(zoomed, total)
    return np.asarray(cv2.convertScaleAbs(total, alpha=1 / count), dtype=np.uint8)


def _glass(image: UInt8Image, box: Box, reach: float, rng: np.random.Generator) -> UInt8Image:
    across, down = rng.standard_normal((2, *image.shape[:2]), np.float32) * np.float32(reach * side_of(box))
    return displace(image, across, down)


BLURRED = Corruption(
    name="blurred",
    version=1,
    does="defocus or motion; by severity these are two kinds",
    measure="how far a point is smeared either way, as a fraction of the sign's side",
    strengths=(),
    change=_blur,
    drawn=drawn_between(_blur, BLUR),
)
DEFOCUS = Corruption(
    name="defocus",
    version=1,
    does="out of focus: each point becomes a disc",
    measure="radius of the disc, as a fraction of the sign's side",
    strengths=(0.025, 0.045, 0.065, 0.085, 0.11),
    change=_defocus,
)
MOTION_BLUR = Corruption(
    name="motion blur",
    version=1,
    does="each point becomes a line, in any direction",
    measure="length of the line, as a fraction of the sign's side",
    strengths=(0.06, 0.11, 0.16, 0.21, 0.27),
    change=_motion,
)
ZOOM_BLUR = Corruption(
    name="zoom blur",
    version=1,
    does="the sign comes nearer while the shutter is open",
    measure="how much it grows",
    strengths=(0.1, 0.2, 0.3, 0.4, 0.5),
    change=_zoom,
)
GLASS_BLUR = Corruption(
    name="glass blur",
    version=1,
    does="seen through frosted glass: each pixel shows a neighbour",
    measure="standard deviation of how far away, as a fraction of the sign's side",
    strengths=(0.007, 0.013, 0.019, 0.026, 0.034),
    change=_glass,
)
