"""A street scene in memory, with its signs."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from roadsigns.types import UInt8Image

__all__ = ["FloatArray", "LabelledScene"]

FloatArray = npt.NDArray[np.float32]


class LabelledScene(NamedTuple):
    """A scene to train on.

    Attributes:
        image: RGB, shape (height, width, 3), uint8.
        boxes: Its signs as x1, y1, x2, y2 in pixels, shape (signs, 4), float32.
        ignored: Of each: whether finding it is neither right nor wrong.
    """

    image: UInt8Image
    boxes: FloatArray
    ignored: npt.NDArray[np.bool_]
