"""A map over threads that keeps the order of its jobs and runs only a few of them ahead."""

import os
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
FORKED = "This iterator was begun before the process was forked. Begin another in the child."


def ordered_thread_map(function: Callable[[Job], Result], jobs: Iterable[Job], *, threads: int) -> Iterator[Result]:
    """Yield `function(job)` for every job, in order, a few jobs ahead of the consumer.

    Args:
        function: Mostly releases the interpreter's lock. Its exceptions are raised here.
        jobs: Iterated in the calling thread, only as far as there is room.
        threads: How many threads work.

    Raises:
        RuntimeError: In a process that is forked while the results are iterated: the threads are not copied.
    """
    remaining = iter(jobs)
    process = os.getpid()
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="predict") as pool:
        try:
            waiting.extend(pool.submit(function, job) for job in islice(remaining, JOBS_PER_THREAD * threads))
            while waiting:
                if process != os.getpid():
                    raise RuntimeError(FORKED)
                result = waiting.popleft().result()
                waiting.extend(pool.submit(function, job) for job in islice(remaining, 1))
                yield result
        finally:
            for future in waiting:
                future.cancel()
