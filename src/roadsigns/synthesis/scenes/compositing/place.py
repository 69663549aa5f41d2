"""How a given picture looks at a place: its light, colour, noise and blur, so that what is put there looks the same."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.types import Box, UInt8Image

__all__ = ["Look", "Place", "look_of", "place_at", "white_at"]

# Logarithm of the level of white on a sign, by the mean level around it and that of the picture's lower half; fitted by
# least squares to 147 signs of every sixth scene of GTSDB's training set, spread 0.4.
AROUND, BELOW, CONSTANT, OFFSET = 0.23, 0.96, 0.71, 0.02
DARKEST, BRIGHTEST = 0.12, 1.3
SATURATED = 250
BLOCK = 16
MAX_NOISE = 12.0
BLURS = np.geomspace(0.3, 3, 40)


@dataclass(frozen=True, slots=True)
class Look:
    """How a whole picture looks.

    Attributes:
        below: Mean level of its lower half, 0 to 1.
        tint: Colour of its light, as factors about 1.
        noise: Standard deviation in levels of 255.
        blur: Standard deviation in pixels.
    """

    below: float
    tint: npt.NDArray[np.float64]
    noise: float
    blur: float


@dataclass(frozen=True, slots=True)
class Place:
    """How a picture looks around a box: mean level, and the level of what is darkest, 0 to 1."""

    level: float
    dark: float


def look_of(image: UInt8Image) -> Look:
    """Measure a picture, RGB, shape (height, width, 3), uint8, at least 8 pixels a side."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    half = image[len(image) // 2 :]
    colour = half.reshape(-1, 3).mean(axis=0) + 1
    # Streets are grey, and what stands beside them is not: only a part of the tint is the light's.
    tint = (colour / colour.mean()) ** 0.6
    return Look(float(grey[len(grey) // 2 :].mean() / 255), tint, _noise(grey), _blur(grey))


def place_at(image: UInt8Image, box: Box) -> Place:
    """Measure what is around a box, within its longer side of it."""
    height, width = image.shape[:2]
    reach = max(box.x2 - box.x1, box.y2 - box.y1)
    x1, y1 = max(0, box.x1 - reach), max(0, box.y1 - reach)
    part = image[y1 : min(height, box.y2 + reach), x1 : min(width, box.x2 + reach)]
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    around = np.ones(grey.shape, bool)
    around[box.y1 - y1 : box.y2 - y1, box.x1 - x1 : box.x2 - x1] = False
    levels = grey[around] if around.any() else grey.ravel()
    return Place(float(levels.mean() / 255), float(np.percentile(levels, 5) / 255))


def white_at(place: Place, look: Look) -> float:
    """Return the level that white has on a sign at a place, 0.12 to 1.3, as in real scenes on the average."""
    level = CONSTANT + AROUND * math.log(place.level + OFFSET) + BELOW * math.log(look.below + OFFSET)
    return float(np.clip(math.exp(level) - OFFSET, DARKEST, BRIGHTEST))


def _noise(grey: UInt8Image) -> float:
    """Noise where least is to be seen, after Immerkaer 1996 (Fast Noise Variance Estimation)."""
    laplacian = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    differences = np.abs(cv2.filter2D(grey, cv2.CV_32F, laplacian))
    size = max(1, grey.shape[1] // BLOCK), max(1, grey.shape[0] // BLOCK)
    means = cv2.resize(differences, size, interpolation=cv2.INTER_AREA)
    levels = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    grainy = means[levels < SATURATED]
    if not grainy.size:
        return 0.0
    return float(min(np.percentile(grainy, 10) * math.sqrt(math.pi / 2) / 6, MAX_NOISE))


def _blur(grey: UInt8Image) -> float:
    """Blur of the strongest edges: how much of their step lies between two neighbouring pixels."""
    levels = grey.astype(np.int16)
    steps = np.abs(np.diff(levels, axis=1))
    # Four neighbouring steps, and the whole edge that they make up.
    whole = np.abs(levels[:, 4:] - levels[:, :-4])
    largest = np.maximum(np.maximum(steps[:, :-3], steps[:, 1:-2]), np.maximum(steps[:, 2:-1], steps[:, 3:]))
    if not whole.size or whole.max() == 0:
        return float(BLURS[0])
    strong = whole >= max(float(np.percentile(whole, 99.5)), 1.0)
    share = float(np.median(largest[strong] / whole[strong]))
    expected = np.array([math.erf(0.5 / (s * math.sqrt(2))) / math.erf(2 / (s * math.sqrt(2))) for s in BLURS])
    return float(np.interp(-share, -expected, BLURS))
