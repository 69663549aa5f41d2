"""A contact sheet of misread images: the prediction with its probability, and the truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from roadsigns.preprocessing.brighten import brighten
from roadsigns.reporting.sheet_cells import sheet_at, show_image, write_heading, write_text
from roadsigns.reporting.style import LIGHT, TINY
from roadsigns.reporting.words import letters_in, wrap
from roadsigns.types import UInt8Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Misread", "draw_misread"]

# In inches.
CELL_WIDTH, CELL_HEIGHT, IMAGE, HEAD, EDGE = 1.6, 2.35, 1.4, 0.9, 0.12
MIN_COLUMNS, MAX_COLUMNS = 6, 10


@dataclass(frozen=True, slots=True, eq=False)
class Misread:
    """One misread image.

    Attributes:
        image: RGB, shape (height, width, 3), uint8.
        truth: Name of its class.
        predicted: Name of the predicted class.
        probability: That of the predicted class.
    """

    image: UInt8Image
    truth: str
    predicted: str
    probability: float


def draw_misread(misread: Sequence[Misread], path: Path, *, title: str) -> None:
    """Draw a sheet of misread images.

    Args:
        misread: In the order of the cells; with none the sheet holds only its title.
        path: Ends in .png.
        title: What was evaluated, and how many images are left out.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    columns = max(MIN_COLUMNS, min(MAX_COLUMNS, len(misread)))
    rows = -(-len(misread) // columns)
    width, height = columns * CELL_WIDTH, rows * CELL_HEIGHT + HEAD
    with sheet_at(path, width=width, height=height) as axes:
        write_heading(axes, title, EDGE, EDGE, inches=width)
        for index, one in enumerate(misread):
            row, column = divmod(index, columns)
            _draw_cell(axes, one, left=column * CELL_WIDTH, top=HEAD + row * CELL_HEIGHT)


def _draw_cell(axes: "Axes", one: Misread, *, left: float, top: float) -> None:
    middle, image_top = left + CELL_WIDTH / 2, top + 0.46
    show_image(axes, brighten(one.image), middle - IMAGE / 2, image_top, IMAGE)
    letters = letters_in(IMAGE + EDGE, TINY)
    prediction = f"{wrap(one.predicted, letters, 2)}\n{100 * one.probability:.1f} %"
    write_text(axes, prediction, middle, image_top - 0.03, size=TINY, colour=LIGHT.wrong, align="center", upward=True)
    write_text(axes, wrap(one.truth, letters, 2), middle, image_top + IMAGE + 0.04, size=TINY, align="center")
