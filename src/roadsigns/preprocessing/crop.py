"""Cropping one sign out of a larger image, with the margin of background that GTSRB's images have."""

import reprlib

from roadsigns.errors import ImageError
from roadsigns.types import Box, BoxLike, UInt8Image

__all__ = ["GTSRB_MARGIN", "GTSRB_MARGIN_PIXELS", "crop_sign", "require_box"]

# "The images contain a border of 10 % around the actual traffic sign (at least 5 pixels)" (Stallkamp et al. 2012). Over
# the 39,209 training images the left border is 5 or 6 pixels below a sign of 50 pixels and 10.2 to 10.8 % above it.
GTSRB_MARGIN = 0.1
GTSRB_MARGIN_PIXELS = 5


def crop_sign(
    image: UInt8Image,
    box: BoxLike,
    *,
    margin: float = GTSRB_MARGIN,
    margin_pixels: int = GTSRB_MARGIN_PIXELS,
) -> UInt8Image:
    """Crop the sign out of its image, with a margin of background as far as the image has one.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        box: The sign in pixels, (x1, y1, x2, y2), origin top left, x2 and y2 exclusive.
        margin: Background kept per side, as a fraction of the box side.
        margin_pixels: The least background kept per side, in pixels.

    Returns:
        A view, shape (crop_height, crop_width, 3), uint8.

    Raises:
        ImageError: If the box is not four whole numbers, or does not lie inside the image.
    """
    x1, y1, x2, y2 = require_box(image, box)
    across = max(round(margin * (x2 - x1)), margin_pixels)
    down = max(round(margin * (y2 - y1)), margin_pixels)
    return image[max(y1 - down, 0) : y2 + down, max(x1 - across, 0) : x2 + across]


def require_box(image: UInt8Image, box: BoxLike) -> Box:
    """Check that a box lies inside its image and is not empty.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        box: Any four whole numbers: a tuple, a list or a row of an array, also of floats such as 8.0.

    Returns:
        The box, of Python's integers.

    Raises:
        ImageError: If it is not four whole numbers, lies outside or is empty.
    """
    height, width = image.shape[:2]
    x1, y1, x2, y2 = whole = _whole_box(box)
    if x1 >= x2 or y1 >= y2:
        raise ImageError(
            f"The box {x1},{y1},{x2},{y2} is empty: {'x2' if x1 >= x2 else 'y2'} must be the larger.",
            expected="x1,y1,x2,y2, the upper left corner first, with x2 and y2 exclusive",
            hint="If your boxes are x,y,width,height, add x to the width and y to the height. "
            "If they are inclusive, add 1 to x2 and y2.",
        )
    if x1 < 0 or y1 < 0:
        raise ImageError(
            f"The box {x1},{y1},{x2},{y2} begins outside the image: {'x1' if x1 < 0 else 'y1'} is negative.",
            expected="pixels counted from 0 at the upper left corner",
        )
    if x2 > width or y2 > height:
        raise ImageError(
            f"The box {x1},{y1},{x2},{y2} does not lie inside the image of {width}x{height} pixels.",
            expected="x1,y1,x2,y2 with x2 and y2 exclusive",
            hint="Check that it was drawn on this image, at this size.",
        )
    return whole


def _whole_box(box: BoxLike) -> Box:
    try:
        sides = tuple(box)
        whole = Box(*map(int, sides))
        is_whole = whole == sides
    except (TypeError, ValueError, OverflowError):
        is_whole = False
    if not is_whole:
        raise ImageError(
            f"The box is {reprlib.repr(box)}.",
            expected="four whole numbers (x1, y1, x2, y2), or None for the whole image",
        )
    return whole
