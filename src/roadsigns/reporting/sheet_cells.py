"""The parts that contact sheets are made of: a page, images in cells, captions and titles."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.errors import ImageError
from roadsigns.preprocessing.decode import read_image
from roadsigns.reporting.figure import figure_at
from roadsigns.reporting.style import HEADING, LIGHT, MARGIN
from roadsigns.reporting.words import keep_end, letters_in, wrap
from roadsigns.types import UInt8Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "fit_into",
    "keep_end",
    "paste",
    "read_or_blank",
    "sheet_at",
    "show_image",
    "wrap",
    "wrap_title",
    "write_heading",
    "write_text",
]

# The 99th percentile of an image that needs no brightening, in levels.
TITLE_LINES = 4


@contextmanager
def sheet_at(
    path: Path, *, width: float, height: float, per_inch: float = 1, canvas: UInt8Image | None = None
) -> Iterator["Axes"]:
    """Yield axes that cover a page, origin top left, and write the page as a PNG file, whole or not at all.

    One pair of axes for all images: a pair for each takes ten times as long.

    Args:
        path: Ends in .png.
        width: In units of the axes.
        height: In units of the axes.
        per_inch: Units in an inch: 1 for inches, `DPI` for pixels.
        canvas: Shape (height, width, 3) in pixels, uint8; drawn below the axes as it is at the end of the block.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    with figure_at(path, width=width / per_inch, height=height / per_inch, axes_fitted=False) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        yield axes
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")
        if canvas is not None:
            figure.figimage(canvas, zorder=-1)


def read_or_blank(path: Path) -> UInt8Image:
    """Read an image; a black pixel stands for one whose file is gone or broken, so that the others are still shown."""
    try:
        return read_image(path)
    except ImageError:
        return np.zeros((1, 1, 3), np.uint8)


def fit_into(image: UInt8Image, side: int) -> UInt8Image:
    """Scale an image so that its longer side is `side` pixels; enlarged, its pixels stay visible."""
    scale = side / max(image.shape[:2])
    height, width = (max(1, round(length * scale)) for length in image.shape[:2])
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST_EXACT
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), np.uint8)


def paste(canvas: UInt8Image, image: UInt8Image, left: int, top: int, side: int) -> None:
    """Copy an image into the middle of a square cell of a canvas, in pixels: faster than `show_image` for thousands."""
    fitted = fit_into(image, side)
    height, width = fitted.shape[:2]
    y, x = top + (side - height) // 2, left + (side - width) // 2
    canvas[y : y + height, x : x + width] = fitted


def show_image(axes: "Axes", image: npt.NDArray[np.generic], left: float, top: float, side: float) -> None:
    """Draw an image in the middle of a square cell.

    Args:
        axes: Those of `sheet_at`.
        image: RGB, shape (height, width, 3), uint8 or floats in [0, 1].
        left: Left edge of the cell.
        top: Top edge of the cell.
        side: Of the cell; the longer side of the image fills it.
    """
    height, width = (length * side / max(image.shape[:2]) for length in image.shape[:2])
    x, y = left + (side - width) / 2, top + (side - height) / 2
    axes.imshow(image, extent=(x, x + width, y + height, y), interpolation="nearest")


def write_text(
    axes: "Axes",
    text: str,
    x: float,
    y: float,
    *,
    size: float,
    colour: str = LIGHT.text,
    align: Literal["left", "center"] = "left",
    upward: bool = False,
) -> None:
    """Write text below a point, or above it where `upward`."""
    axes.text(
        x,
        y,
        text,
        ha=align,
        va="bottom" if upward else "top",
        fontsize=size,
        color=colour,
        linespacing=1.1,
        # A dollar sign in a name starts no formula.
        parse_math=False,
    )


def wrap_title(text: str, inches: float) -> str:
    """Break a title of a sheet into the lines that fit on a page of that width, at size `HEADING`."""
    return wrap(text, letters_in(inches - 2 * MARGIN, HEADING), TITLE_LINES)


def write_heading(axes: "Axes", text: str, x: float, y: float, *, inches: float) -> None:
    """Write what a sheet shows and what its marks mean at the top of a page of that width."""
    write_text(axes, wrap_title(text, inches), x, y, size=HEADING)
