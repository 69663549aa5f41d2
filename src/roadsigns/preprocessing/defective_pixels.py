"""Defective pixels, such as salt and pepper: repaired before an image is resampled, as cameras repair theirs."""

import math

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
LEAST_SHARE = 0.004
FAR = 100
# A defect is far off. Where there are this many times as many lesser cases, it is noise in all pixels, which a median
# makes worse.
MOST_LESSER = 2
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
    if max(matrix[0, 0], matrix[1, 1]) >= LARGEST_STEP:
        return image
    columns, rows = (_shown(matrix[axis, axis], matrix[axis, 2], image_size) for axis in (0, 1))
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
    Only images with many clear cases are touched, so that thin strokes of others stay as they are.

    Args:
        image: RGB, shape (height, width, 3), uint8, both sides at least 2; not written to.

    Returns:
        The same shape and dtype; the image itself where it has no defective pixels.
    """
    if not _has_defects(image):
        return image
    for _ in range(PASSES):
        neighbours = _neighbours(image)
        defective = _alone(image, neighbours, NEAR, LINE)
        ascending = np.sort(neighbours[:, defective], axis=0).astype(np.uint16)
        image = image.copy()
        image[defective] = (ascending[3] + ascending[4]) // 2
    return image


def _has_defects(image: UInt8Image) -> bool:
    # Two quick looks clear most images. Of the levels above and below one that is alone, at least one is far from it,
    # and two such levels may share that step.
    steps = np.count_nonzero(cv2.absdiff(image[1:], image[:-1]) > FAR)
    if 2 * steps <= LEAST_SHARE * image.size:
        return False
    # And it is as far from the median of its neighbours and itself.
    around = _with_edge(image)
    if np.count_nonzero(cv2.absdiff(around, cv2.medianBlur(around, 3)) > FAR) <= LEAST_SHARE * image.size:
        return False
    neighbours = _neighbours(image)
    far, near = (np.count_nonzero(_alone(image, neighbours, distance, COMPANY)) for distance in (FAR, NEAR))
    return bool(far > LEAST_SHARE * image.size and near < MOST_LESSER * far)


def _with_edge(image: UInt8Image) -> UInt8Image:
    """Return the image with one more pixel on each side, mirrored."""
    return np.asarray(cv2.copyMakeBorder(image, 1, 1, 1, 1, cv2.BORDER_REFLECT_101), np.uint8)


def _neighbours(image: UInt8Image) -> npt.NDArray[np.uint8]:
    """Return the eight neighbours of each level, shape (8, height, width, 3)."""
    height, width = image.shape[:2]
    around = _with_edge(image)
    corners = [(y, x) for y in range(3) for x in range(3) if (y, x) != (1, 1)]
    return np.stack([around[y : y + height, x : x + width] for y, x in corners])


def _alone(image: UInt8Image, neighbours: npt.NDArray[np.uint8], distance: int, company: int) -> npt.NDArray[np.bool_]:
    """Say for each level whether at most `company` of its neighbours reach it within a distance, on either side."""
    nearly_as_high = np.count_nonzero(neighbours >= cv2.subtract(image, np.full_like(image, distance)), axis=0)
    nearly_as_low = np.count_nonzero(neighbours <= cv2.add(image, np.full_like(image, distance)), axis=0)
    return np.asarray(np.minimum(nearly_as_high, nearly_as_low) <= company, np.bool_)
