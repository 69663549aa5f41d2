"""The history of a training: a CSV file with a row for each epoch."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from roadsigns.files import replace_when_done

__all__ = ["Epoch", "read_columns", "read_history", "write_history"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What the row of every epoch has, whatever is trained. Further columns are numbers too.

    Attributes:
        epoch: Counted from 1.
        learning_rate: At the end of the epoch.
        loss: Mean over the training images.
        seconds: Duration of the epoch.
        waited_seconds: How long of that the network waited for images.
    """

    epoch: int
    learning_rate: float
    loss: float
    seconds: float
    waited_seconds: float


Row = TypeVar("Row", bound=Epoch)


def write_history(history: Sequence[Row], path: Path, kind: type[Row]) -> None:
    """Write a history, the columns in the order of the fields of its kind of row."""
    with replace_when_done(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(kind)])
        writer.writeheader()
        writer.writerows(asdict(line) for line in history)


def read_history(path: Path, kind: type[Row]) -> list[Row]:
    """Read a history back; empty where there is none."""
    rows: list[dict[str, Any]] = [*read_columns(path)]
    return [kind(epoch=int(row.pop("epoch")), **row) for row in rows]


def read_columns(path: Path) -> list[dict[str, float]]:
    """Read the history of whatever training, a number for each column; empty where there is none."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return []
    return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(text.splitlines())]
