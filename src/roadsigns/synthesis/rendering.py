"""Drawings rendered to pixels: SVG and PNG files to images with transparency."""

import io
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import resvg_py
from PIL import Image, UnidentifiedImageError

from roadsigns.errors import DataError
from roadsigns.preprocessing.decode import MAX_PIXELS
from roadsigns.types import UInt8Image

__all__ = ["MAX_SVG_BYTES", "Design", "outline_of", "read_drawing", "render_design"]

# An SVG or PNG file, or the text of an SVG document.
Design = Path | str
# Of a file that may change while it is cached: the time of its last change in nanoseconds, and its bytes.
State = tuple[int, int] | None

# The package's own drawings are below 10 kB. A megabyte of paths is a traced photograph and takes minutes to render.
MAX_SVG_BYTES = 1_000_000
HALF_OPAQUE = 128


def render_design(design: Design, size: int) -> UInt8Image:
    """Render a drawing, in the middle of a square.

    Args:
        design: An SVG or PNG file, or the text of an SVG document.
        size: Height and width in pixels, at least 1.

    Returns:
        RGB and straight alpha, shape (size, size, 4), uint8, read-only since it is cached.

    Raises:
        DataError: If size is not positive, or the file cannot be read, is no such picture or is too large.
    """
    if size < 1:
        raise DataError(f"'size' is {size} pixels.", expected="at least 1 pixel")
    return _render(design, size, _state_of(design))


def _state_of(design: Design) -> State:
    try:
        state = None if isinstance(design, str) else design.stat()
    except OSError:
        # Reading it says why.
        return None
    return state and (state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=1024)
def _render(design: Design, size: int, _state: State) -> UInt8Image:
    square = _squared(read_drawing(design, size), size)
    square.setflags(write=False)
    return square


def read_drawing(design: Design, size: int) -> UInt8Image:
    """Read a drawing in its own shape: an SVG scaled to fit a square of that size, a PNG at its own size.

    Returns:
        RGB and straight alpha, shape (height, width, 4), uint8.

    Raises:
        DataError: If the file cannot be read, is not such an image, or is too large.
    """
    if isinstance(design, str):
        return _svg(design.encode(), "an SVG document", size)
    try:
        content = design.read_bytes()
    except OSError as error:
        raise DataError(
            f"The template cannot be read ({error.strerror}).", hint="Check its permissions.", subject=str(design)
        ) from error
    return _svg(content, str(design), size) if design.suffix.lower() == ".svg" else _png(content, design)


def _svg(content: bytes, subject: str, size: int) -> UInt8Image:
    if len(content) > MAX_SVG_BYTES:
        raise DataError(
            f"The drawing has {len(content)} bytes.",
            expected=f"at most {MAX_SVG_BYTES}",
            hint="Simplify its paths, or save it as a PNG of a few hundred pixels.",
            subject=subject,
        )
    try:
        text = content.decode("utf-8")
        # Without dots per inch, lengths in mm, as Inkscape writes them, are refused; 96 is what CSS says.
        png = bytes(resvg_py.svg_to_bytes(svg_string=text, width=size, height=size, dpi=96))
    except (UnicodeDecodeError, ValueError) as error:
        raise DataError(
            f"The SVG cannot be drawn ({error}).", hint="Open it in an editor and save it again.", subject=subject
        ) from error
    return _rgba(Image.open(io.BytesIO(png)))


def _png(content: bytes, path: Path) -> UInt8Image:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise DataError(
                    f"The template has {image.width}x{image.height} pixels.",
                    expected=f"at most {MAX_PIXELS}",
                    hint="Scale it down.",
                    subject=str(path),
                )
            if "A" not in image.getbands() and "transparency" not in image.info:
                raise DataError(
                    f"The template has no transparency (mode {image.mode}).",
                    hint="Save it as PNG with a transparent background.",
                    subject=str(path),
                )
            return _rgba(image)
    except UnidentifiedImageError as error:
        raise DataError(
            "The file is not a PNG image.", hint="Save the template as SVG or PNG.", subject=str(path)
        ) from error
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise DataError(
            f"The image does not decode ({error}).", hint="Save the template again.", subject=str(path)
        ) from error


def _rgba(image: Image.Image) -> UInt8Image:
    return np.asarray(image.convert("RGBA"))


def _squared(picture: UInt8Image, size: int) -> UInt8Image:
    """Fit a picture into the middle of a transparent square of that size."""
    height, width = picture.shape[:2]
    if height == width == size:
        return picture.copy()
    scale = size / max(height, width)
    fitted_size = max(1, round(width * scale)), max(1, round(height * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    # Transparent pixels have a colour that must not bleed into the others.
    colours = picture.astype(np.float32)
    colours[:, :, :3] *= colours[:, :, 3:] / 255
    fitted = np.asarray(cv2.resize(colours, fitted_size, interpolation=interpolation), np.float32)
    fitted[:, :, :3] /= np.maximum(fitted[:, :, 3:], 1) / 255
    square = np.zeros((size, size, 4), np.uint8)
    top, left = (size - fitted.shape[0]) // 2, (size - fitted.shape[1]) // 2
    square[top : top + fitted.shape[0], left : left + fitted.shape[1]] = np.clip(np.rint(fitted), 0, 255)
    return square


def outline_of(design: Design) -> npt.NDArray[np.float64]:
    """Corners of the hull of a drawing, shape (3, corners), homogeneous, in sides from the drawing's centre."""
    return _outline(design, _state_of(design))


@lru_cache(maxsize=1024)
def _outline(design: Design, _state: State) -> npt.NDArray[np.float64]:
    size = 256
    # Not kept: nothing else is drawn at this size.
    alpha = _render.__wrapped__(design, size, _state)[:, :, 3]
    solid = alpha >= min(HALF_OPAQUE, int(alpha.max()))
    # The ends of each row have the same hull as all its pixels, found in a fiftieth of the time.
    rows = np.flatnonzero(solid.any(axis=1))
    left, right = solid[rows].argmax(axis=1), size - solid[rows, ::-1].argmax(axis=1)
    # A pixel is a square: its four corners count, not its centre.
    corners = np.concatenate([np.stack([x, rows + dy], axis=1) for x in (left, right) for dy in (0, 1)])
    hull = cv2.convexHull(corners.astype(np.int32))
    # Within a pixel of 256; a circle has 200 corners before and 24 after.
    simple = cv2.approxPolyDP(hull, 0.7, closed=True)[:, 0, :].T
    return np.vstack([simple / size - 0.5, np.ones((1, simple.shape[1]))])
