"""Folds trained on a Ray cluster: the folds of one cross-validation, or of many at once."""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from roadsigns.cpu import available_cores
from roadsigns.cross_validation.fold_task import FoldTask
from roadsigns.cross_validation.run import opened_cross_validation
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.distributed.cluster import check_nodes, connected
from roadsigns.distributed.tasks import TaskOutcome, TaskPool, choose_cores
from roadsigns.progress import progress

__all__ = ["Cluster", "cross_validate_on_ray", "train_folds"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where folds are trained.

    Attributes:
        address: Of the cluster; None for a local one.
        workers: How many folds are trained at once; None for as many as there is room for.
        threads: Cores of each training; None to share all cores out evenly.
    """

    address: str | None = None
    workers: int | None = None
    threads: int | None = None


def cross_validate_on_ray(
    settings: CrossSettings, cluster: Cluster, *, only_fold: int | None = None
) -> list[TaskOutcome[FoldTask]]:
    """Train every fold that is missing, or one of them, on a cluster.

    Returns:
        The folds that failed.

    Raises:
        RoadsignsError: What `cross_validate` raises before it trains, and see `train_folds`.
    """
    with opened_cross_validation(settings, only_fold=only_fold) as (trainer, folds):
        epochs = trainer.recipe.training.epochs
        tasks = [FoldTask(settings, fold.number, epochs) for fold in folds if not trainer.is_finished(fold)]
        return [outcome for outcome in train_folds(tasks, cluster) if outcome.problem]


def train_folds(
    tasks: Sequence[FoldTask],
    cluster: Cluster,
    *,
    unwanted: Callable[[Collection[FoldTask]], Collection[FoldTask]] = lambda _: (),
) -> Iterator[TaskOutcome[FoldTask]]:
    """Train folds on a cluster, with a bar of their epochs. Yields what became of each, in the order in which they end.

    Args:
        tasks: Started in this order. Their folders are there.
        cluster: Where.
        unwanted: Called about once a second with the tasks that are under way; those that it returns are ended.

    Raises:
        ClusterError: If the cluster cannot be used.
        MissingExtraError: If Ray is not installed.
    """
    if not tasks:
        return
    at_once = min(len(tasks), cluster.workers or len(tasks))
    with connected(cluster.address, cores=_local_cores(cluster, at_once)) as ray:
        check_nodes(ray)
        threads = choose_cores(ray, at_once, threads=cluster.threads, address=cluster.address)
        pool: TaskPool[FoldTask] = TaskPool(ray, cores=threads, at_once=cluster.workers)
        epochs = _Epochs(tasks)
        logger.info(
            "What a training does before its first epoch, such as drawing signs, is in its log: %s", tasks[0].log
        )
        with progress("Training", total=epochs.left, unit="epochs") as advance:

            def look(running: Collection[FoldTask]) -> Collection[FoldTask]:
                advance(epochs.read(running))
                return unwanted(running)

            for outcome in pool.run(tasks, look=look):
                advance(epochs.end(outcome.task))
                yield outcome


def _local_cores(cluster: Cluster, at_once: int) -> int:
    """Return how many cores a local cluster counts: as many as are asked for, even if the machine has fewer."""
    if cluster.workers and cluster.threads:
        return at_once * cluster.threads
    return max(available_cores(), cluster.threads or 1, at_once if cluster.workers else 1)


class _Epochs:
    """How many epochs are done, as the run folders say."""

    def __init__(self, tasks: Sequence[FoldTask]) -> None:
        self._done = {task: len(task.history()) for task in tasks}
        self.left = sum(task.epochs - done for task, done in self._done.items())

    def read(self, running: Collection[FoldTask]) -> int:
        """Return how many have been done since the last look."""
        return sum(self._advance(task, len(task.history())) for task in running)

    def end(self, task: FoldTask) -> int:
        """Return how many are left of a task for which nobody waits any more, whatever became of it."""
        return self._advance(task, task.epochs)

    def _advance(self, task: FoldTask, done: int) -> int:
        # A training that starts again has fewer for a while.
        new = max(0, done - self._done[task])
        self._done[task] += new
        return new
