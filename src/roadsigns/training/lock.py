"""A lock file: one process works, others are refused at once."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from roadsigns.errors import RunError

__all__ = ["hold"]


@contextlib.contextmanager
def hold(path: Path, *, taken: str) -> Iterator[None]:
    """Hold a lock file until the block ends. The system drops the lock of a process that dies.

    Args:
        path: The file. It is there only while somebody holds it.
        taken: What to say to whoever comes second.

    Raises:
        RunError: If another process holds it.
        OSError: If it cannot be written.
    """
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise RunError(taken) from error
    try:
        yield
    finally:
        # Removed before it is let go: afterwards it may be another process's. Who had opened it already is refused by
        # filelock, since it has no name any more. Windows removes no open file; it stays, and does no harm.
        with contextlib.suppress(OSError):
            path.unlink()
        lock.release()
