"""The only deterministic way from a decoded image to what a network is fed.

Training, evaluation and prediction all prepare here. A model names its preparation in its metadata, so that nobody has
to remember which one it was trained with.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from roadsigns.errors import ImageError, ModelError
from roadsigns.preprocessing.crop import GTSRB_MARGIN, crop_sign
from roadsigns.preprocessing.crop_transform import Matrix, Pixels, crop_matrix, halve_until_sampled, resample
from roadsigns.preprocessing.decode import UInt8Image
from roadsigns.preprocessing.tutorial import Float32Image, prepare_tutorial

__all__ = ["PREPARATIONS", "Float32Image", "Placed", "Preparation", "place", "prepare", "prepare_crop", "to_unit"]

PREPARATIONS = ("box", "stretched-box", "tutorial")

WHITE = 255


@dataclass(frozen=True, slots=True)
class Preparation:
    """How images become a network's input.

    Attributes:
        name: "tutorial": the whole image, V of HSV equalised, its central square resized; a box cuts the image first.
            "box": the square about the sign's box and a margin, its colours untouched.
            "stretched-box": the same, but box and margin fill the square, however narrow the box is.
        image_size: Side of the input in pixels.
        margin: Background around the box, as a fraction of its longer side. Of no meaning to "tutorial".

    Raises:
        ModelError: If there is no such preparation.
    """

    name: str
    image_size: int
    margin: float = GTSRB_MARGIN

    def __post_init__(self) -> None:
        if self.name not in PREPARATIONS:
            raise ModelError(f"Unknown preparation '{self.name}'. This version knows: {', '.join(PREPARATIONS)}.")

    @property
    def wants_boxes(self) -> bool:
        """Whether a data set's annotated boxes are used. The tutorial looks at GTSRB's images as they are."""
        return self.name != "tutorial"

    @property
    def crop_type(self) -> type[np.uint8] | type[np.float32]:
        """What `prepare_crop` gives: levels as bytes, or floats in [0, 1] where more than the frame is changed."""
        return np.uint8 if self.wants_boxes else np.float32


class Placed(NamedTuple):
    """An image on its way into a network, and the square of it that goes there.

    Attributes:
        pixels: Shape (height, width, 3); uint8, or floats in [0, 1].
        matrix: Which square, shape (2, 3), see `crop_transform`; None where the pixels are the square already.
    """

    pixels: Pixels
    matrix: Matrix | None

    def compact(self) -> "Placed":
        """The same with floats in half the memory, at worst off by a sixteenth of a grey level."""
        return self if self.pixels.dtype == np.uint8 else Placed(self.pixels.astype(np.float16), self.matrix)


def place(image: UInt8Image, preparation: Preparation, box: tuple[int, int, int, int] | None = None) -> Placed:
    """Do all of a preparation but the last resampling, which training combines with its random changes.

    Args:
        image: RGB, shape (height, width, 3), uint8, both sides at least 2.
        preparation: How.
        box: The sign in pixels, (x1, y1, x2, y2), origin top left, x2 and y2 exclusive; None where it is unknown: the
            image is then taken to be framed as in GTSRB, with about 10 % of background on each side.

    Raises:
        ImageError: If the image is too small to hold anything, or does not hold the box.
    """
    height, width = image.shape[:2]
    if min(height, width) < 2:  # noqa: PLR2004 - the central crop of a side of 1 is empty
        raise ImageError(f"The image has {width}x{height} pixels. Expected at least 2x2; GTSRB's smallest are 25x25.")
    if preparation.name == "tutorial":
        return Placed(prepare_tutorial(crop_sign(image, box) if box else image, preparation.image_size), None)
    matrix = crop_matrix(
        image,
        box,
        image_size=preparation.image_size,
        margin=preparation.margin,
        stretch=preparation.name == "stretched-box",
    )
    return Placed(*halve_until_sampled(image, matrix))


def prepare_crop(image: UInt8Image, preparation: Preparation, box: tuple[int, int, int, int] | None = None) -> Pixels:
    """Turn a decoded image into a network's square, its colours still levels. See `place` for arguments and errors.

    Returns:
        RGB, shape (image_size, image_size, 3), of the preparation's `crop_type`.
    """
    placed = place(image, preparation, box)
    if placed.matrix is None:
        return placed.pixels
    return resample(placed.pixels, placed.matrix, image_size=preparation.image_size)


def prepare(image: UInt8Image, preparation: Preparation, box: tuple[int, int, int, int] | None = None) -> Float32Image:
    """Turn a decoded image into a network's input. See `place` for arguments and errors.

    Returns:
        RGB, shape (image_size, image_size, 3), float32 in [0, 1].
    """
    return to_unit(prepare_crop(image, preparation, box))


def to_unit(pixels: Pixels) -> npt.NDArray[np.float32]:
    """Scale levels of 0 to 255 to [0, 1], float32; floats are in [0, 1] already."""
    if pixels.dtype == np.uint8:
        return pixels.astype(np.float32) * np.float32(1 / WHITE)
    return np.asarray(pixels, np.float32)
