"""Work spread over the cores, in processes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from joblib import Parallel, delayed  # type: ignore[import-untyped]

from roadsigns.cpu import available_cores

__all__ = ["over_cores"]

Job = TypeVar("Job")
Result = TypeVar("Result")


def over_cores(work: Callable[[Job], Result], jobs: Sequence[Job], *, parallel: bool) -> Iterator[Result]:
    """Yield `work(job)` of every job, in order.

    Threads would wait for the interpreter's lock here: a drawn sign is a hundred small steps. Joblib's processes start
    in half a second, need no `if __name__ == "__main__"` in the caller, and end with it.

    Args:
        work: A function of a module. What it raises is raised here.
        jobs: Small, for they are sent to the processes.
        parallel: Whether in processes. False for little work, which is then done in this process.
    """
    cores = available_cores()
    if cores == 1 or not parallel:
        yield from map(work, jobs)
        return
    results: Any = Parallel(n_jobs=cores, return_as="generator", batch_size=1)(delayed(work)(job) for job in jobs)
    yield from results
