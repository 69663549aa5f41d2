"""The signs of videos as a table for the terminal."""

from collections.abc import Sequence
from typing import IO

from roadsigns.bulk.fields import error_of
from roadsigns.bulk.row_table import Column, RowTable, console_on
from roadsigns.bulk.sign_cells import DECISION_WIDTH, PROBABILITY_WIDTH, sign_cells
from roadsigns.bulk.stream import Result
from roadsigns.errors import ImageError
from roadsigns.types import SignClass
from roadsigns.video.signs import VideoSign

__all__ = ["VideoTableWriter", "clock"]

# Of "1:02:03.4" and of the number of frames.
TIME_WIDTH, FRAMES_WIDTH = 9, 6
# Of the line, at most, the file's.
FILES_SHARE = 1 / 4


class VideoTableWriter:
    """A line for each sign as soon as it is told, with a header above the first."""

    def __init__(self, file: IO[str], classes: Sequence[SignClass], *, with_decisions: bool) -> None:
        console = console_on(file)
        self._names = [sign.name for sign in classes]
        self._with_decisions = with_decisions
        columns = [
            Column("from", TIME_WIDTH, "right"),
            Column("to", TIME_WIDTH, "right"),
            Column("frames", FRAMES_WIDTH, "right"),
            *([Column("decision", DECISION_WIDTH)] if with_decisions else []),
            Column("probability", PROBABILITY_WIDTH, "right"),
            Column("name", folded=True),
        ]
        self._table = RowTable(console, "file", columns, widest=round(console.width * FILES_SHARE))

    def write(self, result: Result[VideoSign]) -> None:
        """Show a line."""
        if isinstance(result.outcome, ImageError):
            self._add(result.name, name=f"error: {error_of(result.outcome, result.name)}")
        else:
            sign = result.outcome
            cells = sign_cells(sign.prediction, self._names)
            others = f", {cells.runners_up}" if cells.decision == "uncertain" else ""
            self._add(
                result.name,
                *(clock(sign.first_seconds), clock(sign.last_seconds), str(sign.frames)),
                decision=cells.decision,
                probability=cells.probability,
                name=cells.name + others,
            )
        # Nobody wants to wait for the end of a camera.
        self._table.close()

    def close(self) -> None:
        """Show what is held back."""
        self._table.close()

    def _add(self, path: str, *seen: str, decision: str = "", probability: str = "", name: str) -> None:
        decisions = [decision] if self._with_decisions else []
        self._table.add((path, *(seen or ("", "", "")), *decisions, probability, name))


def clock(seconds: float) -> str:
    """Return a time as "0:07.3" or "1:02:03.4"."""
    tenths = round(10 * seconds)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    rest = f"{tenths // 10:02d}.{tenths % 10}"
    return f"{hours}:{minutes:02d}:{rest}" if hours else f"{minutes}:{rest}"
