"""The tutorial's preparation: equalise V of HSV, crop the central square, resize, all as scikit-image did in 2017."""

from functools import cache, lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.types import Float32Array, UInt8Image

__all__ = ["prepare_tutorial"]

Float64Array = npt.NDArray[np.float64]

# Pixel values are compared in units of 1/255 everywhere.
WHITE = 255
HISTOGRAM_BINS = 256
# Multiplied, not divided, as scikit-image does: the last bit decides on which side of an edge a level falls.
LEVELS: Float64Array = np.arange(WHITE + 1) * np.float64(1 / WHITE)
DIVISORS: Float64Array = np.maximum(np.arange(WHITE + 1), 1).astype(np.float64)


def prepare_tutorial(image: UInt8Image, image_size: int) -> Float32Array:
    """Prepare an image as the tutorial's `preprocess_img` did, with the scikit-image of 2017.

    Args:
        image: RGB, shape (height, width, 3), uint8, both sides at least 2.
        image_size: Side of the result in pixels.

    Returns:
        RGB, shape (image_size, image_size, 3), float32 in [0, 1].
    """
    value = hsv_value(image)
    gain = equalising_gain(value)
    # The histogram is of the whole image; only the square is needed afterwards.
    square = scale_value(crop_central_square(image), crop_central_square(value), gain)
    return resize_bilinear(square, image_size)


def hsv_value(image: UInt8Image) -> UInt8Image:
    """Return HSV's V, the largest of R, G and B: shape (height, width), uint8."""
    # Three planes one after the other: image.max(axis=2) takes fourteen times as long.
    return np.maximum(np.maximum(image[:, :, 0], image[:, :, 1]), image[:, :, 2])


def equalising_gain(value: UInt8Image) -> Float32Array:
    """Return what skimage.exposure.equalize_hist multiplies each level of V by.

    V has at most 256 levels, so histogram, distribution and interpolation are done on levels, not on pixels.

    Args:
        value: V, shape (height, width), uint8.

    Returns:
        From a level (0 to 255) to its equalised V (0 to 1) over the level, shape (256,), float32. For level 0 it is the
        equalised V itself. The gains of levels that do not occur have no meaning.
    """
    counts = np.bincount(value.ravel(), minlength=WHITE + 1)
    present = np.flatnonzero(counts)
    first, last = int(present[0]), int(present[-1])
    bins, centres = _bins(first, last)
    histogram = np.bincount(bins, weights=counts[first : last + 1], minlength=HISTOGRAM_BINS)
    equalised = np.interp(LEVELS[first : last + 1], centres, histogram.cumsum() / value.size)
    gain = np.zeros(WHITE + 1, np.float32)
    gain[first : last + 1] = equalised / DIVISORS[first : last + 1]
    return gain


def scale_value(image: UInt8Image, value: UInt8Image, gain: Float32Array) -> Float32Array:
    """Change V at constant hue and saturation. That multiplies R, G and B by one factor, so no hue is computed.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        value: Its V, shape (height, width), uint8.
        gain: From level to factor, shape (256,), float32.

    Returns:
        RGB, the same shape, float32.
    """
    pixels = image.astype(np.float32)
    if not value.all():
        # Black has no hue: it becomes the grey of its new value.
        pixels[value == 0] = 1
    gains = cv2.LUT(value, gain)
    return np.multiply(pixels, cv2.merge([gains, gains, gains]), out=pixels)


# At most 32,896 pairs of levels, at most 2.6 kB each: all of GTSRB's fit.
@lru_cache(maxsize=32_896)
def _bins(first: int, last: int) -> tuple[npt.NDArray[np.uint8], Float64Array]:
    """Put the levels from `first` to `last` into equal bins as np.histogram does, to the last bit.

    Returns:
        The bin of each level, uint8, shape (last - first + 1,), and the bins' centres, shape (256,).
    """
    levels = LEVELS[first : last + 1]
    # One level has no range; np.histogram then takes half a unit on either side.
    margin = 0.5 if first == last else 0.0
    low, high = levels[0] - margin, levels[-1] + margin
    edges = np.linspace(low, high, HISTOGRAM_BINS + 1)
    bins = ((levels - low) / (high - low) * HISTOGRAM_BINS).astype(np.intp)
    bins[bins == HISTOGRAM_BINS] -= 1
    # Rounding may have put a level that lies on an edge into the wrong one of two bins; the edges decide.
    bins -= levels < edges[bins]
    bins += (levels >= edges[bins + 1]) & (bins != HISTOGRAM_BINS - 1)
    return bins.astype(np.uint8), (edges[:-1] + edges[1:]) / 2


def crop_central_square(image: UInt8Image) -> UInt8Image:
    """Crop the central square, with an even side, as in the tutorial. Returns a view."""
    height, width = image.shape[:2]
    half = min(height, width) // 2
    top, left = height // 2 - half, width // 2 - half
    return image[top : top + 2 * half, left : left + 2 * half]


def resize_bilinear(image: Float32Array, image_size: int) -> Float32Array:
    """Resize a square as skimage.transform.resize did in 2017: bilinear, black outside, no anti-aliasing.

    Enlarging samples up to half a pixel outside the image. OpenCV repeats the edge there and scikit-image mixed in
    black; the difference is one weight for each row and column.
    """
    side = image.shape[0]
    resized: Float32Array = np.asarray(
        cv2.resize(image, (image_size, image_size), interpolation=cv2.INTER_LINEAR), np.float32
    )
    if side < image_size:
        resized *= _edge_weights(side, image_size)
        # Scikit-image clips to the range of its input, so the mixed-in black goes no lower than the darkest pixel.
        np.maximum(resized, image.min(), out=resized)
    return resized


@cache
def _edge_weights(side: int, image_size: int) -> Float32Array:
    """Return the part of each output pixel that lies inside the image, shape (image_size, image_size, 3)."""
    position = (np.arange(image_size) + 0.5) * side / image_size - 0.5
    inside = 1 - np.maximum(-position, 0) - np.maximum(position - (side - 1), 0)
    # Three equal channels: spreading one over three while multiplying takes longer than reading them.
    return np.repeat(np.outer(inside, inside)[:, :, None], 3, axis=2).astype(np.float32)
