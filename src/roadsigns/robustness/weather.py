"""Weather between the sign and the camera, and on its lens."""

import cv2
import numpy as np

from roadsigns.augmentation.motion_blur import motion_kernel
from roadsigns.robustness.corruption import Corruption, Range
from roadsigns.robustness.pixels import FloatImage, blend, cloud, side_of, white_of
from roadsigns.types import Box, UInt8Image

__all__ = ["CONDENSATION", "FOG", "SNOW"]

# All of them are lit as the sign is, so that they are as bright as a share of its white.
FOG_LIGHT: Range = (0.7, 1.0)
SNOW_LIGHT, MIST_LIGHT = 1.1, 0.8
# How much thinner or thicker fog is from place to place.
FOG_PATCHES = 0.5
# Size of a flake and the length of its streak, as fractions of the sign's side; directions about straight down.
FLAKE, STREAK = 0.035, 0.09
FALLING_DEGREES: Range = (60.0, 120.0)
# How much of the picture's contrast the snow takes that is too far away to be seen as flakes, for each share of flakes.
SNOW_HAZE = 1.4
# A misted lens scatters light over this fraction of the sign's side, and whitens by this share.
SCATTER, MIST_WHITENS = 0.12, 0.45
# How sharp the edges of misted patches are.
MIST_EDGE = 6.0


def _fog(image: UInt8Image, box: Box, veil: float, rng: np.random.Generator) -> UInt8Image:
    height, width = image.shape[:2]
    level = rng.uniform(*FOG_LIGHT) * white_of(image, box)
    thickness = 1 + FOG_PATCHES * (cloud(height, width, side_of(box), rng) - 0.5)
    return blend(image, level, (veil * thickness).clip(0, 1))


def _snow(image: UInt8Image, box: Box, flakes: float, rng: np.random.Generator) -> UInt8Image:
    height, width = image.shape[:2]
    level = min(SNOW_LIGHT * white_of(image, box), 255.0)
    hazy = blend(image, level, min(SNOW_HAZE * flakes, 1.0))
    return blend(hazy, level, _flakes(height, width, side_of(box), flakes, rng))


def _flakes(height: int, width: int, side: int, share: float, rng: np.random.Generator) -> FloatImage:
    """Return how much of each pixel a falling flake covers, 0 to 1, shape (height, width)."""
    size = max(FLAKE * side, 1.0)
    cells = max(round(height / size), 1), max(round(width / size), 1)
    brightness = rng.random(cells, np.float32)
    # Of the same numbers at each severity: more flakes come, and none goes.
    layer = np.where(rng.random(cells, np.float32) < share, 0.6 + 0.4 * brightness, 0).astype(np.float32)
    layer = np.asarray(cv2.resize(layer, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    kernel = motion_kernel(STREAK * side, rng.uniform(*FALLING_DEGREES))
    # A streak is as bright as its flake while it is there, not as a whole.
    fallen = cv2.filter2D(layer, -1, kernel, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray((1.6 * fallen).clip(0, 1), np.float32)


def _condensation(image: UInt8Image, box: Box, share: float, rng: np.random.Generator) -> UInt8Image:
    height, width = image.shape[:2]
    side = side_of(box)
    scattered = cv2.GaussianBlur(image, (0, 0), max(SCATTER * side, 0.5), borderType=cv2.BORDER_REPLICATE)
    misty = blend(np.asarray(scattered, np.uint8), MIST_LIGHT * white_of(image, box), MIST_WHITENS)
    patches = cloud(height, width, side, rng)
    # The thickest patches, so many that they are the share.
    covered = (MIST_EDGE * (patches - np.float32(np.quantile(patches, 1 - share))) + 0.5).clip(0, 1)
    return blend(image, misty, covered)


SNOW = Corruption(
    name="snow",
    version=1,
    does="falling flakes as streaks, and the haze of those far away",
    measure="share of the places with a flake",
    strengths=(0.04, 0.08, 0.13, 0.19, 0.26),
    change=_snow,
)
FOG = Corruption(
    name="fog",
    version=1,
    does="a light veil, thinner and thicker in patches",
    measure="share of the light that is the veil's",
    strengths=(0.3, 0.45, 0.57, 0.67, 0.76),
    change=_fog,
)
CONDENSATION = Corruption(
    name="condensation",
    version=1,
    does="patches of a misted or frosted lens, which blur and whiten",
    measure="share of the image that is misted",
    strengths=(0.2, 0.4, 0.6, 0.75, 0.9),
    change=_condensation,
)
