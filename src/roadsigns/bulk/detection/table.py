"""The signs of pictures as a table for the terminal."""

from collections.abc import Sequence
from typing import IO

from roadsigns.bulk.fields import error_of
from roadsigns.bulk.row_table import GAP, Column, RowTable, console_on
from roadsigns.bulk.sign_cells import DECISION_WIDTH, PROBABILITY_WIDTH, longest_name, sign_cells
from roadsigns.bulk.stream import Result
from roadsigns.detection.detected import DetectedImage, DetectedSign
from roadsigns.errors import ImageError
from roadsigns.types import SignClass
from roadsigns.wording import percent_shown

__all__ = ["DetectionTableWriter"]

# Four numbers of four digits, the most of nearly all pictures.
BOX_WIDTH, SCORE_WIDTH = 19, 7
# A terminal as wide has room for the runners-up; and the least that a file or a name gets.
ROOMY, NARROWEST = 120, 8
# Of a part of the room that is left, the file's.
FILES_SHARE = 0.4
NONE = "no sign found"


class DetectionTableWriter:
    """A line for each sign, with a header above the first. A picture without signs has a line that says so.

    On a terminal the file stands beside its first sign only, or above it where it is long; in a file or pipe beside
    each, so that lines can be searched.
    """

    def __init__(self, file: IO[str], classes: Sequence[SignClass], *, with_decisions: bool) -> None:
        console = console_on(file)
        self._repeats_name = not console.is_terminal
        self._with_decisions = with_decisions
        self._with_runners_up = console.width >= ROOMY
        self._names = [sign.name for sign in classes]
        widths = [BOX_WIDTH, SCORE_WIDTH, PROBABILITY_WIDTH, *([DECISION_WIDTH] if with_decisions else [])]
        left = console.width - sum(widths) - GAP * (len(widths) + 1 + self._with_runners_up)
        widest = max(round(left * FILES_SHARE) if not self._with_runners_up else left // 3, NARROWEST)
        named = min(longest_name(self._names, NONE), left // 3) if self._with_runners_up else None
        columns = [
            Column("box", BOX_WIDTH, folded=True),
            Column("score", SCORE_WIDTH, "right"),
            *([Column("decision", DECISION_WIDTH)] if with_decisions else []),
            Column("name", named, folded=not self._with_runners_up),
            Column("probability", PROBABILITY_WIDTH, "right"),
            *([Column("runners-up", folded=True)] if self._with_runners_up else []),
        ]
        self._table = RowTable(console, "file", columns, widest=widest, long_above=console.is_terminal)

    def write(self, result: Result[DetectedImage]) -> None:
        """Hold rows back until there are enough for a table."""
        if isinstance(result.outcome, ImageError):
            error = error_of(result.outcome, result.name)
            # Where there is a last column, it is the one with room for a sentence.
            self._add(result.name, name="error" if self._with_runners_up else f"error: {error}", runners_up=error)
        elif not result.outcome.signs:
            self._add(result.name, name=NONE)
        else:
            name = result.name
            for sign in result.outcome.signs:
                self._add_sign(name, sign)
                name = result.name if self._repeats_name else ""

    def close(self) -> None:
        """Show what is held back."""
        self._table.close()

    def _add_sign(self, name: str, sign: DetectedSign) -> None:
        cells = sign_cells(sign.prediction, self._names)
        self._add(
            name,
            box=",".join(str(round(corner)) for corner in sign.box),
            score=percent_shown(sign.score),
            decision=cells.decision,
            probability=cells.probability,
            name=cells.name,
            runners_up=cells.runners_up,
        )

    def _add(
        self,
        path: str,
        *,
        name: str,
        box: str = "",
        score: str = "",
        decision: str = "",
        probability: str = "",
        runners_up: str = "",
    ) -> None:
        decisions = [decision] if self._with_decisions else []
        last = [runners_up] if self._with_runners_up else []
        self._table.add((path, box, score, *decisions, name, probability, *last))
