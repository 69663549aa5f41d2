"""Framing a sign: from the original pixels to a network's square in a single resampling.

A frame is a matrix of shape (2, 3), float64, that maps an output pixel (x, y, 1) to the point (x, y) of the image that
it shows; both count from the centre of their first pixel. Training multiplies it by a random change, so that an
augmented crop, too, is resampled once, and sees what lies beyond the crop's edge instead of a repeated border.
"""

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.preprocessing.crop import GTSRB_MARGIN, GTSRB_MARGIN_PIXELS, require_box
from roadsigns.preprocessing.decode import UInt8Image

__all__ = ["Matrix", "Pixels", "compose", "crop_matrix", "halve_until_sampled", "resample"]

Matrix = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8] | npt.NDArray[np.float16] | npt.NDArray[np.float32]

# Bilinear resampling looks at two pixels a side: steps of two or more would skip some.
LARGEST_STEP = 2.0


def crop_matrix(
    image: UInt8Image, box: tuple[int, int, int, int] | None, *, image_size: int, margin: float, stretch: bool = False
) -> Matrix:
    """Frame a sign about the middle of its box.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        box: The sign in pixels, (x1, y1, x2, y2), origin top left, x2 and y2 exclusive; None where it is unknown: the
            image is then taken to be framed as GTSRB frames its own, with a border of 10 % and at least 5 pixels.
        image_size: Side of the square in pixels.
        margin: Background around the box, as a fraction of its longer side; below 0 the sign's edge is cut off.
        stretch: Fill the square: each side of the box becomes as long as the other and has the margin of its own
            length. So a sign that is seen from the side looks as if from the front.

    Returns:
        The frame, shape (2, 3), float64.

    Raises:
        ImageError: If the box does not lie inside the image.
    """
    height, width = image.shape[:2]
    if box is None:
        left, across = _inner(width)
        top, down = _inner(height)
    else:
        require_box(image, box)
        left, top, across, down = box[0], box[1], box[2] - box[0], box[3] - box[1]
    middle = left + across / 2, top + down / 2
    if not stretch:
        across = down = max(across, down)
    frame_width, frame_height = (1 + 2 * margin) * across, (1 + 2 * margin) * down
    step_x, step_y = frame_width / image_size, frame_height / image_size
    # The middle of the first output pixel lies half a step from the frame's corner, that of the image half a pixel.
    x = middle[0] - frame_width / 2 + step_x / 2 - 0.5
    y = middle[1] - frame_height / 2 + step_y / 2 - 0.5
    return np.array([[step_x, 0.0, x], [0.0, step_y, y]])


def _inner(side: int) -> tuple[float, float]:
    """Where a sign begins and how long it is in an image of this side, by GTSRB's rule for borders."""
    length = min(side / (1 + 2 * GTSRB_MARGIN), side - 2.0 * GTSRB_MARGIN_PIXELS)
    # What is smaller than GTSRB's smallest image, 25 pixels, has no such border.
    length = max(length, side / 2)
    return (side - length) / 2, length


def halve_until_sampled(image: UInt8Image, matrix: Matrix) -> tuple[UInt8Image, Matrix]:
    """Halve an image, exactly and as often as sampling by its matrix would skip pixels. Returns both as they then are.

    The halves are means of two by two pixels; a large sign is sampled from them without flickering lines.
    """
    while max(abs(matrix[0, 0]), abs(matrix[1, 1])) >= LARGEST_STEP and min(image.shape[:2]) >= LARGEST_STEP:
        height, width = image.shape[0] // 2, image.shape[1] // 2
        even = image[: 2 * height, : 2 * width]
        image = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        # The middle of a half's first pixel lies between the original's first two.
        matrix = matrix / 2
        matrix[:, 2] -= 0.25
    return image, matrix


def compose(matrix: Matrix, change: Matrix) -> Matrix:
    """Return the matrix of a changed crop: the change maps an output pixel to the point of the crop that it shows.

    Args:
        matrix: Shape (..., 2, 3).
        change: Shape (..., 2, 3).

    Returns:
        Shape (..., 2, 3).
    """
    combined = matrix[..., :2] @ change
    combined[..., 2] += matrix[..., 2]
    return combined


def resample(image: Pixels, matrix: Matrix, *, image_size: int, out: Pixels | None = None) -> Pixels:
    """Take the framed square out of an image: bilinear, the edge repeated outside.

    Args:
        image: Shape (height, width, 3), uint8 or float32.
        matrix: Shape (2, 3), float64.
        image_size: Side of the result in pixels.
        out: Where to write it; None for a new array.

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
