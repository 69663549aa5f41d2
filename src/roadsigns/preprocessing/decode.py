"""Bytes to pixels: every image file becomes RGB uint8, or an error that says why not."""

import io
import re
import struct
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, PpmImagePlugin

from roadsigns.errors import ImageError

__all__ = [
    "IMAGE_SUFFIXES",
    "MAX_BYTES",
    "MAX_PIXELS",
    "UInt8Image",
    "decode_image",
    "read_bytes",
    "read_image",
    "to_rgb",
]

UInt8Image = npt.NDArray[np.uint8]

IMAGE_SUFFIXES = frozenset({".ppm", ".png", ".jpg", ".jpeg"})

# A crop of one sign, or a photograph it is cut from by its box. 64 megapixels are 200 MB decoded: no camera that looks
# for signs makes more, and a small file that claims more is a decompression bomb.
MAX_PIXELS = 64_000_000
# The largest plain file of so many pixels has 192 MB. A device or a pipe may never end.
MAX_BYTES = 200_000_000
CHUNK_BYTES = 1 << 16

# Opened by their classes and not by Image.open, which only adds a warning to what MAX_PIXELS refuses anyway, and a
# warning cannot be silenced in one thread alone. Of several pictures in a file the first is read.
OPENERS: tuple[tuple[re.Pattern[bytes], type[ImageFile.ImageFile]], ...] = (
    (re.compile(rb"P[1-6]"), PpmImagePlugin.PpmImageFile),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), PngImagePlugin.PngImageFile),
    (re.compile(rb"\xff\xd8\xff"), JpegImagePlugin.JpegImageFile),
)
# What people hand over and is not read, by its first bytes.
OTHERS = (
    (re.compile(rb"GIF8"), "a GIF"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "a WebP"),
    (re.compile(rb"....ftyp(heic|heix|mif1|msf1)", re.DOTALL), "a HEIC"),
    (re.compile(rb"....ftypavif", re.DOTALL), "an AVIF"),
    (re.compile(rb"II\*\0|MM\0\*"), "a TIFF"),
    (re.compile(rb"BM"), "a BMP"),
    (re.compile(rb"%PDF"), "a PDF"),
    (re.compile(rb"PK\x03\x04"), "a zip"),
)

# The values of EXIF's tag Orientation (EXIF 2.32, 4.6.4), and how to set the picture upright.
ORIENTATION = 0x0112
TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# GTSRB's own format, binary PPM with 8 bits a channel; 30 files of the original release have a comment in the header.
PPM_HEADER = re.compile(rb"P6(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+255\s")

# A picture that breaks off half way must fail, not come back half grey.
ImageFile.LOAD_TRUNCATED_IMAGES = False


def read_image(path: Path) -> UInt8Image:
    """Read an image file. See `decode_image`.

    Raises:
        ImageError: If the file cannot be read, has more than `MAX_BYTES`, or does not decode.
    """
    try:
        with path.open("rb", buffering=0) as file:
            content = read_bytes(file, name=str(path))
    except OSError as error:
        raise ImageError(f"{path} cannot be read: {error.strerror}. Check the path and its permissions.") from error
    except ValueError as error:
        # A path with a zero in it.
        raise ImageError(f"{path} cannot be read: {error}. Check the path.") from error
    return decode_image(content, name=str(path))


def read_bytes(file: IO[bytes], *, name: str) -> bytes:
    """Read an open file, a pipe or an archive's entry to its end, but never more than `MAX_BYTES`.

    Raises:
        ImageError: If it has more.
        OSError: What reading raises.
    """
    chunks: list[bytes] = []
    size = 0
    while chunk := file.read(CHUNK_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise ImageError(f"{name} has more than the {MAX_BYTES} bytes that are read. Scale the image down.")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def decode_image(content: bytes, *, name: str = "the image", max_pixels: int = MAX_PIXELS) -> UInt8Image:
    """Decode PPM, PNG or JPEG.

    Grey becomes three equal channels, 16 bits become the upper 8, CMYK becomes RGB, transparency is laid on black. The
    orientation that a camera noted is applied: what comes back is what people see, and draw their boxes on. Of an
    animation the first picture is read.

    Args:
        content: A whole image file.
        name: What to call it in an error.
        max_pixels: The most pixels accepted, at most `MAX_PIXELS`.

    Returns:
        RGB, shape (height, width, 3), uint8.

    Raises:
        ImageError: If the content is empty, is no such image, is cut off, or has more pixels than accepted.
    """
    if not content:
        raise ImageError(f"{name} is empty (0 bytes). Fetch it again or remove it.")
    max_pixels = min(max_pixels, MAX_PIXELS)
    plain = _decode_plain_ppm(content, max_pixels)
    if plain is not None:
        return plain
    opener = next((opener for start, opener in OPENERS if start.match(content)), None)
    if opener is None:
        known = next((f"it is {kind} file" for start, kind in OTHERS if start.match(content)), None)
        raise ImageError(
            f"{name} does not decode ({known or 'its content is no image known here'}). Expected a whole PPM, PNG or "
            f"JPEG file; {'save it as one of these' if known else 'fetch it again or remove it'}."
        )
    try:
        with opener(io.BytesIO(content)) as image:
            width, height = image.size
            if width * height > max_pixels:
                raise ImageError(
                    f"{name} has {width}x{height} pixels, more than the {max_pixels} that are read. "
                    "Cut the sign out or scale the image down."
                )
            return to_rgb(image)
    except (OSError, SyntaxError, ValueError) as error:
        raise ImageError(
            f"{name} does not decode ({error}). Expected a whole PPM, PNG or JPEG file; fetch it again or remove it."
        ) from error


def _decode_plain_ppm(content: bytes, max_pixels: int) -> UInt8Image | None:
    """Decode GTSRB's own format at a sixteenth of Pillow's cost; anything else, broken files too, is left to Pillow."""
    header = PPM_HEADER.match(content)
    if header is None:
        return None
    width, height = int(header[1]), int(header[2])
    size = width * height * 3
    if not 0 < size <= max_pixels * 3 or len(content) - header.end() < size:
        return None
    return np.frombuffer(content, np.uint8, size, header.end()).reshape(height, width, 3)


def to_rgb(image: Image.Image) -> UInt8Image:
    """Turn a Pillow image of any mode into RGB, shape (height, width, 3), uint8. See `decode_image`."""
    image = _upright(image)
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


def _upright(image: Image.Image) -> Image.Image:
    """Turn a picture as its camera noted. Pillow's `exif_transpose` rewrites the note too, and fails on broken ones."""
    # PNG may have its note behind the pixels.
    image.load()
    if "exif" not in image.info:
        return image
    try:
        turn = TURNS.get(image.getexif().get(ORIENTATION))
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, struct.error):
        # A broken note says nothing of the picture.
        return image
    return image if turn is None else image.transpose(turn)
