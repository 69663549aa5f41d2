"""What processing does: brightness, contrast, distortion, few pixels, and JPEG."""

import cv2
import numpy as np

from roadsigns.robustness.corruption import Corruption, Range, drawn_between
from roadsigns.robustness.pixels import displace, side_of, sign_of, to_levels
from roadsigns.types import Box, UInt8Image

__all__ = ["BRIGHTNESS", "ELASTIC", "JPEG", "LOW_CONTRAST", "PIXELATED", "SMALL"]

# Fraction of the contrast that fog or glare leaves, and the level of the veil. A pale sign keeps a standard deviation
# of MIN_SPREAD levels.
CONTRAST: Range = (0.15, 0.40)
VEIL: Range = (70.0, 200.0)
MIN_SPREAD = 4.0
# The side of a distant sign, in pixels.
SMALLEST: Range = (9.0, 14.0)
# Size of the waves of an elastic distortion, as a fraction of the sign's side.
WAVE = 0.18


def _brighten(image: UInt8Image, box: Box, more: float, rng: np.random.Generator) -> UInt8Image:
    hue, saturation, value = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2HSV))
    # Saturates at white.
    brighter = cv2.add(value, np.full_like(value, round(255 * more)))
    return np.asarray(cv2.cvtColor(cv2.merge([hue, saturation, brighter]), cv2.COLOR_HSV2RGB), dtype=np.uint8)


def _reduce_contrast(image: UInt8Image, box: Box, contrast: float, rng: np.random.Generator) -> UInt8Image:
    spread = max(float(sign_of(image, box).std()), 1.0)
    contrast = min(max(contrast, MIN_SPREAD / spread), 1.0)
    return to_levels(image * np.float32(contrast) + np.float32((1 - contrast) * rng.uniform(*VEIL)))


def _distort(image: UInt8Image, box: Box, reach: float, rng: np.random.Generator) -> UInt8Image:
    height, width = image.shape[:2]
    side = side_of(box)
    waves = max(round(height / (WAVE * side)), 2), max(round(width / (WAVE * side)), 2)
    across, down = (
        np.asarray(cv2.resize(knots, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
        for knots in rng.standard_normal((2, *waves), np.float32) * np.float32(reach * side)
    )
    return displace(image, across, down)


def _far(image: UInt8Image, box: Box, side: float, enlarge: int) -> UInt8Image:
    """Reduce the image until the sign has a side of so many pixels, and enlarge it again."""
    height, width = image.shape[:2]
    scale = min(side / side_of(box), 1.0)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    far = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(far, (width, height), interpolation=enlarge), dtype=np.uint8)


def _reduce_resolution(image: UInt8Image, box: Box, side: float, rng: np.random.Generator) -> UInt8Image:
    return _far(image, box, side, cv2.INTER_LINEAR)


def _pixelate(image: UInt8Image, box: Box, side: float, rng: np.random.Generator) -> UInt8Image:
    return _far(image, box, side, cv2.INTER_NEAREST)


def _compress(image: UInt8Image, box: Box, quality: float, rng: np.random.Generator) -> UInt8Image:
    # OpenCV's order is blue first, and JPEG keeps colours more coarsely than brightness.
    _, content = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    decoded = np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(decoded[:, :, ::-1])


BRIGHTNESS = Corruption(
    name="brightness",
    version=1,
    does="brighter, hue and saturation kept (V of HSV)",
    measure="what is added, as a fraction of white",
    strengths=(0.1, 0.2, 0.3, 0.4, 0.5),
    change=_brighten,
)
LOW_CONTRAST = Corruption(
    name="low contrast",
    version=1,
    does="contrast lost to an even grey; a pale sign keeps a standard deviation of 4 levels",
    measure="share of the contrast that is left",
    strengths=(0.5, 0.35, 0.25, 0.17, 0.1),
    change=_reduce_contrast,
    drawn=drawn_between(_reduce_contrast, CONTRAST),
)
ELASTIC = Corruption(
    name="elastic",
    version=1,
    does="bent in waves of a sixth of the sign",
    measure="standard deviation of the shift, as a fraction of the sign's side",
    strengths=(0.008, 0.013, 0.018, 0.024, 0.03),
    change=_distort,
)
PIXELATED = Corruption(
    name="pixelated",
    version=1,
    does="averaged over squares that stay visible",
    measure="squares along the sign's side; a smaller sign stays as it is",
    strengths=(24, 20, 16, 13, 11),
    change=_pixelate,
)
SMALL = Corruption(
    name="small",
    version=1,
    does="a distant sign: reduced and enlarged again, smoothly",
    measure="side that the sign is reduced to, in pixels; a smaller sign stays as it is",
    strengths=(22, 18, 15, 12, 10),
    change=_reduce_resolution,
    drawn=drawn_between(_reduce_resolution, SMALLEST),
)
JPEG = Corruption(
    name="JPEG",
    version=1,
    does="compressed as JPEG, colours at half the resolution",
    measure="quality",
    strengths=(50, 30, 20, 13, 8),
    change=_compress,
)
