"""Work done ahead in a thread, while the caller uses what is ready."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["Waiting", "made_ahead"]

# How many things are made ahead.
PREFETCH = 2

Thing = TypeVar("Thing")


@dataclass(slots=True)
class Waiting:
    """Where the time went.

    Attributes:
        waited_seconds: How long the caller has waited in total.
        making_seconds: CPU time of the thread beside the caller in total.
    """

    waited_seconds: float = 0.0
    making_seconds: float = 0.0


def made_ahead(make: Callable[[], Iterator[Thing]], waiting: Waiting) -> Generator[Thing, None, None]:
    """Yield what an iterator makes, which runs in a thread and stays a little ahead.

    Close the generator when stopping early, so that the thread ends. An error of the iterator is raised here.

    Args:
        make: Called in the thread.
        waiting: Is added to.
    """
    made: queue.Queue[tuple[Thing] | BaseException | None] = queue.Queue(PREFETCH)
    stop = threading.Event()
    maker = threading.Thread(target=_fill, args=(make, made, stop, waiting), daemon=True)
    maker.start()
    try:
        while True:
            start = time.perf_counter()
            item = made.get()
            waiting.waited_seconds += time.perf_counter() - start
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    finally:
        stop.set()
        # The thread may be waiting for room in the queue.
        while maker.is_alive():
            with contextlib.suppress(queue.Empty):
                made.get(timeout=0.05)


def _fill(
    make: Callable[[], Iterator[Thing]],
    made: "queue.Queue[tuple[Thing] | BaseException | None]",
    stop: threading.Event,
    waiting: Waiting,
) -> None:
    try:
        things = make()
        while not stop.is_set():
            busy = time.thread_time()
            thing = next(things, None)
            waiting.making_seconds += time.thread_time() - busy
            made.put(None if thing is None else (thing,))
            if thing is None:
                return
    except BaseException as error:  # Raised by the caller
        made.put(error)
