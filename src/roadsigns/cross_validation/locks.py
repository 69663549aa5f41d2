"""One process trains a fold; others may train other folds in the same folder at the same time."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from roadsigns.errors import RunError

__all__ = ["hold_fold"]


@contextlib.contextmanager
def hold_fold(out: Path, number: int) -> Iterator[None]:
    """Hold a fold of a cross-validation's folder against other processes.

    Raises:
        RunError: If the folder cannot be written, or another process holds the fold.
    """
    path = out / f".fold-{number}.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise RunError(f"The folder {out} cannot be written: {error.strerror}. Check its permissions.") from error
    try:
        # The system drops the lock when the process ends, however it ends.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise RunError(
            f"Another process is training fold {number} of {out}. Wait for it, or choose another with --only-fold."
        ) from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)
