"""Bytes to pixels: every image file becomes RGB uint8, or an error that says why not."""

import io
import re
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError

from roadsigns.errors import ImageError

__all__ = ["IMAGE_SUFFIXES", "MAX_PIXELS", "UInt8Image", "decode_image", "read_image", "to_rgb"]

UInt8Image = npt.NDArray[np.uint8]

IMAGE_SUFFIXES = frozenset({".ppm", ".png", ".jpg", ".jpeg"})

# A crop of one sign, or a photograph it is cut from by its box. 64 megapixels are 200 MB decoded: no camera that looks
# for signs makes more, and a small file that claims more is a decompression bomb.
MAX_PIXELS = 64_000_000

# GTSRB's own format, binary PPM with 8 bits a channel; 30 files of the original release have a comment in the header.
PPM_HEADER = re.compile(rb"P6(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+255\s")

# A picture that breaks off half way must fail, not come back half grey.
ImageFile.LOAD_TRUNCATED_IMAGES = False


def read_image(path: Path) -> UInt8Image:
    """Read an image file. See `decode_image`.

    Raises:
        ImageError: If the file cannot be read or does not decode.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ImageError(f"{path} cannot be read: {error.strerror}. Check the path and its permissions.") from error
    return decode_image(content, name=str(path))


def decode_image(content: bytes, *, name: str = "the image") -> UInt8Image:
    """Decode PPM, PNG or JPEG.

    Grey becomes three equal channels, 16 bits become the upper 8, transparency is laid on black, and the orientation
    that a camera noted is ignored, as it is by everything that GTSRB's boxes were drawn with.

    Args:
        content: A whole image file.
        name: What to call it in an error.

    Returns:
        RGB, shape (height, width, 3), uint8.

    Raises:
        ImageError: If the content is empty, is no such image, is cut off, or has more than `MAX_PIXELS`.
    """
    if not content:
        raise ImageError(f"{name} is empty (0 bytes). Fetch it again or remove it.")
    plain = _decode_plain_ppm(content)
    if plain is not None:
        return plain
    try:
        with warnings.catch_warnings():
            # The limit below is ours and is an error.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PPM", "PNG", "JPEG")) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise ImageError(
                        f"{name} has {width}x{height} pixels, more than the {MAX_PIXELS} that are read. "
                        "Cut the sign out or scale the image down."
                    )
                return to_rgb(image)
    except UnidentifiedImageError as error:
        # Pillow's own words name a Python object.
        raise ImageError(
            f"{name} does not decode (its content is no image known here). "
            "Expected a whole PPM, PNG or JPEG file; fetch it again or remove it."
        ) from error
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise ImageError(
            f"{name} does not decode ({error}). Expected a whole PPM, PNG or JPEG file; fetch it again or remove it."
        ) from error


def _decode_plain_ppm(content: bytes) -> UInt8Image | None:
    """Decode GTSRB's own format at a sixteenth of Pillow's cost; anything else, broken files too, is left to Pillow."""
    header = PPM_HEADER.match(content)
    if header is None:
        return None
    width, height = int(header[1]), int(header[2])
    size = width * height * 3
    if not 0 < size <= MAX_PIXELS * 3 or len(content) - header.end() < size:
        return None
    return np.frombuffer(content, np.uint8, size, header.end()).reshape(height, width, 3)


def to_rgb(image: Image.Image) -> UInt8Image:
    """Turn a Pillow image of any mode into RGB, shape (height, width, 3), uint8. See `decode_image`."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return np.asarray(image)
    if image.mode.startswith("I"):
        # 16-bit grey; Pillow's own conversion clips at 255 instead of scaling.
        grey = (np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        rgba = image.convert("RGBA")
        black = Image.new("RGBA", rgba.size, (0, 0, 0, 255))
        return np.asarray(Image.alpha_composite(black, rgba).convert("RGB"))
    return np.asarray(image.convert("RGB"))
