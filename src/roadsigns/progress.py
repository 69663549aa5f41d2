"""Progress for people: a bar with an ETA on a terminal, a plain line every few seconds elsewhere.

Where nothing gets done for a while, there is a line a minute: it shows that the job is alive.

Everything goes to standard error, so that standard output stays a command's result.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

__all__ = ["Advance", "progress"]

SECONDS_BETWEEN_LINES = 10.0
# Where nothing was done since the last line.
SECONDS_BETWEEN_SAME_LINES = 60.0
SECONDS_UNTIL_SHOWN = 2.0


class Advance(Protocol):
    """What `progress` yields: call it with the number of steps done, and perhaps a note such as "loss 0.123"."""

    def __call__(self, steps: int = 1, *, note: str = "") -> None: ...


@contextmanager
def progress(description: str, *, total: int | None, unit: str = "images") -> Iterator[Advance]:
    """Show how far a job of `total` steps is. Shows nothing if it ends within the first two seconds off a terminal.

    Where the total is unknown, None, it shows the speed instead of the time that is left.
    """
    yield from (_bar(description, total, unit) if sys.stderr.isatty() else _lines(description, total, unit))


def _bar(description: str, total: int | None, unit: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeElapsedColumn(),
        *((TextColumn("ETA"), TimeRemainingColumn()) if total is not None else (TaskProgressColumn(show_speed=True),)),
        TextColumn("{task.fields[note]}"),
    )
    # Rich would otherwise send standard output, a command's result, to standard error while the bar is shown.
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=False) as display:
        task = display.add_task(description, total=total, note="")

        def advance(steps: int = 1, *, note: str = "") -> None:
            display.update(task, advance=steps)
            if note:
                display.update(task, note=note)

        yield advance


def _lines(description: str, total: int | None, unit: str) -> Iterator[Advance]:
    start = last = last_step = time.monotonic()
    done, told = 0, -1

    def advance(steps: int = 1, *, note: str = "") -> None:
        nonlocal done, told, last, last_step
        done += steps
        now = time.monotonic()
        last_step = now if steps else last_step
        wait = SECONDS_BETWEEN_SAME_LINES if done == told else SECONDS_BETWEEN_LINES
        if now - last < wait or (total is not None and done >= total):
            return
        last, told = now, done
        if total is None:
            pace = f"{done} {unit}, {done / (now - start):.0f}/s"
        else:
            # Counted from the last step: steps may come minutes apart, and the time between makes none of them slower.
            seconds = (last_step - start) / done * (total - done) - (now - last_step) if done else 0.0
            pace = f"{done}/{total} {unit}" + (f", ETA {seconds:.0f} s" if seconds > 0 else "")
        print(f"{description}: {pace} {note}".rstrip(), file=sys.stderr, flush=True)

    yield advance
    seconds = time.monotonic() - start
    if seconds > SECONDS_UNTIL_SHOWN:
        count = done if total is None else f"{done}/{total}"
        print(f"{description}: {count} {unit} in {seconds:.1f} s", file=sys.stderr, flush=True)
