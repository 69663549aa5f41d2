"""The history of a training: a CSV file with a row for each epoch."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from roadsigns.errors import RunError
from roadsigns.files import replace_when_done
from roadsigns.wording import counted, reason

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


def read_history(path: Path, kind: type[Row], *, epochs: int | None = None) -> list[Row]:
    """Read so many epochs of a history back, or all of them; empty where there is none.

    Raises:
        RunError: If the file is damaged, or has fewer epochs.
    """
    rows: list[dict[str, Any]] = [*read_columns(path)]
    if epochs is not None and len(rows) < epochs:
        raise _damaged(path, f"it has {counted(len(rows), 'epoch')} of {epochs}")
    try:
        return [kind(epoch=int(row.pop("epoch")), **row) for row in rows[:epochs]]
    except (KeyError, TypeError) as error:
        raise _damaged(path, "its columns are others") from error


def read_columns(path: Path) -> list[dict[str, float]]:
    """Read the history of whatever training, a number for each column; empty where there is none.

    Raises:
        RunError: If the file is damaged.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(text.splitlines())]
    except FileNotFoundError:
        return []
    except (OSError, csv.Error, ValueError, TypeError) as error:
        # A row that is cut off has no values at its end.
        told = "a row is cut off or too long" if isinstance(error, TypeError) else reason(error)
        raise _damaged(path, told) from error


def _damaged(path: Path, why: str) -> RunError:
    return RunError(
        f"The history is damaged ({why}).", hint="Start again with another --run folder.", subject=str(path)
    )
