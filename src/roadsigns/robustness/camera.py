"""Cameras that get too little light or too much, or whose sensor fails."""

import math

import cv2
import numpy as np

from roadsigns.robustness.corruption import Corruption, Range
from roadsigns.robustness.pixels import FloatImage, side_of, sign_of, to_levels, white_of
from roadsigns.types import Box, UInt8Image

__all__ = ["BANDING", "DARK", "DEAD_PIXELS", "OVER_EXPOSED"]

# Fraction of the light that is left. A sign that is dark already keeps its white at MIN_WHITE levels, as the darkest
# signs of GTSRB that people still labelled have; with less, 8-bit levels hold no detail.
LIGHT: Range = (0.08, 0.30)
MIN_WHITE = 16.0
# Standard deviation of the sensor's noise, in levels.
NOISE: Range = (0.5, 2.0)
# However long the exposure, what is dark in the middle of the sign stays below this share of white.
MAX_BLACK = 0.7
# How far light above white spills, as a fraction of the sign's side, and how much of it.
SPILL, SPILLED = 0.03, 0.12
# The distance of two bands, as a fraction of the sign's side.
BANDS: Range = (0.15, 0.4)
# Of the dead pixels' share, so much is whole rows and columns.
LINES = 0.4


def _darken(image: UInt8Image, box: Box, light: float, rng: np.random.Generator) -> UInt8Image:
    noise = rng.standard_normal(image.shape, np.float32) * np.float32(rng.uniform(*NOISE))
    return to_levels(image * np.float32(light) + noise)


def _darken_at_random(image: UInt8Image, box: Box, rng: np.random.Generator) -> UInt8Image:
    light = min(max(rng.uniform(*LIGHT), MIN_WHITE / white_of(image, box)), 1.0)
    return _darken(image, box, light, rng)


def _overexpose(image: UInt8Image, box: Box, exposure: float, rng: np.random.Generator) -> UInt8Image:
    gain = 255 * min(exposure / white_of(image, box), MAX_BLACK / _black_of(image, box))
    light = image * np.float32(max(gain, 1.0))
    above = np.maximum(light - np.float32(255), 0)
    sigma = max(SPILL * side_of(box), 0.5)
    spilled = np.asarray(cv2.GaussianBlur(above, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)
    return to_levels(light + np.float32(SPILLED) * spilled)


def _black_of(image: UInt8Image, box: Box) -> float:
    """Return the level of what is dark in the middle of a sign, at least 1: of black, or of what a colour lacks."""
    sign = sign_of(image, box)
    height, width = sign.shape[:2]
    # In a triangle, too, this part shows nothing of what is behind the sign.
    middle = sign[int(0.4 * height) : math.ceil(0.75 * height), int(0.3 * width) : math.ceil(0.7 * width)]
    return max(float(np.percentile(middle.min(axis=2), 5)), 1.0)


def _band(image: UInt8Image, box: Box, depth: float, rng: np.random.Generator) -> UInt8Image:
    """Darken rows in waves: a rolling shutter under a lamp that flickers, as those of LED signs do."""
    height = image.shape[0]
    distance = max(rng.uniform(*BANDS) * side_of(box), 2.0)
    phase = rng.uniform(0, 2 * np.pi) + np.arange(height) * (2 * np.pi / distance)
    light: FloatImage = (1 - depth * (0.5 + 0.5 * np.cos(phase))).astype(np.float32)
    return to_levels(image * light[:, None, None])


def _kill_pixels(image: UInt8Image, box: Box, share: float, rng: np.random.Generator) -> UInt8Image:
    chance, level = rng.random((2, *image.shape), np.float32)
    dead = image.copy()
    # A pixel is lost in one channel of three at a time, as sensors have one colour in each.
    stuck = chance < share * (1 - LINES)
    dead[stuck] = np.where(level[stuck] < np.float32(0.5), 0, 255)
    rows, columns = (rng.random(length, np.float32) < share * LINES / 2 for length in image.shape[:2])
    dead[rows] = 0
    dead[:, columns] = 0
    return dead


DARK = Corruption(
    name="dark",
    version=1,
    does="little light, with the sensor's noise of 0.5 to 2 grey levels",
    measure="share of the light that is left",
    strengths=(0.4, 0.25, 0.15, 0.09, 0.05),
    change=_darken,
    drawn=_darken_at_random,
)
OVER_EXPOSED = Corruption(
    name="over-exposed",
    version=1,
    does="too much light, cut off at white; never so much that what is dark in the sign is white as well",
    measure="exposure, 1 where the sign's white is just white",
    strengths=(1.3, 1.8, 2.5, 3.3, 4.2),
    change=_overexpose,
)
BANDING = Corruption(
    name="banding",
    version=1,
    does="dark bands of rows, 0.15 to 0.4 of the sign apart, as under flickering lamps",
    measure="share of the light that is lost in the middle of a band",
    strengths=(0.2, 0.35, 0.5, 0.65, 0.8),
    change=_band,
)
DEAD_PIXELS = Corruption(
    name="dead pixels",
    version=1,
    does="single colours of pixels stuck at 0 or 255, and rows and columns that are black",
    measure="share of the pixels",
    strengths=(0.03, 0.07, 0.12, 0.18, 0.25),
    change=_kill_pixels,
)
