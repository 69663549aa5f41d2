"""The only deterministic way from a decoded image to what a network is fed.

Training, evaluation and prediction all call `prepare`. A model names its preparation in its metadata, so that nobody
has to remember which one it was trained with.
"""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.errors import ImageError, ModelError
from roadsigns.images.decode import UInt8Image

__all__ = ["PREPARATIONS", "Float32Image", "equalise_value", "prepare"]

Float32Image = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]

# Pixel values are compared in units of 1/255 everywhere.
WHITE = 255
HISTOGRAM_BINS = 256
_STEPS = np.arange(HISTOGRAM_BINS + 1, dtype=np.float64)


def prepare(image: UInt8Image, *, preparation: str, image_size: int) -> Float32Image:
    """Turn a decoded image into a network's input.

    Args:
        image: RGB, shape (height, width, 3), uint8, both sides at least 2.
        preparation: A name from `PREPARATIONS`.
        image_size: Side of the result in pixels.

    Returns:
        RGB, shape (image_size, image_size, 3), float32 in [0, 1].

    Raises:
        ImageError: If the image is too small to hold anything.
        ModelError: If there is no such preparation.
    """
    if preparation not in PREPARATIONS:
        raise ModelError(f"Unknown preparation '{preparation}'. This version knows: {', '.join(PREPARATIONS)}.")
    height, width = image.shape[:2]
    if min(height, width) < 2:  # noqa: PLR2004 - the central crop of a side of 1 is empty
        raise ImageError(f"The image has {width}x{height} pixels. Expected at least 2x2; GTSRB's smallest are 25x25.")
    return PREPARATIONS[preparation](image, image_size)


def _prepare_tutorial(image: UInt8Image, image_size: int) -> Float32Image:
    """Equalise V in HSV, cut the central square, resize: the tutorial's `preprocess_img` with scikit-image of 2017."""
    return resize_bilinear(crop_central_square(equalise_value(image)), image_size)


def equalise_value(image: UInt8Image) -> Float32Image:
    """Equalise the histogram of HSV's V, as skimage.exposure.equalize_hist does within rgb2hsv and hsv2rgb.

    Changing V at constant hue and saturation multiplies R, G and B by one factor, so no hue is ever computed; and V has
    at most 256 levels, so the histogram, its distribution and the interpolation are done on levels, not on pixels.

    Args:
        image: RGB, shape (height, width, 3), uint8.

    Returns:
        RGB, the same shape, float32 in [0, 1].
    """
    # Three planes one after the other: image.max(axis=2) takes fourteen times as long.
    value = np.maximum(np.maximum(image[:, :, 0], image[:, :, 1]), image[:, :, 2])
    counts = np.bincount(value.ravel(), minlength=WHITE + 1)
    present = np.flatnonzero(counts)
    # Multiplied, not divided, as scikit-image does: the last bit decides on which side of an edge a level falls.
    levels: Float64Array = present * np.float64(1 / WHITE)
    histogram, edges = _histogram(levels, counts[present])
    distribution = histogram.cumsum() / value.size
    equalised = np.interp(levels, (edges[:-1] + edges[1:]) / 2, distribution)
    gain = np.zeros(WHITE + 1, np.float32)
    # Black has no hue: it becomes the grey of its new value, which the second line sees to.
    gain[present] = equalised / np.maximum(present, 1)
    pixels = image.astype(np.float32)
    if present[0] == 0:
        pixels[value == 0] = 1
    gains = cv2.LUT(value, gain)
    return pixels * cv2.merge([gains, gains, gains])


def _histogram(levels: Float64Array, counts: npt.NDArray[np.intp]) -> tuple[Float64Array, Float64Array]:
    """Do what np.histogram does with equal bins, for sorted levels that occur `counts` times, at a third of its cost.

    Returns:
        Counts and edges, float64, shapes (256,) and (257,).
    """
    first, last = levels[0], levels[-1]
    if first == last:
        first, last = first - 0.5, last + 0.5
    edges = first + _STEPS * ((last - first) / HISTOGRAM_BINS)
    edges[-1] = last
    index = ((levels - first) / (last - first) * HISTOGRAM_BINS).astype(np.intp)
    index[index == HISTOGRAM_BINS] -= 1
    # Rounding may have put a level that lies on an edge into the wrong one of two bins; the edges decide.
    index -= levels < edges[index]
    index += (levels >= edges[index + 1]) & (index != HISTOGRAM_BINS - 1)
    histogram = np.bincount(index, weights=counts, minlength=HISTOGRAM_BINS).astype(np.float64, copy=False)
    return histogram, edges


def crop_central_square(image: Float32Image) -> Float32Image:
    """Cut the central square; its side is even, as in the tutorial. Returns a view."""
    height, width = image.shape[:2]
    half = min(height, width) // 2
    top, left = height // 2 - half, width // 2 - half
    return image[top : top + 2 * half, left : left + 2 * half]


def resize_bilinear(image: Float32Image, image_size: int) -> Float32Image:
    """Resize a square as skimage.transform.resize did in 2017: bilinear, black outside, no anti-aliasing.

    Enlarging samples up to half a pixel outside the image. OpenCV repeats the edge there and scikit-image mixed in
    black; the difference is one weight for each row and column.
    """
    side = image.shape[0]
    resized = cv2.resize(np.ascontiguousarray(image), (image_size, image_size), interpolation=cv2.INTER_LINEAR)
    if side < image_size:
        # Scikit-image clips to the range of its input, so the mixed-in black goes no lower than the darkest pixel.
        resized = np.maximum(resized * _edge_weights(side, image_size), image.min())
    return resized.astype(np.float32, copy=False)


@cache
def _edge_weights(side: int, image_size: int) -> Float32Image:
    """The part of each output pixel that lies inside the image, shape (image_size, image_size, 1)."""
    position = (np.arange(image_size) + 0.5) * side / image_size - 0.5
    inside = 1 - np.maximum(-position, 0) - np.maximum(position - (side - 1), 0)
    weights: Float32Image = np.outer(inside, inside)[:, :, None].astype(np.float32)
    return weights


PREPARATIONS = {"tutorial": _prepare_tutorial}
