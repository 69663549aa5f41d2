"""Images as callers give them: paths, bytes, Pillow images or arrays, each with the box of its sign."""

import os
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from PIL import Image

from roadsigns.errors import ImageError
from roadsigns.paths import to_path
from roadsigns.preprocessing.decode import decode_image, read_image, to_rgb
from roadsigns.types import BoxLike, UInt8Image

__all__ = ["ImageInput", "ImageLike", "decode_input", "pair_with_boxes"]

ImageLike: TypeAlias = str | os.PathLike[str] | bytes | Image.Image | UInt8Image

_MISSING = object()


class ImageInput(NamedTuple):
    """One image to predict.

    Attributes:
        image: A path, the bytes of an image file, a Pillow image, or an array: RGB, shape (height, width, 3), uint8.
        box: Where the sign is, (x1, y1, x2, y2) in pixels, origin top left, x2 and y2 exclusive; None for the whole
            image.
        name: What an error calls it: its path, or its number, counted from 0, where it has none.
    """

    image: ImageLike
    box: BoxLike | None
    name: str


def pair_with_boxes(images: Iterable[ImageLike], boxes: Iterable[BoxLike | None] | None) -> Iterator[ImageInput]:
    """Yield each image with its box, reading both lazily.

    Args:
        images: Any number.
        boxes: One for each image; None if no image has one.

    Raises:
        ValueError: Where one of the two ends before the other.
    """
    if boxes is None:
        for number, image in enumerate(images):
            yield ImageInput(image, None, _name(image, number))
        return
    pairs: Iterator[tuple[Any, Any]] = zip_longest(images, boxes, fillvalue=_MISSING)
    for number, (image, box) in enumerate(pairs):
        if image is _MISSING or box is _MISSING:
            fewer, more = ("images", "boxes") if image is _MISSING else ("boxes", "images")
            raise ValueError(
                f"There are {number} {fewer} and more {more}. "
                "Give one box for each image, and None for an image without a box."
            )
        yield ImageInput(image, box, _name(image, number))


def decode_input(given: ImageInput) -> UInt8Image:
    """Decode an image, in whatever form it was given.

    Returns:
        RGB, shape (height, width, 3), uint8.

    Raises:
        ImageError: If it cannot be read or does not decode, or if an array is not RGB uint8.
    """
    image = given.image
    if isinstance(image, np.ndarray):
        return _require_rgb(image)
    if isinstance(image, Image.Image):
        try:
            return to_rgb(image)
        except (OSError, SyntaxError, ValueError) as error:
            # Pillow reads the header when it opens a file, and the pixels only now.
            raise ImageError(f"The image does not decode ({error}).", expected="a whole image") from error
    if isinstance(image, bytes):
        return decode_image(image)
    # Constructing another Path takes as long as opening the file.
    return read_image(image if isinstance(image, Path) else to_path(os.fspath(image), ImageError, what="image"))


def _require_rgb(array: UInt8Image) -> UInt8Image:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:  # noqa: PLR2004 - RGB
        raise ImageError(
            f"The array has shape {array.shape} and type {array.dtype}.",
            expected="RGB, shape (height, width, 3), uint8",
        )
    return array


def _name(image: ImageLike, number: int) -> str:
    path = os.fspath(image) if isinstance(image, str | os.PathLike) else ""
    return path or f"Image {number}"
