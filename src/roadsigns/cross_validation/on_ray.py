"""Folds trained on a Ray cluster: the folds of one cross-validation, or of many at once."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from roadsigns.cross_validation.fold_task import FoldTask
from roadsigns.cross_validation.run import opened_cross_validation
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.distributed.cluster import check_nodes, connected
from roadsigns.distributed.tasks import TaskOutcome, TaskPool, choose_cores
from roadsigns.progress import progress

__all__ = ["Cluster", "cross_validate_on_ray", "train_folds"]


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
    tasks: Sequence[FoldTask], cluster: Cluster, *, unwanted: Callable[[], Collection[FoldTask]] = tuple
) -> Iterator[TaskOutcome[FoldTask]]:
    """Train folds on a cluster, with a bar of their epochs. Yields what became of each, in the order in which they end.

    Args:
        tasks: Started in this order. Their folders are there.
        cluster: Where.
        unwanted: Asked about once a second; the tasks that it returns are ended.

    Raises:
        ClusterError: If the cluster cannot be used.
        MissingExtraError: If Ray is not installed.
    """
    if not tasks:
        return
    cores = cluster.threads and cluster.workers and cluster.threads * cluster.workers
    with connected(cluster.address, cores=cores) as ray:
        check_nodes(ray)
        at_once = min(len(tasks), cluster.workers or len(tasks))
        threads = cluster.threads or choose_cores(ray, at_once, address=cluster.address)
        pool: TaskPool[FoldTask] = TaskPool(ray, cores=threads, at_once=cluster.workers)
        done = sum(task.epochs_done() for task in tasks)
        total = sum(task.epochs for task in tasks) - done
        with progress("Training", total=total, unit="epochs") as advance:

            def look() -> Collection[FoldTask]:
                nonlocal done
                now = sum(ended.get(task, 0) or task.epochs_done() for task in tasks)
                advance(max(0, now - done))
                done = max(done, now)
                return unwanted()

            ended: dict[FoldTask, int] = {}
            for outcome in pool.run(tasks, unwanted=look):
                # Whatever became of it, nothing of it is left to wait for.
                ended[outcome.task] = outcome.task.epochs
                yield outcome
            look()
