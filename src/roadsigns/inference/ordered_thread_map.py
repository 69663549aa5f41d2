"""Work in threads, its results in the order of the jobs."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

__all__ = ["ordered_thread_map"]

Job = TypeVar("Job")
Result = TypeVar("Result")

# For each thread, one that it works on and one that it finds when it is done.
AHEAD = 2


def ordered_thread_map(work: Callable[[Job], Result], jobs: Iterable[Job], *, threads: int) -> Iterator[Result]:
    """Yield `work(job)` of every job, in order, a few jobs ahead of whoever takes the results.

    Args:
        work: Mostly outside the interpreter's lock. What it raises is raised here.
        jobs: Asked for in the calling thread, when there is room.
        threads: How many work.
    """
    remaining = iter(jobs)
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="predict") as pool:
        try:
            waiting.extend(pool.submit(work, job) for job in islice(remaining, AHEAD * threads))
            while waiting:
                result = waiting.popleft().result()
                waiting.extend(pool.submit(work, job) for job in islice(remaining, 1))
                yield result
        finally:
            for future in waiting:
                future.cancel()
