"""A sheet of the misread images: what was read, how surely, and what it is."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from roadsigns.reporting.plots import RED, figure_at
from roadsigns.types import UInt8Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Misread", "draw_misread"]

# In inches.
SHEET_COLUMNS = 10
CELL_WIDTH, CELL_HEIGHT, CELL_IMAGE, SHEET_HEAD = 1.6, 2.25, 1.4, 0.7
WELL_LIT = 200.0


@dataclass(frozen=True, slots=True, eq=False)
class Misread:
    """One misread image.

    Attributes:
        image: RGB, shape (height, width, 3), uint8.
        truth: Name of its class.
        read: Name of the class that was read.
        probability: Of the class that was read.
    """

    image: UInt8Image
    truth: str
    read: str
    probability: float


def draw_misread(misread: Sequence[Misread], path: Path, *, title: str) -> None:
    """Draw a sheet of misread images, each with what was read, how surely, and what it is.

    Args:
        misread: In the order wanted; none gives a sheet that holds only its title.
        path: Ends in .png.
        title: What was measured, and how many images are left out.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    columns = max(6, min(SHEET_COLUMNS, len(misread)))
    rows = -(-len(misread) // columns)
    width, height = columns * CELL_WIDTH, rows * CELL_HEIGHT + SHEET_HEAD
    with figure_at(path, width=width, height=height, axes_fitted=False) as figure:
        # One pair of axes in inches, origin top left: a pair for each image takes ten times as long.
        axes = figure.add_axes((0, 0, 1, 1))
        axes.text(width / 2, SHEET_HEAD / 2, title, ha="center", va="center", fontsize=11)
        for index, one in enumerate(misread):
            row, column = divmod(index, columns)
            _draw_cell(axes, one, left=column * CELL_WIDTH, top=SHEET_HEAD + row * CELL_HEIGHT)
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")


def _draw_cell(axes: "Axes", one: Misread, *, left: float, top: float) -> None:
    middle, image_top = left + CELL_WIDTH / 2, top + 0.46
    tall, wide = one.image.shape[:2]
    scale = CELL_IMAGE / max(tall, wide)
    x, y = middle - wide * scale / 2, image_top + (CELL_IMAGE - tall * scale) / 2
    axes.imshow(brighten(one.image), extent=(x, x + wide * scale, y + tall * scale, y), interpolation="nearest")
    read = f"{_wrapped(one.read)}\n{100 * one.probability:.1f} %"
    axes.text(middle, image_top - 0.03, read, ha="center", va="bottom", fontsize=7.5, color=RED, linespacing=1.05)
    axes.text(
        middle,
        image_top + CELL_IMAGE + 0.04,
        _wrapped(one.truth),
        ha="center",
        va="top",
        fontsize=7.5,
        linespacing=1.05,
    )


def brighten(image: UInt8Image) -> UInt8Image:
    """Multiply a dark image until its brightest hundredth is nearly white, so that a person sees what is on it."""
    bright = max(float(np.percentile(image, 99)), 1.0)
    if bright >= WELL_LIT:
        return image
    return (image * (WELL_LIT / bright)).clip(0, 255).astype(np.uint8)


def _wrapped(name: str) -> str:
    return textwrap.fill(name, 22, max_lines=2, placeholder="…")
