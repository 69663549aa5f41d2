"""Micro-batching: items that arrive together are computed together, in threads, with a bounded wait and queue."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future as LaterResult
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

__all__ = ["Batcher", "LaterResult", "QueueFullError"]

Item = TypeVar("Item")
Result = TypeVar("Result")

# While one batch is in the network, the next is decoded.
THREADS = 2
# The shortest and longest Retry-After; the estimate between them is rough.
MIN_RETRY, MAX_RETRY = 1, 60
# Weight of the latest batch in the moving average of the time per item.
PACE_WEIGHT = 0.2


class QueueFullError(Exception):
    """The queue has no room for so many more items.

    Attributes:
        retry_seconds: In how many seconds there will probably be room.
    """

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(f"The queue is full. Try again in {retry_seconds} s.")
        self.retry_seconds = retry_seconds


@dataclass(slots=True)
class _Entry(Generic[Item, Result]):
    item: Item
    result: "asyncio.Future[Result]"


class Batcher(Generic[Item, Result]):
    """Collects the items of many requests into batches. Belongs to one event loop; only `compute` runs in threads.

    Args:
        compute: Maps a batch to as many results, in a thread; several calls may run at once. A result may be a
            `LaterResult`, which is awaited without holding up the rest of the batch.
        largest: Largest batch.
        wait_seconds: How long the first item of a batch waits for others while a thread is idle.
        limit: Most items that may wait or be computed.
        observe: Called with the size of each batch.
    """

    def __init__(
        self,
        compute: Callable[[list[Item]], Sequence[Result | LaterResult[Result]]],
        *,
        largest: int,
        wait_seconds: float,
        limit: int,
        observe: Callable[[int], None] = lambda size: None,
    ) -> None:
        self._compute = compute
        self._largest = largest
        self._wait_seconds = wait_seconds
        self._limit = limit
        self._observe = observe
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="batch")
        self._free = THREADS
        self._waiting: deque[_Entry[Item, Result]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._unanswered = 0
        self._item_seconds = 0.0

    @property
    def unanswered(self) -> int:
        """How many items have no result yet."""
        return self._unanswered

    @property
    def full(self) -> bool:
        """Whether there is no room for even one item."""
        return self._unanswered >= self._limit

    @property
    def retry_seconds(self) -> int:
        """In how many seconds there will probably be room."""
        seconds = math.ceil(self._unanswered * self._item_seconds / THREADS)
        return min(max(seconds, MIN_RETRY), MAX_RETRY)

    def submit(self, items: Sequence[Item]) -> "list[asyncio.Future[Result]]":
        """Queue all items or none. An item whose future is cancelled is not computed.

        Raises:
            QueueFullError: If there is no room for all of them.
        """
        if self._unanswered + len(items) > self._limit:
            raise QueueFullError(self.retry_seconds)
        loop = asyncio.get_running_loop()
        entries = [_Entry[Item, Result](item, loop.create_future()) for item in items]
        self._unanswered += len(entries)
        for entry in entries:
            entry.result.add_done_callback(self._answered)
        self._waiting.extend(entries)
        self._consider()
        return [entry.result for entry in entries]

    async def close(self) -> None:
        """Finish the queued items and end the threads."""
        while self._unanswered:
            await asyncio.sleep(0.01)
        self._pool.shutdown()

    def _answered(self, result: "asyncio.Future[Result]") -> None:
        self._unanswered -= 1

    def _consider(self) -> None:
        """Start full batches now, and the rest when its wait is over."""
        while self._free and len(self._waiting) >= self._largest:
            self._start()
        if self._free and self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._wait_seconds, self._wait_is_over)

    def _wait_is_over(self) -> None:
        self._timer = None
        if self._free and self._waiting:
            self._start()

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch: list[_Entry[Item, Result]] = []
        while self._waiting and len(batch) < self._largest:
            entry = self._waiting.popleft()
            if not entry.result.done():
                batch.append(entry)
        if not batch:
            return
        self._free -= 1
        self._observe(len(batch))
        running = asyncio.get_running_loop().run_in_executor(self._pool, self._compute, [e.item for e in batch])
        running.add_done_callback(partial(self._finish, batch, time.monotonic()))

    def _finish(
        self,
        batch: list[_Entry[Item, Result]],
        started: float,
        running: "asyncio.Future[Sequence[Result | LaterResult[Result]]]",
    ) -> None:
        self._free += 1
        pace = (time.monotonic() - started) / len(batch)
        self._item_seconds += PACE_WEIGHT * (pace - self._item_seconds)
        fault = running.exception()
        results = [None] * len(batch) if fault else running.result()
        for entry, result in zip(batch, results, strict=True):
            if isinstance(result, LaterResult):
                asyncio.wrap_future(result).add_done_callback(partial(_pass_on, entry.result))
                entry.result.add_done_callback(partial(_give_up, result))
            elif entry.result.done():
                continue
            elif fault:
                entry.result.set_exception(fault)
            else:
                entry.result.set_result(result)  # type: ignore[arg-type]  # None only beside a fault
        # Items that arrived during the batch have waited long enough.
        if self._waiting and self._free:
            self._start()


def _give_up(later: LaterResult[Result], answered: "asyncio.Future[Result]") -> None:
    """Cancel what nobody waits for any more, unless it is being computed or done."""
    later.cancel()


def _pass_on(target: "asyncio.Future[Result]", source: "asyncio.Future[Result]") -> None:
    if target.done():
        # Retrieved all the same, so that asyncio does not report it as never retrieved.
        _ = source.cancelled() or source.exception()
    elif (fault := source.exception()) is not None:
        target.set_exception(fault)
    else:
        target.set_result(source.result())
