"""Crop transforms: from an image's pixels to the network's square input in a single resampling.

A crop matrix is affine, shape (2, 3), float64. It maps an output pixel (x, y, 1) to the point (x, y) of the image that
it shows; both count from the centre of their first pixel. Training composes it with a random change, so that an
augmented crop, too, is resampled only once, and shows what lies beyond the crop's edge instead of a repeated border.
"""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.preprocessing.crop import GTSRB_MARGIN, GTSRB_MARGIN_PIXELS, require_box
from roadsigns.types import BoxLike, UInt8Image

__all__ = ["Matrix", "Pixels", "compose", "crop_matrix", "halve_until_sampled", "resample"]

Matrix: TypeAlias = npt.NDArray[np.float64]
Pixels: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.float16] | npt.NDArray[np.float32]

# Bilinear resampling reads two pixels in each direction: a step of two or more would skip some.
LARGEST_STEP = 2.0


def crop_matrix(
    image: UInt8Image, box: BoxLike | None, *, image_size: int, margin: float, stretch: bool = False
) -> Matrix:
    """Return the matrix that crops a square around the middle of a sign's box.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        box: The sign in pixels, (x1, y1, x2, y2), origin top left, x2 and y2 exclusive; None where it is unknown: the
            image is then taken for one like GTSRB's, with a border of 10 % and at least 5 pixels around the sign.
        image_size: Side of the output square in pixels.
        margin: Background around the box, as a fraction of its longer side, or of each side where it is stretched;
            below 0 the sign's edge is cut off.
        stretch: Stretch the box and its margin to the square, however narrow the box is: a sign seen from the side
            then appears as from the front.

    Returns:
        The crop matrix, shape (2, 3), float64.

    Raises:
        ImageError: If the box is not four whole numbers, or does not lie inside the image.
    """
    height, width = image.shape[:2]
    if box is None:
        left, box_width = _side_without_border(width)
        top, box_height = _side_without_border(height)
    else:
        left, top, right, bottom = require_box(image, box)
        box_width, box_height = right - left, bottom - top
    middle_x, middle_y = left + box_width / 2, top + box_height / 2
    if not stretch:
        box_width = box_height = max(box_width, box_height)
    crop_width, crop_height = (1 + 2 * margin) * box_width, (1 + 2 * margin) * box_height
    step_x, step_y = crop_width / image_size, crop_height / image_size
    # The centre of the first output pixel lies half a step from the crop's corner, that of the image half a pixel.
    x = middle_x - crop_width / 2 + step_x / 2 - 0.5
    y = middle_y - crop_height / 2 + step_y / 2 - 0.5
    return np.array([[step_x, 0.0, x], [0.0, step_y, y]])


def _side_without_border(side: int) -> tuple[float, float]:
    """Return where a sign begins and how long it is in an image side of this length, by GTSRB's rule for borders."""
    length = min(side / (1 + 2 * GTSRB_MARGIN), side - 2.0 * GTSRB_MARGIN_PIXELS)
    # Images smaller than GTSRB's smallest, 25 pixels, have no such border.
    length = max(length, side / 2)
    return (side - length) / 2, length


def halve_until_sampled(image: UInt8Image, matrix: Matrix) -> tuple[UInt8Image, Matrix]:
    """Halve an image until sampling it by its crop matrix skips no pixel, so that large signs show no aliasing.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        matrix: Its crop matrix, shape (2, 3), float64.

    Returns:
        The image, each halving a mean of two by two pixels, and the matrix that crops the same square from it.
    """
    # Of a single element, `item` takes a third of the time of indexing.
    while max(abs(matrix.item(0, 0)), abs(matrix.item(1, 1))) >= LARGEST_STEP and min(image.shape[:2]) >= LARGEST_STEP:
        height, width = image.shape[0] // 2, image.shape[1] // 2
        even = image[: 2 * height, : 2 * width]
        image = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        # The centre of the half's first pixel lies between the original's first two.
        matrix = matrix / 2
        matrix[:, 2] -= 0.25
    return image, matrix


def compose(matrix: Matrix, change: Matrix) -> Matrix:
    """Compose a crop matrix with a change of the crop: first the change, then the matrix.

    Args:
        matrix: Maps a point of the crop to the point of the image that it shows, shape (..., 2, 3), float64.
        change: Maps an output pixel to the point of the crop that it shows, shape (..., 2, 3), float64.

    Returns:
        Maps an output pixel to a point of the image, shape (..., 2, 3), float64.
    """
    combined = matrix[..., :2] @ change
    combined[..., 2] += matrix[..., 2]
    return combined


def resample(image: Pixels, matrix: Matrix, *, image_size: int, out: Pixels | None = None) -> Pixels:
    """Resample the square that a crop matrix shows: bilinear, the image's edge repeated outside.

    Args:
        image: Shape (height, width, 3), uint8 or float32.
        matrix: The crop matrix, shape (2, 3), float64.
        image_size: Side of the result in pixels.
        out: An array to write the result into; None for a new one.

    Returns:
        Shape (image_size, image_size, 3), of the image's type.
    """
    return cv2.warpAffine(  # type: ignore[return-value]
        image,
        matrix,
        (image_size, image_size),
        dst=out,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
