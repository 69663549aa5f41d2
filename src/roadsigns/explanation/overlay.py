"""A heat map drawn over its image: what counted is bright and orange, what did not is dark and grey.

Heat is told by brightness as well as by colour, and the hottest part has an outline, so that nobody has to tell colours
apart. `page/site/heat_map.js` is a port of it.
"""

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.explanation.heat_map import HeatMap
from roadsigns.palette import HEAT, rgb_of
from roadsigns.preprocessing.brighten import brighten
from roadsigns.preprocessing.prepare import WHITE
from roadsigns.types import Float32Array, UInt8Image

__all__ = ["HOT", "colour_bar", "levels_of", "overlay"]

# The share of heat in a pixel of the picture, where there is none and where there is most.
MIN_HEAT, MAX_HEAT = 0.3, 0.7
# The outline goes around what has at least this heat.
HOT = 0.5
# Of the three colours, ITU-R BT.601.
BRIGHTNESS = (0.299, 0.587, 0.114)
# The 99th percentile of levels in an image that needs no brightening.


def overlay(prepared: UInt8Image | Float32Array, heat_map: HeatMap, *, scale: int) -> UInt8Image:
    """Draw a heat map over the image that it explains.

    Args:
        prepared: The image as the network sees it, shape (side, side, 3), uint8, or float32 in [0, 1].
        heat_map: Its map.
        scale: How many pixels each pixel becomes along each side, at least 1.

    Returns:
        RGB, shape (scale * side, scale * side, 3), uint8.
    """
    levels = brighten(levels_of(prepared))
    size = (scale * levels.shape[1], scale * levels.shape[0])
    brightness = levels.astype(np.float32) @ np.asarray(BRIGHTNESS, np.float32)
    grey = cv2.resize(brightness, size, interpolation=cv2.INTER_NEAREST)[..., np.newaxis]
    heat = np.asarray(cv2.resize(heat_map.values, size, interpolation=cv2.INTER_LINEAR), np.float32)
    share = (MIN_HEAT + (MAX_HEAT - MIN_HEAT) * heat)[..., np.newaxis]
    picture: UInt8Image = np.floor(grey * (1 - share) + _colours(heat) * share + 0.5).clip(0, WHITE).astype(np.uint8)
    picture[_outline(heat >= HOT)] = WHITE
    return picture


def levels_of(prepared: UInt8Image | Float32Array) -> UInt8Image:
    """Return a prepared image as levels: shape (side, side, 3), uint8."""
    if prepared.dtype == np.uint8:
        return np.asarray(prepared, np.uint8)
    return np.asarray(np.rint(prepared * np.float32(WHITE)).clip(0, WHITE), np.uint8)


def colour_bar(width: int, height: int) -> UInt8Image:
    """Return the scale of heat, from none at the left to the most at the right: shape (height, width, 3), uint8."""
    heat = np.broadcast_to(np.linspace(0, 1, width, dtype=np.float32), (height, width))
    return np.asarray(np.floor(_colours(heat) + 0.5), np.uint8)


def _colours(heat: Float32Array) -> Float32Array:
    """Return the colours of heat, shape (height, width, 3), 0 to 255."""
    stops = np.linspace(0, 1, len(HEAT))
    channels = [np.interp(heat, stops, channel) for channel in zip(*map(rgb_of, HEAT), strict=True)]
    return np.stack(channels, axis=-1).astype(np.float32)


def _outline(hot: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which pixels of regions touch one outside them. The picture's edge cuts regions off without a line."""
    inside = cv2.erode(hot.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1)
    return np.asarray(hot & (inside == 0), np.bool_)
