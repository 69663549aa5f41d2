"""What makes a sign hard to see, measured on its pixels: size, brightness, contrast, slant."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.html_report.sign_images import SignImages, crop_to
from roadsigns.progress import progress
from roadsigns.types import Box, UInt8Image

__all__ = ["CONDITIONS", "Condition", "measure_signs"]

# Images between two notes of the progress.
STEP = 100


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition.

    Attributes:
        name: Such as "size".
        measure: What its numbers are, with their unit.
        phrase: Describes the signs of a range; "{}" stands for it.
        value: Measures it: the sign's pixels, and its box; NaN where it cannot be measured.
    """

    name: str
    measure: str
    phrase: str
    value: Callable[[UInt8Image, Box | None], float]

    def range(self, low: float, high: float) -> str:
        """Return a range as text, such as "15–28"."""
        return f"{low:.0f}–{high:.0f}"

    def describe(self, low: float, high: float) -> str:
        """Return the signs of a range in words."""
        return self.phrase.format(f"{low:.0f} to {high:.0f}")


def _grey(sign: UInt8Image) -> UInt8Image:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(sign), cv2.COLOR_RGB2GRAY), np.uint8)


def _slant(sign: UInt8Image, box: Box | None) -> float:
    """Return the width of the box in percent of its height."""
    return float("nan") if box is None else 100 * (box.x2 - box.x1) / (box.y2 - box.y1)


CONDITIONS = (
    Condition("size", "longer side, pixels", "signs of {} pixels", lambda sign, _: float(max(sign.shape[:2]))),
    Condition(
        "brightness",
        "mean grey level",
        "signs with a mean grey level of {}",
        lambda sign, _: float(_grey(sign).mean()),
    ),
    Condition(
        "contrast",
        "spread of grey levels",
        "signs whose grey levels spread by {}",
        lambda sign, _: float(_grey(sign).std()),
    ),
    Condition("slant", "width of the box, % of its height", "signs whose box is {} % as wide as high", _slant),
)


def measure_signs(images: SignImages, count: int) -> npt.NDArray[np.float64]:
    """Measure the signs of all images.

    Args:
        images: The images.
        count: How many there are.

    Returns:
        Shape (count, conditions), in the order of `CONDITIONS`; NaN where something cannot be measured.
    """
    values = np.full((count, len(CONDITIONS)), np.nan)
    with progress("Measuring signs", total=count) as advance:
        for index in range(count):
            found = images.read(index)
            if found is not None:
                image, box = found
                sign = crop_to(image, box)
                values[index] = [condition.value(sign, box) for condition in CONDITIONS]
            if (index + 1) % STEP == 0 or index + 1 == count:
                advance(STEP if (index + 1) % STEP == 0 else count % STEP)
    return values
