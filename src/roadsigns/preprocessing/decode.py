"""Decoding: an image file becomes RGB uint8, or an error that says why it cannot."""

import importlib
import io
import os
import re
import stat
import struct
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image, ImageFile

from roadsigns.archives.formats import MemberError
from roadsigns.archives.paths import open_file
from roadsigns.errors import DataError, ImageError
from roadsigns.types import UInt8Image

__all__ = [
    "BROKEN",
    "EXPECTED",
    "FORMATS",
    "HINT",
    "IMAGE_SUFFIXES",
    "MAX_BYTES",
    "MAX_PIXELS",
    "decode_image",
    "opener_of",
    "read_bytes",
    "read_image",
    "require_pixels",
    "to_rgb",
    "too_many_pixels",
    "transpose_of",
]

# What is decoded, for people.
FORMATS = "PPM, PNG, JPEG, WebP, BMP, TIFF, GIF or AVIF"
IMAGE_SUFFIXES = frozenset(
    {
        *(".ppm", ".pgm", ".pbm", ".pnm"),
        *(".jpg", ".jpeg", ".jpe", ".jfif"),
        *(".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif"),
    }
)

# An image is a crop of one sign, or a photograph that it is cropped from. 64 megapixels are 200 MB decoded: no camera
# used for signs makes more, and a small file that claims more is a decompression bomb.
MAX_PIXELS = 64_000_000
# The largest uncompressed file of so many pixels has 192 MB. A pipe may never end.
MAX_BYTES = 200_000_000
CHUNK_BYTES = 1 << 16
# Those that the system has: bytes come as they are, child processes get no copy, no pipe or terminal is waited for.
READ = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_BINARY", "O_CLOEXEC", "O_NOCTTY", "O_NONBLOCK"))

EXPECTED = f"a whole {FORMATS} file"
HINT = "Download it again, or leave it out."

# Opened by their classes and not by Image.open, which would warn of images that MAX_PIXELS refuses anyway; a warning
# cannot be silenced in one thread alone. Of several images in a file the first is read.
# Imported when needed, since the codecs of some take a while to load: (first bytes, Pillow's plugin, class).
OPENERS: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (re.compile(rb"P[1-6]"), "PpmImagePlugin", "PpmImageFile"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PngImagePlugin", "PngImageFile"),
    (re.compile(rb"\xff\xd8\xff"), "JpegImagePlugin", "JpegImageFile"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WebPImagePlugin", "WebPImageFile"),
    (re.compile(rb"BM"), "BmpImagePlugin", "BmpImageFile"),
    (re.compile(rb"II\*\0|MM\0\*"), "TiffImagePlugin", "TiffImageFile"),
    (re.compile(rb"GIF8[79]a"), "GifImagePlugin", "GifImageFile"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "AvifImagePlugin", "AvifImageFile"),
)
# Common formats that are not supported, by their first bytes.
OTHERS = (
    (re.compile(rb"....ftyp(heic|heix|mif1|msf1)", re.DOTALL), "a HEIC"),
    (re.compile(rb"%PDF"), "a PDF"),
    (re.compile(rb"PK\x03\x04"), "a zip"),
)

# What Pillow's plugins raise for broken files.
BROKEN = (
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, RuntimeError),
    *(struct.error, Image.DecompressionBombError),
)

# The values of EXIF's tag Orientation (EXIF 2.32, 4.6.4), and the transposition that turns the image upright.
ORIENTATION = 0x0112
TRANSPOSES: dict[object, Image.Transpose] = {
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


def read_image(path: Path) -> UInt8Image:
    """Read an image file, which may lie in an archive: "signs.zip/stop/1.png". See `decode_image`.

    Raises:
        ImageError: If the file or its archive cannot be read, it is a pipe or a device, has more than `MAX_BYTES`, or
            does not decode.
    """
    try:
        content = _read_regular(path)
        if content is None:
            with open_file(path) as file:
                content = read_bytes(file, name=str(path))
    except OSError as error:
        hint = error.hint if isinstance(error, MemberError) else "Check the path and its permissions."
        raise ImageError(f"The file cannot be read: {error.strerror}.", hint=hint, subject=str(path)) from error
    except ValueError as error:
        # The path contains a null byte.
        raise ImageError(f"The file cannot be read: {error}.", hint="Check the path.", subject=str(path)) from error
    except DataError as error:
        # Its archive is damaged, which is no reason to lose the images beside it.
        raise ImageError(error.problem, expected=error.expected, hint=error.hint, subject=error.subject) from error
    return decode_image(content, name=str(path))


def _read_regular(path: Path) -> bytes | None:
    """Read a small file with fewer calls than Python's file objects make; None for what is left to `open_file`.

    Raises:
        OSError: If reading fails.
        ValueError: If the path contains a null byte.
    """
    try:
        descriptor = os.open(path, READ)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > CHUNK_BYTES:
            return None
        content = os.read(descriptor, CHUNK_BYTES)
    finally:
        os.close(descriptor)
    # Some files of the system say that they are empty, and a network's may give a part only.
    return content if len(content) == status.st_size > 0 else None


def read_bytes(file: IO[bytes], *, name: str) -> bytes:
    """Read an open file, a pipe or an archive's entry to its end, but never more than `MAX_BYTES`.

    Args:
        file: Opened for reading.
        name: The subject of an error.

    Raises:
        ImageError: If it has more.
        OSError: If reading fails.
    """
    chunks: list[bytes] = []
    size = 0
    while chunk := file.read(CHUNK_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise ImageError(
                f"The file has more than {MAX_BYTES} bytes.",
                expected=f"at most {MAX_BYTES} bytes",
                hint="Scale the image down.",
                subject=name,
            )
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def decode_image(content: bytes, *, name: str | None = None, max_pixels: int = MAX_PIXELS) -> UInt8Image:
    """Decode PPM, PNG, JPEG, WebP, BMP, TIFF, GIF or AVIF.

    Grey becomes three equal channels, 16 bits become the upper 8, CMYK becomes RGB, and transparent pixels are blended
    with black. The EXIF orientation is applied, so that the result is what people see and draw their boxes on. Of an
    animation, or a TIFF file of several pages, the first image is read. A truncated file is an error, unless the
    program has set Pillow's `ImageFile.LOAD_TRUNCATED_IMAGES`.

    Args:
        content: A whole image file.
        name: The subject of an error, such as its path.
        max_pixels: The most pixels accepted, at most `MAX_PIXELS`.

    Returns:
        RGB, shape (height, width, 3), uint8.

    Raises:
        ImageError: If the content is empty, is not such an image, is truncated, or has more pixels than accepted.
    """
    if not content:
        raise ImageError("The file is empty (0 bytes).", expected=EXPECTED, hint=HINT, subject=name)
    max_pixels = min(max_pixels, MAX_PIXELS)
    plain = _decode_plain_ppm(content, max_pixels)
    if plain is not None:
        return plain
    try:
        with opener_of(content, name=name)(io.BytesIO(content)) as image:
            require_pixels(image.size, max_pixels, name=name)
            return to_rgb(image)
    except Image.DecompressionBombError as error:
        raise too_many_pixels(name, max_pixels=max_pixels) from error
    except BROKEN as error:
        raise ImageError(f"The image does not decode ({error}).", expected=EXPECTED, hint=HINT, subject=name) from error


def opener_of(content: bytes, *, name: str | None) -> type[ImageFile.ImageFile]:
    """Return Pillow's class for files that begin like this.

    Raises:
        ImageError: If there is none.
    """
    for start, plugin, class_name in OPENERS:
        if start.match(content):
            found: type[ImageFile.ImageFile] = getattr(importlib.import_module(f"PIL.{plugin}"), class_name)
            return found
    kind = next((kind for start, kind in OTHERS if start.match(content)), None)
    problem = f"The file is {kind} file." if kind else "The content is not in a known image format."
    raise ImageError(problem, expected=EXPECTED, hint="Save it as one of these." if kind else HINT, subject=name)


def require_pixels(size: tuple[int, int], max_pixels: int, *, name: str | None) -> None:
    """Refuse an image of too many pixels before it is decoded.

    Raises:
        ImageError: If width times height is more than `max_pixels`.
    """
    width, height = size
    if width * height > max_pixels:
        raise too_many_pixels(name, max_pixels=max_pixels, found=f"{width}x{height}")


def too_many_pixels(name: str | None, *, max_pixels: int = MAX_PIXELS, found: str = "too many") -> ImageError:
    """Return the error of an image with too many pixels. Some of Pillow's plugins do not say how many they found."""
    return ImageError(
        f"The image has {found} pixels.",
        expected=f"at most {max_pixels} pixels",
        hint="Crop the sign or scale the image down.",
        subject=name,
    )


def _decode_plain_ppm(content: bytes, max_pixels: int) -> UInt8Image | None:
    """Decode GTSRB's own format in a sixteenth of Pillow's time; None for anything else, which is left to Pillow."""
    header = PPM_HEADER.match(content)
    if header is None:
        return None
    width, height = int(header[1]), int(header[2])
    size = width * height * 3
    if not 0 < size <= max_pixels * 3 or len(content) - header.end() < size:
        return None
    return np.frombuffer(content, np.uint8, size, header.end()).reshape(height, width, 3)


def to_rgb(image: Image.Image) -> UInt8Image:
    """Convert a Pillow image of any mode to RGB, shape (height, width, 3), uint8. See `decode_image`."""
    image = _upright(image)
    if image.mode == "RGB" and "transparency" not in image.info:
        return np.asarray(image)
    if image.mode == "F":
        raise ValueError("its pixels are floating-point numbers, whose range is not known")
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
    """Apply the EXIF orientation. Pillow's `exif_transpose` also rewrites the EXIF data, and fails on broken ones."""
    # In a PNG file the EXIF data may come after the pixels.
    image.load()
    transpose = transpose_of(image)
    return image if transpose is None else image.transpose(transpose)


def transpose_of(image: Image.Image) -> Image.Transpose | None:
    """Return what turns an image upright by its EXIF data as far as they are read; None where it stands upright."""
    if "exif" not in image.info:
        return None
    try:
        return TRANSPOSES.get(image.getexif().get(ORIENTATION))
    except BROKEN:
        # Broken EXIF data say nothing about the pixels.
        return None
