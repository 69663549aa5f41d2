"""Whatever an image comes as, on its way to a crop."""

import os
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image

from roadsigns.errors import ImageError
from roadsigns.preprocessing.crop_transform import Pixels
from roadsigns.preprocessing.decode import UInt8Image, decode_image, read_image, to_rgb
from roadsigns.preprocessing.prepare import Preparation, prepare_crop

__all__ = ["BoxLike", "ImageLike", "crop_of"]

ImageLike: TypeAlias = str | os.PathLike[str] | bytes | Image.Image | UInt8Image
BoxLike: TypeAlias = tuple[int, int, int, int]


def crop_of(image: ImageLike, preparation: Preparation, box: BoxLike | None, number: int) -> Pixels | ImageError:
    """Prepare an image, or say why it cannot be.

    Args:
        image: A path, the bytes of an image file, a Pillow image, or an array: RGB, shape (height, width, 3), uint8.
        preparation: How.
        box: Where the sign is in it, (x1, y1, x2, y2), see `roadsigns.preprocessing.prepare.place`.
        number: What to call it in an error, if it has no path.

    Returns:
        RGB, shape (image_size, image_size, 3), of the preparation's `crop_type`; or the error.
    """
    name = os.fspath(image) if isinstance(image, str | os.PathLike) else f"Image {number}"
    try:
        return prepare_crop(_pixels(image, name), preparation, box)
    except ImageError as error:
        return error if name in str(error) else ImageError(f"{name}: {error}")


def _pixels(image: ImageLike, name: str) -> UInt8Image:
    """Return RGB, shape (height, width, 3), uint8, whatever the image came as."""
    if isinstance(image, np.ndarray):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:  # noqa: PLR2004 - RGB
            raise ImageError(
                f"{name} is an array of shape {image.shape} and type {image.dtype}. "
                "Expected RGB, shape (height, width, 3), uint8."
            )
        return image
    if isinstance(image, Image.Image):
        try:
            return to_rgb(image)
        except (OSError, SyntaxError, ValueError) as error:
            # Pillow reads the pixels only now.
            raise ImageError(f"{name} does not decode ({error}). Expected a whole image.") from error
    if isinstance(image, bytes):
        return decode_image(image, name=name)
    # Parsing a path anew takes as long as opening the file.
    return read_image(image if isinstance(image, Path) else Path(image))
