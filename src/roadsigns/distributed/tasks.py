"""Long tasks, such as trainings, each in a process of its own somewhere on a Ray cluster.

Ray starts as many at once as the cluster has room for. A task that dies, with its process or its machine, is started
again, and finds what it had done so far in its folder.
"""

import contextlib
import logging
import os
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from roadsigns.errors import ClusterError, RoadsignsError
from roadsigns.version import __version__
from roadsigns.wording import counted

__all__ = ["Task", "TaskOutcome", "TaskPool", "choose_cores"]

logger = logging.getLogger(__name__)

# How many processes may die over one task.
DEATHS = 4
SECONDS_BETWEEN_LOOKS = 1.0
# Libraries read them when they are imported. OpenMP's is read by `available_cores` too.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


class Task(Protocol):
    """What is to be done. It is sent to another machine, so it is small, and everything that it names is there too."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    def run(self) -> bool:
        """Do it, or go on with it. Returns False if a signal ended it early."""


TaskType = TypeVar("TaskType", bound=Task)


@dataclass(frozen=True, slots=True)
class TaskOutcome(Generic[TaskType]):
    """What became of a task.

    Attributes:
        task: Which.
        problem: What went wrong, as a sentence; empty if nothing did.
        cancelled: Whether it was ended early, or never started, because the caller wanted so.
    """

    task: TaskType
    problem: str = ""
    cancelled: bool = False


def choose_cores(ray: Any, tasks: int, *, threads: int | None = None, address: str | None) -> int:
    """Return how many cores each of so many tasks gets, at least 1.

    Args:
        ray: The module, connected.
        tasks: How many at once.
        threads: What is asked for; None to share out the cores evenly, so that none is idle.
        address: Of the cluster, for messages.

    Raises:
        ClusterError: If no machine of the cluster has so many cores, or any. A task would wait for one forever.
    """
    cores = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
    if not any(cores):
        raise ClusterError("No machine of the cluster has cores.", hint="See `ray status`.", subject=address)
    if threads is not None:
        if threads > max(cores):
            raise ClusterError(
                f"No machine of the cluster has {counted(threads, 'core')}; the largest has {max(cores)}.",
                hint="Give fewer --threads.",
                subject=address,
            )
        return threads
    return max(1, min(max(cores), sum(cores) // max(1, tasks)))


class TaskPool(Generic[TaskType]):
    """Tasks under way on a cluster."""

    def __init__(self, ray: Any, *, cores: int, at_once: int | None = None) -> None:
        """Prepare a pool.

        Args:
            ray: The module, connected.
            cores: Of each task.
            at_once: The most tasks at once; None for as many as the cluster has room for.
        """
        self._ray = ray
        self._cores = cores
        self._at_once = at_once
        # Each task gets a new process: libraries keep memory, and their numbers of threads, until a process ends.
        self._start = ray.remote(num_cpus=cores, max_calls=1, max_retries=0, scheduling_strategy="SPREAD")(_run)
        self._folder = str(Path.cwd())
        self._running: dict[Any, TaskType] = {}
        self._waiting: deque[TaskType] = deque()
        self._cancelled: set[TaskType] = set()
        self._deaths: Counter[TaskType] = Counter()

    def run(
        self, tasks: Sequence[TaskType], *, look: Callable[[Collection[TaskType]], Collection[TaskType]] = tuple
    ) -> Iterator[TaskOutcome[TaskType]]:
        """Yield what became of each task, in the order in which they end.

        Args:
            tasks: Started in this order.
            look: Called about once a second with the tasks that are under way; those that it returns are ended.
        """
        self._waiting.extend(tasks)
        try:
            while self._waiting or self._running:
                yield from self._cancel(frozenset(look([*self._running.values()])))
                self._submit()
                if self._running:
                    ready, _ = self._ray.wait([*self._running], timeout=SECONDS_BETWEEN_LOOKS)
                    for answer in ready:
                        yield from self._ended(answer)
        finally:
            for answer in self._running:
                self._ray.cancel(answer, force=True)

    def _submit(self) -> None:
        room = len(self._waiting) if self._at_once is None else self._at_once - len(self._running)
        for _ in range(min(room, len(self._waiting))):
            task = self._waiting.popleft()
            self._running[self._start.remote(task, self._cores, self._folder, __version__)] = task

    def _cancel(self, unwanted: frozenset[TaskType]) -> Iterator[TaskOutcome[TaskType]]:
        """End tasks. What they wrote is whole at any time, so they need not be asked."""
        for answer, task in self._running.items():
            if task in unwanted and task not in self._cancelled:
                self._cancelled.add(task)
                self._ray.cancel(answer, force=True)
        dropped = [task for task in self._waiting if task in unwanted]
        self._waiting = deque(task for task in self._waiting if task not in unwanted)
        yield from (TaskOutcome(task, cancelled=True) for task in dropped)

    def _ended(self, answer: Any) -> Iterator[TaskOutcome[TaskType]]:
        task = self._running.pop(answer)
        try:
            finished = self._ray.get(answer)
        except self._ray.exceptions.RayTaskError as error:
            # The task itself raised. A task that was cancelled while it ended may do that too.
            cause = error.cause
            told = str(cause) if isinstance(cause, RoadsignsError) else f"{type(cause).__name__}: {cause}"
            yield TaskOutcome(task, told, cancelled=task in self._cancelled)
        except self._ray.exceptions.RayError as error:
            yield from self._died(task, f"Ray says: {' '.join(str(error).split())[:300]}")
        else:
            if finished:
                yield TaskOutcome(task)
            else:
                yield from self._died(task, "The last was ended by a signal.")

    def _died(self, task: TaskType, told: str) -> Iterator[TaskOutcome[TaskType]]:
        if task in self._cancelled:
            yield TaskOutcome(task, cancelled=True)
            return
        self._deaths[task] += 1
        if self._deaths[task] < DEATHS:
            logger.info("The process of %s was lost. It is started again, and goes on.", task.name)
            self._waiting.appendleft(task)
            return
        yield TaskOutcome(task, f"{counted(DEATHS, 'process')} died over it. {told}")


def _run(task: Task, cores: int, folder: str, version: str) -> bool:
    """Run a task in this process, which is new, in the folder in which the command runs."""
    if version != __version__:
        raise ClusterError(
            f"A machine of the cluster has roadsigns {__version__}, and the one that started this {version}.",
            hint="Install the same version everywhere.",
        )
    # A machine may lack it; then paths that are not absolute are not found, and the task says which.
    with contextlib.suppress(OSError):
        os.chdir(folder)
    for name in THREAD_VARIABLES:
        os.environ[name] = str(cores)
    return task.run()
