"""Defective pixels, such as salt and pepper: repaired before an image is resampled, as cameras repair theirs."""

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.preprocessing.crop_transform import Matrix
from roadsigns.types import UInt8Image

__all__ = ["repair_crop", "repair_defective_pixels"]

# Signs so large that a crop takes every eighth pixel stay as they are: halving takes means of many pixels.
LARGEST_STEP = 8.0
# Pixels around a crop that take part in its resampling, or in the repair of those that do.
EDGE = 2

# An image has defective pixels if more than this share of its levels is alone by FAR levels. Of one image of each of
# GTSRB's 1,307 tracks, none has more than 0.14 %; with salt and pepper on a fiftieth of the pixels, 96 % have more.
MIN_SHARE = 0.004
FAR = 100
# A defect is far off. Where there are this many times as many lesser cases, it is noise in all pixels, which a median
# makes worse.
MAX_LESSER = 2
NEAR = 60
# How many neighbours may be alike where that is decided, and then for a repair: two make up a line, as a dead row does.
COMPANY = 1
LINE = 2
# The second pass repairs what stood beside other defects.
PASSES = 2


def repair_crop(image: UInt8Image, matrix: Matrix, image_size: int) -> UInt8Image:
    """Repair the part of an image that a crop shows; see `repair_defective_pixels`.

    Args:
        image: RGB, shape (height, width, 3), uint8, both sides at least 2; not written to.
        matrix: The crop matrix, shape (2, 3), float64, see `crop_transform`.
        image_size: Side of the crop in pixels.

    Returns:
        The same shape and dtype; the image itself where there is nothing to repair.
    """
    (step_x, _, x), (_, step_y, y) = matrix.tolist()
    if max(step_x, step_y) >= LARGEST_STEP:
        return image
    columns, rows = _shown(step_x, x, image_size), _shown(step_y, y, image_size)
    part = image[rows, columns]
    repaired = repair_defective_pixels(part)
    if repaired is part:
        return image
    image = image.copy()
    image[rows, columns] = repaired
    return image


def _shown(step: float, first: float, image_size: int) -> slice:
    """Return which columns or rows a crop shows, with an edge."""
    return slice(max(math.floor(first) - EDGE, 0), math.ceil(first + (image_size - 1) * step) + EDGE + 1)


def repair_defective_pixels(image: UInt8Image) -> UInt8Image:
    """Replace levels that are alone among their neighbours by the median of these, in each channel by itself.

    A level is alone where at most two of its eight neighbours reach it within 60 levels, from above or from below.
    Only images with many clear cases are touched, so that thin strokes of others stay as they are: levels that are far
    from all neighbours but one, and levels that are far from the one above and the one below.

    Args:
        image: RGB, shape (height, width, 3), uint8, both sides at least 2; not written to.

    Returns:
        The same shape and dtype; the image itself where it has no defective pixels.
    """
    if not _may_have_defects(image):
        return image
    around, distances = _distances_from_medians(image)
    if np.count_nonzero(distances > FAR) <= MIN_SHARE * image.size:
        return image
    levels = _levels_that_stand_out(image, around, distances)
    if not levels.show_defects(image.size):
        return image
    image = levels.repaired(image)
    for _ in range(PASSES - 1):
        image = _levels_that_stand_out(image, *_distances_from_medians(image)).repaired(image)
    return image


def _may_have_defects(image: UInt8Image) -> bool:
    """Whether many levels are far from those above and below them: a quick look, which clears nearly all images."""
    steps = cv2.absdiff(image[1:], image[:-1])
    if len(steps) == 1:
        # In two rows, no level has both.
        return True
    both = cv2.min(steps[1:], steps[:-1])
    # Mostly there is not one, which takes less time to see than to count them.
    return cv2.norm(both, cv2.NORM_INF) > FAR and bool(np.count_nonzero(both > FAR) > MIN_SHARE * image.size)


@dataclass(frozen=True)
class _StandingOut:
    """The levels of an image that are far from the median of their neighbours and themselves; no other can be alone.

    Attributes:
        where: Their indices in the flattened image, shape (n,).
        levels: Shape (n,), int16.
        around: The image with one more pixel on each side, mirrored.
    """

    where: npt.NDArray[np.intp]
    levels: npt.NDArray[np.int16]
    around: npt.NDArray[np.uint8]

    def show_defects(self, size: int) -> bool:
        """Whether an image of `size` levels has many clear cases, and not as many more lesser ones as noise has."""
        far = np.count_nonzero(self._alone(FAR, COMPANY))
        return bool(far > MIN_SHARE * size and np.count_nonzero(self._alone(NEAR, COMPANY)) < MAX_LESSER * far)

    def repaired(self, image: UInt8Image) -> UInt8Image:
        """Return a copy of the image in which the median of its neighbours stands for each level that is alone."""
        image = image.copy()
        defective = self._alone(NEAR, LINE)
        image.reshape(-1)[self.where[defective]] = self._neighbours[3:5, defective].sum(axis=0) // 2
        return image

    def _alone(self, distance: int, company: int) -> npt.NDArray[np.bool_]:
        """Say of each level whether at most `company` of its neighbours reach it within a distance, on either side."""
        above = self._neighbours[7 - company] < self.levels - distance
        return np.asarray(above | (self._neighbours[company] > self.levels + distance), np.bool_)

    @cached_property
    def _neighbours(self) -> npt.NDArray[np.int16]:
        """The eight neighbours of each level in ascending order, shape (8, n)."""
        row = self.around[0].size
        inside = row - 6
        # The image's first level is the second row's second pixel of three.
        middle = self.where + self.where // inside * 6 + row + 3
        steps = [y * row + x * 3 for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0)]
        return np.sort(self.around.reshape(-1)[middle + np.array(steps)[:, None]].astype(np.int16), axis=0)


def _distances_from_medians(image: UInt8Image) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return the image with one more pixel on each side, and how far each level is from the median around it."""
    around = np.asarray(cv2.copyMakeBorder(image, 1, 1, 1, 1, cv2.BORDER_REFLECT_101), np.uint8)
    return around, np.asarray(cv2.absdiff(around, cv2.medianBlur(around, 3)), np.uint8)[1:-1, 1:-1]


def _levels_that_stand_out(
    image: UInt8Image, around: npt.NDArray[np.uint8], distances: npt.NDArray[np.uint8]
) -> _StandingOut:
    where = np.flatnonzero(distances > NEAR)
    return _StandingOut(where, image.reshape(-1)[where].astype(np.int16), around)
