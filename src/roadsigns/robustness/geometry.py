"""Signs that do not stand in their box as annotated: turned, shifted, seen from the side, or in a box that is off.

The pixels move and the box stays, so that a model without boxes meets the same. What comes in at the image's edge
repeats its last pixels.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.robustness.corruption import Corruption, Range, drawn_between
from roadsigns.robustness.pixels import side_of
from roadsigns.types import Box, UInt8Image

__all__ = ["LOOSE_BOX", "PERSPECTIVE", "SHIFTED", "TIGHT_BOX", "TILTED"]

# To either side.
TILT_DEGREES: Range = (10.0, 20.0)
# Where the camera stands, in sides of the sign: near enough that its nearer edge looks larger.
DISTANCE = 2.5


def _centre(box: Box) -> tuple[float, float]:
    """Return the centre of a box. In OpenCV the centres of pixels lie at whole numbers."""
    return (box[0] + box[2] - 1) / 2, (box[1] + box[3] - 1) / 2


def _warp(image: UInt8Image, matrix: npt.ArrayLike) -> UInt8Image:
    """Move each point of an image to where the matrix says, shape (2, 3)."""
    size = image.shape[1], image.shape[0]
    moved = cv2.warpAffine(image, np.asarray(matrix), size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def _tilt(image: UInt8Image, box: Box, degrees: float, rng: np.random.Generator) -> UInt8Image:
    degrees = degrees * rng.choice([-1, 1])
    return _warp(image, cv2.getRotationMatrix2D(_centre(box), degrees, 1.0))


def _shift(image: UInt8Image, box: Box, distance: float, rng: np.random.Generator) -> UInt8Image:
    direction = rng.uniform(0, 2 * math.pi)
    across, down = (distance * side_of(box) * part for part in (math.cos(direction), math.sin(direction)))
    return _warp(image, np.array([[1, 0, across], [0, 1, down]]))


def _scale(image: UInt8Image, box: Box, size: float, rng: np.random.Generator) -> UInt8Image:
    """Scale about the centre of the box."""
    if size < 1:
        # Every pixel of the larger image must count in the smaller one, or edges would flicker.
        soft = cv2.GaussianBlur(image, (0, 0), 0.35 / size, borderType=cv2.BORDER_REPLICATE)
        image = np.asarray(soft, np.uint8)
    return _warp(image, cv2.getRotationMatrix2D(_centre(box), 0.0, size))


def _see_from_the_side(image: UInt8Image, box: Box, degrees: float, rng: np.random.Generator) -> UInt8Image:
    """Turn the sign's plane about an axis through its centre; the camera looks at the centre."""
    axis, angle = rng.uniform(0, 2 * math.pi), math.radians(degrees)
    turn, _ = cv2.Rodrigues(np.array([math.cos(axis), math.sin(axis), 0.0]) * angle)
    across, down = _centre(box)
    away = DISTANCE * side_of(box)
    # A point (x, y, 1) of the plane, about its centre, in space before the camera, and then on the image.
    in_space = np.column_stack([turn[:, 0], turn[:, 1], [0.0, 0.0, away]])
    on_image = np.array([[away, 0, across], [0, away, down], [0, 0, 1]])
    to_centre = np.array([[1, 0, -across], [0, 1, -down], [0, 0, 1.0]])
    seen = cv2.warpPerspective(
        image,
        on_image @ in_space @ to_centre,
        (image.shape[1], image.shape[0]),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(seen, dtype=np.uint8)


TILTED = Corruption(
    name="tilted",
    version=1,
    does="turned about the sign's centre, to either side",
    measure="degrees",
    strengths=(8, 15, 25, 35, 40),
    change=_tilt,
    drawn=drawn_between(_tilt, TILT_DEGREES),
)
SHIFTED = Corruption(
    name="shifted",
    version=1,
    does="the sign beside its box, in any direction",
    measure="how far, as a fraction of the sign's side",
    strengths=(0.05, 0.1, 0.15, 0.2, 0.27),
    change=_shift,
)
LOOSE_BOX = Corruption(
    name="loose box",
    version=1,
    does="the box too large: the sign is smaller in it",
    measure="side of the sign, as a fraction of the box's",
    strengths=(0.9, 0.8, 0.7, 0.6, 0.5),
    change=_scale,
)
TIGHT_BOX = Corruption(
    name="tight box",
    version=1,
    does="the box too small: the sign reaches out of it",
    measure="side of the sign, as a fraction of the box's",
    strengths=(1.12, 1.25, 1.4, 1.55, 1.7),
    change=_scale,
)
PERSPECTIVE = Corruption(
    name="perspective",
    version=1,
    does="seen from the side, from above or below: its plane turned about any axis",
    measure="degrees",
    strengths=(20, 32, 42, 52, 60),
    change=_see_from_the_side,
)
