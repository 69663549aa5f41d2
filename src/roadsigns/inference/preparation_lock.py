"""A lock around preparation, so that threads do not contend for the interpreter's lock."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["preparation_lock"]

# Preparing a batch of signs takes half of it. Longer work, such as decoding photographs, mostly releases the
# interpreter's lock, and other threads need not wait for it.
MAX_WAIT_SECONDS = 0.005

_lock = threading.Lock()


@contextmanager
def preparation_lock() -> Iterator[None]:
    """Wait until no other thread is in here, for `MAX_WAIT_SECONDS` at most; then continue in any case.

    Preparation is many short calls. Two threads doing it at once hand the interpreter's lock back and forth at every
    call and are hardly faster than one. With this lock, one thread prepares its batch while the other runs the network.
    """
    acquired = _lock.acquire(timeout=MAX_WAIT_SECONDS)
    try:
        yield
    finally:
        if acquired:
            _lock.release()
