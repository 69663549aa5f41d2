"""Results as a table for the terminal."""

from collections.abc import Sequence
from typing import IO, Any

from roadsigns.bulk.fields import error_of
from roadsigns.bulk.stream import Result
from roadsigns.errors import ImageError
from roadsigns.printable import printable
from roadsigns.types import SignClass
from roadsigns.wording import percent, some

__all__ = ["TableWriter"]

# Rows shown together: a table needs them all before its first line, and must not wait for a long run's end.
ROWS = 256
# A path has at most 4,096 characters on Linux.
UNFOLDED_WIDTH = 20_000
# Four numbers of four digits.
BOX_WIDTH = 19
CLASS_WIDTH, PROBABILITY_WIDTH, DECISION_WIDTH, KNOWN_WIDTH = 5, 11, 9, 8
# Rich's, between two columns.
GAP = 2
# A terminal as wide has room for the known score; and the least that a file or a name gets.
ROOMY, NARROWEST = 100, 8
# By the kinds of unknown.
UNKNOWN_NAMES = {
    "prohibition": "another prohibition",
    "danger": "another danger sign",
    "mandatory": "another mandatory sign",
    "other sign": "another sign",
    "no sign": "no sign",
}


class TableWriter:
    """A line for each result, with a header above the first.

    In a terminal long names are folded; in a file or pipe one image stays one line.
    """

    def __init__(self, file: IO[str], classes: Sequence[SignClass], *, with_boxes: bool, with_decisions: bool) -> None:
        from rich.console import Console

        self._console = Console(file=file)
        if not self._console.is_terminal:
            self._console.width = UNFOLDED_WIDTH
        width = self._console.width
        self._with_known = with_decisions and width >= ROOMY
        # The last column, with candidates and errors, has at least as much room as files and names.
        extra = ((DECISION_WIDTH, with_decisions), (KNOWN_WIDTH, self._with_known), (BOX_WIDTH, with_boxes))
        widths = [CLASS_WIDTH, PROBABILITY_WIDTH, *(one for one, is_shown in extra if is_shown)]
        taken = sum(widths) + GAP * (len(widths) + 2)
        self._widest = min(max((width - taken) // 3, NARROWEST), width // 4)
        self._name_width = min(max(len(sign.name) for sign in classes), self._widest)
        # It grows with the names.
        self._file_width = 0
        self._with_boxes = with_boxes
        self._with_decisions = with_decisions
        self._names = [sign.name for sign in classes]
        self._first = True
        self._held: list[tuple[str, ...]] = []

    def write(self, result: Result) -> None:
        """Hold a row back until there are enough for a table."""
        class_id, name, probability, decision, known, runners_up = _cells(result, self._names)
        box = [",".join(map(str, result.box or ()))] if self._with_boxes else []
        decisions = [*([decision] if self._with_decisions else []), *([known] if self._with_known else [])]
        cells = (result.name, *box, class_id, name, probability, *decisions, runners_up)
        self._held.append(tuple(map(printable, cells)))
        if len(self._held) == ROWS:
            self._show()

    def close(self) -> None:
        """Show what is held back."""
        if self._held:
            self._show()
        self._console.file.flush()

    def _show(self) -> None:
        from rich.table import Table
        from rich.text import Text

        longest = max(len(row[0]) for row in self._held)
        self._file_width = min(max(self._file_width, longest), self._widest)
        table = Table(box=None, show_header=self._first, header_style="bold", pad_edge=False)
        table.add_column("file", width=self._file_width, overflow="fold")
        if self._with_boxes:
            table.add_column("box", width=BOX_WIDTH, overflow="fold")
        table.add_column("class", width=CLASS_WIDTH, justify="right")
        table.add_column("name", width=self._name_width)
        table.add_column("probability", width=PROBABILITY_WIDTH, justify="right")
        if self._with_decisions:
            table.add_column("decision", width=DECISION_WIDTH)
        if self._with_known:
            table.add_column("known", width=KNOWN_WIDTH, justify="right")
        table.add_column("runners-up", overflow="fold")
        for row in self._held:
            table.add_row(*map(Text, row))
        self._console.print(table)
        self._held.clear()
        self._first = False


def _cells(result: Result, names: list[str]) -> tuple[str, str, str, str, str, str]:
    """Return class, name, probability, decision, known score and runners-up."""
    if isinstance(result.outcome, ImageError):
        return "", "error", "", "", "", error_of(result.outcome, result.name)
    prediction = result.outcome.as_dict()
    known = "" if prediction["known_score"] is None else _percent(prediction["known_score"])
    if prediction["decision"] == "unknown":
        # Nothing that reads like the name of the sign.
        return (
            "",
            UNKNOWN_NAMES[prediction["unknown_kind"]],
            "",
            "unknown",
            known,
            f"nearest: {_listed(prediction['top_k'])}",
        )
    runners_up = _listed(prediction["top_k"][1:])
    if prediction["decision"] == "uncertain":
        # The promise is for all of them, however many are asked for; the rest of a long list stands in the JSON.
        runners_up = f"or: {some([names[class_id] for class_id in prediction['candidates'][1:]])}"
    return (
        str(prediction["class_id"]),
        prediction["name"],
        _percent(prediction["probability"]),
        prediction["decision"] or "",
        known,
        runners_up,
    )


def _listed(entries: list[dict[str, Any]]) -> str:
    return ", ".join(f"{entry['name']} {_percent(entry['probability'])}" for entry in entries)


def _percent(probability: float) -> str:
    """Format a probability; a softmax gives no class exactly 0, so none is shown as 0."""
    text = percent(probability)
    return f"< {percent(0.0001)}" if text == percent(0) else text
