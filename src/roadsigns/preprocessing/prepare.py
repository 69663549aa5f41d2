"""Preparation: from a decoded image to a network's input, the same for training, evaluation and prediction.

A model file names its preparation in its metadata, so that a model is always used with the one it was trained with.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from roadsigns.errors import ImageError, ModelError
from roadsigns.preprocessing.crop import GTSRB_MARGIN, crop_sign
from roadsigns.preprocessing.crop_transform import Matrix, Pixels, crop_matrix, halve_until_sampled, resample
from roadsigns.preprocessing.defective_pixels import repair_crop
from roadsigns.preprocessing.tutorial import prepare_tutorial
from roadsigns.types import BoxLike, Float32Array, UInt8Image
from roadsigns.wording import one_of

__all__ = ["PREPARATIONS", "Placed", "Preparation", "place", "prepare", "prepare_crop", "to_unit"]

PREPARATIONS = ("box", "stretched-box", "tutorial")

WHITE = 255

# A negative margin cuts the sign's edge off; at this one nothing is left of it.
SMALLEST_MARGIN = -0.5


@dataclass(frozen=True, slots=True)
class Preparation:
    """How images become a network's input.

    Attributes:
        name: "tutorial": the whole image, V of HSV equalised, its central square resized; a box cuts the image first.
            "box": the square around the sign's box and a margin, its colours unchanged, its defective pixels repaired.
            "stretched-box": the same, but the box and its margin are stretched to the square.
        image_size: Side of the input in pixels.
        margin: Background around the box: a fraction of the longer side for "box", of each side for "stretched-box".
            "tutorial" has none.

    Raises:
        ModelError: If there is no such preparation, or the margin is not a number above `SMALLEST_MARGIN`.
    """

    name: str
    image_size: int
    margin: float = GTSRB_MARGIN

    def __post_init__(self) -> None:
        if self.name not in PREPARATIONS:
            raise ModelError(
                f"This version of roadsigns has no preparation '{self.name}'.",
                expected=one_of(PREPARATIONS),
                hint="If a later version wrote the model, install that version.",
            )
        if not SMALLEST_MARGIN < self.margin < math.inf:
            raise ModelError(f"The margin is {self.margin}.", expected=f"a number above {SMALLEST_MARGIN}")

    @property
    def wants_boxes(self) -> bool:
        """Whether a data set's annotated boxes are used. The tutorial takes GTSRB's images whole."""
        return self.name != "tutorial"

    @property
    def crop_type(self) -> type[np.uint8] | type[np.float32]:
        """The dtype of `prepare_crop`: uint8 levels, or floats in [0, 1] where the colours are changed, too."""
        return np.uint8 if self.wants_boxes else np.float32


class Placed(NamedTuple):
    """An image, and the matrix of the crop that goes into the network.

    Attributes:
        pixels: Shape (height, width, 3); uint8, or floats in [0, 1].
        matrix: The crop matrix, shape (2, 3), see `crop_transform`; None where the pixels are the crop already.
    """

    pixels: Pixels
    matrix: Matrix | None

    def compact(self) -> "Placed":
        """The same with floats in half the memory, off by at most a sixteenth of a grey level."""
        return self if self.pixels.dtype == np.uint8 else Placed(self.pixels.astype(np.float16), self.matrix)


def place(image: UInt8Image, preparation: Preparation, box: BoxLike | None = None) -> Placed:
    """Do all of a preparation except the last resampling, which training combines with its random changes.

    Args:
        image: RGB, shape (height, width, 3), uint8, both sides at least 2.
        preparation: How.
        box: The sign in pixels, (x1, y1, x2, y2), origin top left, x2 and y2 exclusive; None where it is unknown: the
            image is then taken for one like GTSRB's, with about 10 % of background on each side.

    Raises:
        ImageError: If the image is too small, or does not contain the box.
    """
    height, width = image.shape[:2]
    if min(height, width) < 2:  # noqa: PLR2004 - the central crop of a side of 1 is empty
        raise ImageError(
            f"The image has {width}x{height} pixels.",
            expected="at least 2x2 pixels; GTSRB's smallest images have 25x25",
        )
    if preparation.name == "tutorial":
        return Placed(prepare_tutorial(image if box is None else crop_sign(image, box), preparation.image_size), None)
    matrix = crop_matrix(
        image,
        box,
        image_size=preparation.image_size,
        margin=preparation.margin,
        stretch=preparation.name == "stretched-box",
    )
    return Placed(*halve_until_sampled(repair_crop(image, matrix, preparation.image_size), matrix))


def prepare_crop(image: UInt8Image, preparation: Preparation, box: BoxLike | None = None) -> Pixels:
    """Prepare a decoded image, but leave levels as bytes. See `place` for arguments and errors.

    Returns:
        RGB, shape (image_size, image_size, 3), of the preparation's `crop_type`.
    """
    placed = place(image, preparation, box)
    if placed.matrix is None:
        return placed.pixels
    return resample(placed.pixels, placed.matrix, image_size=preparation.image_size)


def prepare(image: UInt8Image, preparation: Preparation, box: BoxLike | None = None) -> Float32Array:
    """Prepare a decoded image. See `place` for arguments and errors.

    Returns:
        RGB, shape (image_size, image_size, 3), float32 in [0, 1].
    """
    return to_unit(prepare_crop(image, preparation, box))


def to_unit(pixels: Pixels) -> Float32Array:
    """Scale uint8 levels to float32 in [0, 1]; floats are in that range already."""
    if pixels.dtype == np.uint8:
        return pixels.astype(np.float32) * np.float32(1 / WHITE)
    return np.asarray(pixels, np.float32)
