"""What is kept of a setting that was ended early: stopped.json in its folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from roadsigns.errors import RunError
from roadsigns.files import replace_when_done
from roadsigns.wording import reason

__all__ = ["Stopped", "forget_stopped", "read_stopped", "write_stopped"]

FILE = "stopped.json"


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a setting was ended.

    Attributes:
        epoch: After which epoch of its first training, counted from 1.
        epochs: How many that was to have.
        error: Its validation error then, a fraction.
    """

    epoch: int
    epochs: int
    error: float


def write_stopped(stopped: Stopped, folder: Path) -> None:
    """Write the file into the folder of a setting.

    Raises:
        OSError: If it cannot be written.
    """
    with replace_when_done(folder / FILE) as temporary:
        temporary.write_text(json.dumps(asdict(stopped)) + "\n", encoding="utf-8")


def read_stopped(folder: Path) -> Stopped | None:
    """Read the file; None where there is none.

    Raises:
        RunError: If it cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        return _parse(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise RunError(
            f"The file cannot be read: {reason(error)}.",
            hint="Remove it: the setting is then trained.",
            subject=str(path),
        ) from error


def _parse(values: dict[str, Any]) -> Stopped:
    stopped = Stopped(**values)
    if not (type(stopped.epoch) is type(stopped.epochs) is int and isinstance(stopped.error, int | float)):
        raise TypeError
    if not (1 <= stopped.epoch <= stopped.epochs and 0 <= stopped.error <= 1):
        raise ValueError("a value is out of range")
    return stopped


def forget_stopped(folder: Path) -> None:
    """Remove the file, so that the setting is trained to its end.

    Raises:
        OSError: If it cannot be removed.
    """
    (folder / FILE).unlink(missing_ok=True)
