"""Standard output: kept for a command's result, in any encoding, and perhaps closed, full or without a reader."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["discard_stdout", "make_stdout_lenient", "result_only_on_stdout"]


@contextlib.contextmanager
def result_only_on_stdout() -> Iterator[None]:
    """Redirect everything that the block prints to standard error, the output of C libraries included."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:
        # Standard output is closed already: nothing can be written to it.
        yield
        return
    try:
        with contextlib.redirect_stdout(sys.stderr):
            os.dup2(2, 1)
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def make_stdout_lenient() -> None:
    """Let standard output take any text: what its encoding lacks is escaped, as "\\u2026". Closed, it drops all."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open to the end of the process
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def discard_stdout() -> bool:
    """Write what standard output holds back; where that fails, drop it and all that follows.

    Python would try again at its end, and print a traceback. Returns whether it failed.
    """
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        return True
    return False
