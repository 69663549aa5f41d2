"""The size of an image, read from the header of its file alone."""

import struct
from pathlib import Path
from typing import IO

from PIL import Image

from roadsigns.archives.paths import open_file
from roadsigns.errors import ImageError
from roadsigns.preprocessing.decode import (
    BROKEN,
    EXPECTED,
    HINT,
    MAX_PIXELS,
    opener_of,
    require_pixels,
    too_many_pixels,
    transpose_of,
)

__all__ = ["read_size", "size_of"]

# More than any format needs to be told from the others.
START_BYTES = 64
# Those that swap width and height.
SIDEWAYS = frozenset(
    {
        Image.Transpose.TRANSPOSE,
        Image.Transpose.ROTATE_270,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_90,
    }
)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Of a PNG chunk: length and type before its data, and a checksum after it.
CHUNK_HEADER, CHECKSUM_BYTES = struct.Struct(">I4s"), 4


def read_size(path: Path) -> tuple[int, int]:
    """Return the width and height in pixels that `read_image` gives: those of the upright image.

    Whether the rest of the file is whole remains unknown.

    Raises:
        ImageError: If the file cannot be read, is no image, or has more pixels than are decoded.
    """
    try:
        with open_file(path) as file:
            return size_of(file, name=str(path))
    except BROKEN as error:
        raise _unreadable(error, str(path)) from error


def size_of(file: IO[bytes], *, name: str) -> tuple[int, int]:
    """Return the same of an open file, or of what is like one. See `read_size`."""
    try:
        start = file.read(START_BYTES)
        if not start:
            raise ImageError("The file is empty (0 bytes).", expected=EXPECTED, hint=HINT, subject=name)
        opener = opener_of(start, name=name)
        late_exif = start.startswith(PNG_SIGNATURE) and _has_exif(file)
        file.seek(0)
        return _upright_size(opener(file), late_exif, name)
    except Image.DecompressionBombError as error:
        raise too_many_pixels(name) from error
    except BROKEN as error:
        raise _unreadable(error, name) from error


def _unreadable(error: Exception, name: str) -> ImageError:
    problem = getattr(error, "strerror", None) or error
    return ImageError(f"The file cannot be read ({problem}).", expected=EXPECTED, hint=HINT, subject=name)


def _upright_size(image: Image.Image, late_exif: bool, name: str) -> tuple[int, int]:
    width, height = image.size
    require_pixels(image.size, MAX_PIXELS, name=name)
    if late_exif and "exif" not in image.info:
        # It comes after the pixels, so they have to be decoded.
        image.load()
    return (height, width) if transpose_of(image) in SIDEWAYS else (width, height)


def _has_exif(file: IO[bytes]) -> bool:
    """Whether a PNG file has EXIF data, before or after its pixels; False where it ends early."""
    file.seek(len(PNG_SIGNATURE))
    while len(header := file.read(CHUNK_HEADER.size)) == CHUNK_HEADER.size:
        length, kind = CHUNK_HEADER.unpack(header)
        if kind == b"eXIf":
            return True
        file.seek(length + CHECKSUM_BYTES, 1)
    return False
