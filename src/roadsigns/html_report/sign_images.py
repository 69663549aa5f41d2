"""Access to the images of a report: the sign of each, by its index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError
from roadsigns.preprocessing.decode import read_image
from roadsigns.types import Box, Sample, UInt8Image

__all__ = ["SampleImages", "SignImages", "are_absent", "crop_to"]


class SignImages(Protocol):
    """The images of a report."""

    def read(self, index: int) -> tuple[UInt8Image, Box | None] | None:
        """Return an image, RGB, shape (height, width, 3), uint8, and the sign's box; None if it cannot be read."""


@dataclass(frozen=True, slots=True)
class SampleImages:
    """The images of samples.

    Attributes:
        samples: One for each image of the report; None where an image is not there.
    """

    samples: Sequence[Sample | None]

    def read(self, index: int) -> tuple[UInt8Image, Box | None] | None:
        """Read one image; None if its file is gone or broken."""
        sample = self.samples[index]
        if sample is None:
            return None
        try:
            image = read_image(sample.path)
        except DataError:
            return None
        return image, sample.box


def are_absent(images: SignImages | None, count: int) -> npt.NDArray[np.bool_]:
    """Return which images are not there, such as those that a part of the data lacks, shape (count,).

    Args:
        images: Access to them; None where none is there.
        count: How many there are.
    """
    if images is None:
        return np.ones(count, np.bool_)
    if isinstance(images, SampleImages):
        return np.array([sample is None for sample in images.samples], np.bool_)
    return np.zeros(count, np.bool_)


def crop_to(image: UInt8Image, box: Box | None, *, margin: float = 0.0) -> UInt8Image:
    """Cut a sign out of its image, as far as the box and its margin lie inside.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        box: The sign; None for the whole image.
        margin: Background kept on each side, as a fraction of the box's longer side.

    Returns:
        A view of at least one pixel; the whole image if the box lies outside.
    """
    if box is None:
        return image
    extra = round(margin * max(box.x2 - box.x1, box.y2 - box.y1))
    cut = image[max(0, box.y1 - extra) : box.y2 + extra, max(0, box.x1 - extra) : box.x2 + extra]
    return cut if cut.size else image
