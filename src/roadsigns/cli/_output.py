"""Keeping standard output for a command's result."""

import contextlib
import os
import sys
from collections.abc import Iterator

__all__ = ["result_only_on_stdout"]


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
