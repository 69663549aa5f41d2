"""A map over threads that keeps the order of its jobs and runs only a few of them ahead."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

__all__ = ["ordered_thread_map"]

Job = TypeVar("Job")
Result = TypeVar("Result")

# For each thread, one job that it works on and one that is ready when it is done.
JOBS_PER_THREAD = 2


def ordered_thread_map(function: Callable[[Job], Result], jobs: Iterable[Job], *, threads: int) -> Iterator[Result]:
    """Yield `function(job)` for every job, in order, a few jobs ahead of the consumer.

    Args:
        function: Mostly releases the interpreter's lock. Its exceptions are raised here.
        jobs: Iterated in the calling thread, only as far as there is room.
        threads: How many threads work.
    """
    remaining = iter(jobs)
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="predict") as pool:
        try:
            waiting.extend(pool.submit(function, job) for job in islice(remaining, JOBS_PER_THREAD * threads))
            while waiting:
                result = waiting.popleft().result()
                waiting.extend(pool.submit(function, job) for job in islice(remaining, 1))
                yield result
        finally:
            for future in waiting:
                future.cancel()
