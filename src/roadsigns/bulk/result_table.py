"""Predictions as a table for the terminal."""

from collections.abc import Sequence
from typing import IO

from roadsigns.bulk.fields import error_of
from roadsigns.bulk.row_table import GAP, Column, RowTable, console_on
from roadsigns.bulk.sign_cells import DECISION_WIDTH, PROBABILITY_WIDTH, longest_name, sign_cells
from roadsigns.bulk.stream import Result
from roadsigns.errors import ImageError
from roadsigns.inference.prediction import Prediction
from roadsigns.types import SignClass
from roadsigns.wording import known_score_shown

__all__ = ["TableWriter"]

# Four numbers of four digits.
BOX_WIDTH = 19
CLASS_WIDTH = 5
KNOWN_SCORE = "known score"
# A terminal as wide has room for the known score; and the least that a file or a name gets.
ROOMY, NARROWEST = 100, 8


class TableWriter:
    """A line for each prediction, with a header above the first.

    In a terminal long names are folded; in a file or pipe one image stays one line.
    """

    def __init__(
        self,
        file: IO[str],
        classes: Sequence[SignClass],
        *,
        with_boxes: bool,
        with_decisions: bool,
        below_unknown: str = "",
    ) -> None:
        """Begin a table.

        Args:
            file: Where to write it.
            classes: In label order.
            with_boxes: Whether images may have boxes.
            with_decisions: Whether the model decides.
            below_unknown: What to write below a table with an unknown sign.
        """
        console = console_on(file)
        self._console = console
        self._below_unknown, self._has_unknown = below_unknown, False
        width = console.width
        self._with_known = with_decisions and width >= ROOMY
        self._with_boxes = with_boxes
        self._with_decisions = with_decisions
        self._names = [sign.name for sign in classes]
        # The last column, with candidates and errors, has at least as much room as files and names.
        extra = ((DECISION_WIDTH, with_decisions), (len(KNOWN_SCORE), self._with_known), (BOX_WIDTH, with_boxes))
        widths = [CLASS_WIDTH, PROBABILITY_WIDTH, *(one for one, is_shown in extra if is_shown)]
        taken = sum(widths) + GAP * (len(widths) + 2)
        widest = min(max((width - taken) // 3, NARROWEST), width // 4)
        columns = [
            *([Column("box", BOX_WIDTH, folded=True)] if with_boxes else []),
            Column("class", CLASS_WIDTH, "right"),
            Column("name", min(longest_name(self._names), widest)),
            Column("probability", PROBABILITY_WIDTH, "right"),
            *([Column("decision", DECISION_WIDTH)] if with_decisions else []),
            *([Column(KNOWN_SCORE, len(KNOWN_SCORE), "right")] if self._with_known else []),
            Column("runners-up", folded=True),
        ]
        self._table = RowTable(console, "file", columns, widest=widest)

    def write(self, result: Result[Prediction]) -> None:
        """Hold a row back until there are enough for a table."""
        class_id, name, probability, decision, known, runners_up = self._cells(result)
        box = [",".join(map(str, result.box or ()))] if self._with_boxes else []
        decisions = [*([decision] if self._with_decisions else []), *([known] if self._with_known else [])]
        self._table.add((result.name, *box, class_id, name, probability, *decisions, runners_up))

    def close(self) -> None:
        """Show what is held back."""
        self._table.close()
        if self._has_unknown and self._below_unknown:
            self._console.print(self._below_unknown, highlight=False, markup=False)

    def _cells(self, result: Result[Prediction]) -> tuple[str, str, str, str, str, str]:
        """Return class, name, probability, decision, known score and runners-up."""
        if isinstance(result.outcome, ImageError):
            return "", "error", "", "", "", error_of(result.outcome, result.name)
        self._has_unknown |= result.outcome.decision == "unknown"
        score = result.outcome.known_score
        known = "" if score is None else known_score_shown(score)
        cells = sign_cells(result.outcome, self._names)
        return cells.class_id, cells.name, cells.probability, cells.decision, known, cells.runners_up
