"""A table on a terminal or in a file of text whose rows come one by one."""

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from roadsigns.printable import printable

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["GAP", "Column", "RowTable", "console_on"]

# Rows shown together: a table needs them all before its first line, and must not wait for a long run's end.
ROWS = 256
# A path has at most 4,096 characters on Linux.
UNFOLDED_WIDTH = 20_000
# Rich's, between two columns.
GAP = 2


class Column(NamedTuple):
    """A column after the first.

    Attributes:
        title: What stands above it.
        width: In characters; None for what is left.
        justify: To which side.
        folded: Whether long words are broken, and not moved to the next line first.
    """

    title: str
    width: int | None = None
    justify: Literal["left", "right"] = "left"
    folded: bool = False


def console_on(file: IO[str]) -> "Console":
    """Return a console that folds long lines on a terminal; in a file or pipe a row stays one line."""
    from rich.console import Console

    console = Console(file=file)
    if not console.is_terminal:
        console.width = UNFOLDED_WIDTH
    return console


class RowTable:
    """Rows of cells with a header above the first. The first column grows with what is in it."""

    def __init__(
        self, console: "Console", first: str, columns: Sequence[Column], *, widest: int, long_above: bool = False
    ) -> None:
        """Begin a table.

        Args:
            console: See `console_on`.
            first: The title of the first column.
            columns: The others.
            widest: The most characters that the first column gets in a line.
            long_above: Whether a longer first cell stands above its row, in a line of its own, and is not folded.
        """
        self._console = console
        self._first_title = first
        self._columns = columns
        self._widest = widest
        self._long_above = long_above
        self._first_width = len(first)
        self._with_header = True
        self._held: list[tuple[str, ...]] = []

    def add(self, cells: Sequence[str]) -> None:
        """Hold a row back until there are enough for a table."""
        self._held.append(tuple(map(printable, cells)))
        if len(self._held) == ROWS:
            self._show()

    def close(self) -> None:
        """Show what is held back."""
        if self._held:
            self._show()
        self._console.file.flush()

    def _show(self) -> None:
        from rich.text import Text

        firsts = [len(row[0]) for row in self._held if not self._is_above(row)]
        self._first_width = min(max(self._first_width, *firsts, 0), self._widest)
        together: list[tuple[str, ...]] = []
        for row in self._held:
            if self._is_above(row):
                self._print(together)
                together = [("", *row[1:])]
                self._console.print(Text(row[0], overflow="fold"))
            else:
                together.append(row)
        self._print(together)
        self._held.clear()

    def _is_above(self, row: tuple[str, ...]) -> bool:
        return self._long_above and len(row[0]) > self._widest

    def _print(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Print rows, after the header if it is still to come."""
        from rich.table import Table
        from rich.text import Text

        if not rows and not self._with_header:
            return
        # As wide as the terminal where it may be one of several tables, so that their columns stand below each other.
        expand = self._long_above
        table = Table(box=None, show_header=self._with_header, header_style="bold", pad_edge=False, expand=expand)
        table.add_column(self._first_title, width=self._first_width, overflow="fold")
        for column in self._columns:
            overflow: Literal["fold", "ellipsis"] = "fold" if column.folded else "ellipsis"
            ratio = 1 if expand and column.width is None else None
            table.add_column(column.title, width=column.width, justify=column.justify, overflow=overflow, ratio=ratio)
        for row in rows:
            table.add_row(*map(Text, row))
        self._console.print(table)
        self._with_header = False
