"""Work of which Python lets only one thread do any at a time: in turn, instead of all at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["preparation_lock"]

# A batch of signs takes a third of it. What takes longer, such as decoding photographs, is mostly outside the lock.
PATIENCE = 0.005

_turn = threading.Lock()


@contextmanager
def preparation_lock() -> Iterator[None]:
    """Wait until no other thread is in here, for `PATIENCE` seconds at most.

    Threads that make many short calls hand the interpreter's lock to and fro, and wait for it at each of them: two
    are hardly faster than one. In turn, one prepares its batch while the other computes.
    """
    taken = _turn.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if taken:
            _turn.release()
