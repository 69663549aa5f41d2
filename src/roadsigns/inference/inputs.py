"""Images as callers give them: paths, bytes, Pillow images or arrays, each with the box of its sign."""

import os
import re
from collections.abc import Iterable, Iterator, Sized
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeAlias

import numpy as np
from PIL import Image

from roadsigns.arguments import as_int, as_path
from roadsigns.errors import ImageError
from roadsigns.preprocessing.decode import BROKEN, decode_image, read_image, to_rgb
from roadsigns.types import BoxLike, UInt8Image

__all__ = ["ImageInput", "ImageLike", "check_arguments", "decode_input", "name_of", "pair_with_boxes", "require_rgb"]

ImageLike: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes] | Image.Image | UInt8Image
# Iterable or not, each of these is one image or none.
NOT_SEVERAL = (str, bytes, bytearray, memoryview, os.PathLike, Image.Image)
ONE_ARRAY = 3

URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)

_MISSING = object()


class ImageInput(NamedTuple):
    """One image to predict.

    Attributes:
        image: A path, the bytes of an image file, a file opened in binary mode, a Pillow image, or an array: RGB,
            shape (height, width, 3), uint8.
            Anything else is for `decode_input` to refuse.
        box: Where the sign is, (x1, y1, x2, y2) in pixels, origin top left, x2 and y2 exclusive; None for the whole
            image.
        name: What an error calls it: its path, or its number, counted from 0, where it has none.
    """

    image: ImageLike
    box: BoxLike | None
    name: str


def check_arguments(
    images: Iterable[ImageLike],
    boxes: Iterable[BoxLike | None] | None,
    top_k: int,
    *,
    for_one: str = "predict_one",
) -> None:
    """Refuse what is not several images, their boxes and a number of classes. Looks at no single image or box.

    Args:
        images: Any iterable but a single image or an open file.
        boxes: Any iterable, with as many boxes where both lengths are known; None for no boxes.
        top_k: A whole number of at least 1.
        for_one: The method that takes a single image, for the error.

    Raises:
        TypeError: If one is of another type.
        ValueError: If `top_k` is below 1, or there are more or fewer boxes than images.
    """
    one_array = isinstance(images, np.ndarray) and images.ndim == ONE_ARRAY
    if one_array or isinstance(images, NOT_SEVERAL) or hasattr(images, "read") or not np.iterable(images):
        raise TypeError(
            f"images is of type {type(images).__name__}. Expected a list of images or another iterable. "
            f"Use {for_one} for a single image."
        )
    if boxes is not None and (isinstance(boxes, str) or not np.iterable(boxes)):
        raise TypeError(f"boxes is of type {type(boxes).__name__}. Expected a list with a box or None for each image.")
    if as_int(top_k, "top_k") < 1:
        raise ValueError(f"top_k is {top_k}. Expected at least 1.")
    if isinstance(images, Sized) and isinstance(boxes, Sized) and len(images) != len(boxes):
        raise ValueError(
            f"There are {len(images)} images and {len(boxes)} boxes. "
            "Give one box for each image, and None for an image without a box."
        )


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
        ImageError: If it cannot be read or does not decode, if an array is not RGB uint8, or if it is of another type.
    """
    image = given.image
    if isinstance(image, np.ndarray):
        return require_rgb(image)
    if isinstance(image, Image.Image):
        try:
            return to_rgb(image)
        except BROKEN as error:
            # Pillow reads the header when it opens a file, and the pixels only now.
            raise ImageError(f"The image does not decode ({error}).", expected="a whole image") from error
    if isinstance(image, bytes | bytearray | memoryview):
        return decode_image(bytes(image))
    if hasattr(image, "read"):
        return decode_image(_content(image))
    if isinstance(image, str) and URL.match(image):
        raise ImageError(
            "This is a URL, and nothing here talks to a network.",
            expected="a path, or the bytes of an image file",
            hint="Fetch it first, and give its content.",
        )
    if isinstance(image, str | os.PathLike):
        # Constructing another Path takes as long as opening the file.
        return read_image(image if isinstance(image, Path) else as_path(os.fsdecode(image), "image", ImageError))
    raise ImageError(
        f"The image is of type {type(image).__name__}.",
        expected="a path, the bytes of an image file, an open file, a Pillow image or an RGB array",
    )


def _content(file: Any) -> bytes:
    """Read an open file, or what is like one, such as `io.BytesIO` and the uploads of Flask and Starlette."""
    try:
        content = file.read()
    except (OSError, ValueError) as error:
        raise ImageError(f"The open file cannot be read ({error}).", hint="Open it again.") from error
    if not isinstance(content, bytes):
        raise ImageError(
            f"The open file gives {type(content).__name__}, not bytes.",
            hint="Open it in binary mode: open(name, 'rb').",
        )
    return content


def require_rgb(array: UInt8Image) -> UInt8Image:
    """Return an array that is an image: RGB, shape (height, width, 3), uint8, of at least one pixel.

    Raises:
        ImageError: If it is anything else.
    """
    expected = "an RGB array, shape (height, width, 3), uint8, of at least one pixel"
    if not isinstance(array, np.ndarray):
        raise ImageError(f"The image is of type {type(array).__name__}.", expected=expected)
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or not array.size:  # noqa: PLR2004 - RGB
        raise ImageError(
            f"The array has shape {array.shape} and type {array.dtype}.",
            expected=expected,
        )
    return array


def _name(image: ImageLike, number: int) -> str:
    return name_of(image) or f"Image {number}"


def name_of(image: ImageLike) -> str:
    """Return the path of an image as text; empty where it has none."""
    return os.fsdecode(image) if isinstance(image, str | os.PathLike) else ""
