"""The layout of a contact sheet: classes in columns, real images on the left and drawn ones on the right."""

from dataclasses import dataclass

from roadsigns.errors import DataError
from roadsigns.reporting.style import DPI, TINY
from roadsigns.reporting.words import letters_in

__all__ = ["EDGE", "LONGEST_SIDE", "NAME_LETTERS", "NAME_LINES", "TITLE", "Page", "plan_page"]

# Pixels. A caption such as "38, 1200, 29" fits under the smallest cell.
CELLS = (96, 84, 72)
SHORTEST_SIDE, LONGEST_SIDE = 560, 4000
NAME, GAP, BETWEEN_HALVES, BETWEEN_COLUMNS, CAPTION = 124, 4, 18, 26, 17
EDGE, TITLE, HEADING = 12, 52, 22
# What fits into NAME, beside the smallest cell.
NAME_LETTERS, NAME_LINES = 15.5, 4


@dataclass(frozen=True, slots=True)
class Page:
    """The places of all images on a sheet, in pixels, origin top left.

    Attributes:
        classes: Number of rows in all columns together.
        columns: Number of classes side by side.
        real: Largest number of real images in a row.
        drawn: Number of drawn images in a row; 0 where nothing is drawn.
        cell: Side of an image.
    """

    classes: int
    columns: int
    real: int
    drawn: int
    cell: int

    @property
    def width(self) -> int:
        columns = self.columns * (self._column_width + BETWEEN_COLUMNS) - BETWEEN_COLUMNS
        return max(SHORTEST_SIDE, 2 * EDGE + columns)

    @property
    def height(self) -> int:
        return TITLE + HEADING + self.rows * self._row_height + EDGE

    @property
    def rows(self) -> int:
        return -(-self.classes // self.columns)

    @property
    def caption_letters(self) -> float:
        """How many letters of a caption fit under a cell."""
        return letters_in(self.cell / DPI, TINY)

    @property
    def _row_height(self) -> int:
        return self.cell + CAPTION + GAP

    @property
    def _column_width(self) -> int:
        return self.drawn_left(0) + self.drawn * (self.cell + GAP)

    def corner(self, index: int) -> tuple[int, int]:
        """Return x and y of a class's row; rows go down first."""
        column, row = divmod(index, self.rows)
        return EDGE + column * (self._column_width + BETWEEN_COLUMNS), TITLE + HEADING + row * self._row_height

    def real_left(self, place: int) -> int:
        """Return x of a real image in its row."""
        return NAME + place * (self.cell + GAP)

    def drawn_left(self, place: int) -> int:
        """Return x of a drawn image in its row."""
        return self.real_left(self.real) + (BETWEEN_HALVES if self.drawn else 0) + place * (self.cell + GAP)


def plan_page(classes: int, *, real: int, drawn: int) -> Page:
    """Choose the page with the largest images, and of these the one nearest to a square.

    Raises:
        DataError: If no page of at most `LONGEST_SIDE` pixels a side holds them.
    """
    for cell in CELLS:
        pages = [Page(classes, columns, real, drawn, cell) for columns in range(1, classes + 1)]
        page = min(pages, key=lambda page: max(page.width, page.height))
        if max(page.width, page.height) <= LONGEST_SIDE:
            return page
    raise DataError(
        f"{classes} classes with {real + drawn} images each do not fit on a page of {LONGEST_SIDE} pixels a side.",
        hint="Choose fewer images with --per-class, or some classes with --class.",
    )
