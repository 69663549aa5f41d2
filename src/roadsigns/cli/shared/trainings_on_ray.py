"""The options of commands that train on a Ray cluster, and how they name the trainings that failed."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from roadsigns.cross_validation.fold_task import FoldTask
    from roadsigns.distributed.tasks import TaskOutcome

__all__ = ["name_failed", "training_cluster_options"]

Command = TypeVar("Command", bound=Callable[..., object])

OPTIONS = (
    click.option(
        "--address",
        metavar="HOST:PORT",
        help="The Ray cluster; auto for the one of which this machine is part.  [default: a local one]",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1),
        help="How many folds are trained at once.  [default: as many as there is room for]",
    ),
    click.option(
        "--threads",
        type=click.IntRange(1),
        help="Cores of each training.  [default: all cores, shared out evenly]",
    ),
)


def training_cluster_options(command: Command) -> Command:
    """Add the options to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def name_failed(outcomes: "Iterable[TaskOutcome[FoldTask]]") -> None:
    """Say which trainings failed, and where they said more."""
    for outcome in outcomes:
        task = outcome.task
        click.echo(f"roadsigns: Not finished: {task.name}. {outcome.problem} Its log: {task.log}", err=True)
