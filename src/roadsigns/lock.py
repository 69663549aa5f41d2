"""A lock file: one process works, others are refused at once."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from roadsigns.errors import RunError

__all__ = ["hold"]


@contextlib.contextmanager
def hold(path: Path, *, taken: RunError) -> Iterator[None]:
    """Hold a lock file until the block ends. The system drops the lock of a process that dies.

    Args:
        path: The file. It exists only while a process holds it.
        taken: The error to raise if another process holds it.

    Raises:
        RunError: If another process holds it.
        OSError: If it cannot be written.
    """
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise taken from error
    try:
        yield
    finally:
        # Removed before it is released: afterwards it may be another process's. filelock refuses a file that has lost
        # its name to a process that had opened it already. Windows cannot remove an open file; it stays, harmlessly.
        with contextlib.suppress(OSError):
            path.unlink()
        lock.release()
