"""A sweep: trains every fold of every setting and seed that is missing, on a Ray cluster."""

import contextlib
import logging
import math
from collections.abc import Collection
from pathlib import Path

from roadsigns.cross_validation.fold_task import FoldTask
from roadsigns.cross_validation.on_ray import Cluster, train_folds
from roadsigns.cross_validation.record import RECORD
from roadsigns.cross_validation.resume import forgotten_unless_trained
from roadsigns.cross_validation.run import opened_cross_validation
from roadsigns.datasets.layouts.table_images import require_outside_of_table
from roadsigns.datasets.reader import read_training
from roadsigns.distributed.tasks import TaskOutcome
from roadsigns.errors import RunError
from roadsigns.files import check_output_folder, output_errors, removed_if_empty
from roadsigns.progress import progress
from roadsigns.recipe_tables import TrainingSettings
from roadsigns.sweep.grid import Setting, require_few
from roadsigns.sweep.halving import Halving, can_be_judged
from roadsigns.sweep.settings import SweepSettings
from roadsigns.sweep.stopped import Stopped, forget_stopped, read_stopped, write_stopped
from roadsigns.wording import percent

__all__ = ["run_sweep"]

logger = logging.getLogger(__name__)


def run_sweep(sweep: SweepSettings, cluster: Cluster) -> list[TaskOutcome[FoldTask]]:
    """Train what is missing of a sweep.

    Returns:
        The trainings that failed; the others are finished, or were ended early.

    Raises:
        OutputError: If the folder lies in the data folder, or cannot be written.
        RecipeError: If there are too many settings and seeds.
        RunError: If the folder is a single cross-validation or a run.
        RoadsignsError: What `cross_validate` raises before it trains, and see `train_folds`.
    """
    require_few(len(sweep.grid) * len(sweep.seeds))
    check_output_folder(sweep.out, data=sweep.data)
    require_outside_of_table(sweep.out, sweep.data)
    _refuse_other_folder(sweep.out)
    with contextlib.ExitStack() as stack:
        epochs, missing = _open(sweep, stack)
        if not sweep.halving:
            with output_errors(sweep.out, "Check its permissions."):
                for setting in sweep.grid:
                    forget_stopped(sweep.folder(setting))
        early = _EarlyEnd(sweep, epochs, missing)
        wanted = [task for setting, tasks in missing.items() if setting not in early.stopped for task in tasks]
        # The first training of every setting, then the second ones.
        order = {seed: place for place, seed in enumerate(sweep.seeds)}
        wanted.sort(key=lambda task: (order[task.settings.seed], task.number))
        outcomes = train_folds(wanted, cluster, unwanted=early.look)
        return [outcome for outcome in outcomes if outcome.problem and not outcome.cancelled]


def _refuse_other_folder(out: Path) -> None:
    """Refuse a folder whose files are those of one training or cross-validation: a sweep's are folders of these."""
    for name, kind in ((RECORD, "a single cross-validation"), ("environment.json", "a run")):
        if (out / name).is_file():
            raise RunError(
                f"This is the folder of {kind}: it holds {name}.",
                expected="a new folder, or that of a sweep",
                hint="Choose another folder with --out.",
                subject=str(out),
            )


def _open(
    sweep: SweepSettings, stack: contextlib.ExitStack
) -> tuple[dict[Setting, int], dict[Setting, list[FoldTask]]]:
    """Make or open all folders. Returns how many epochs the trainings of a setting have, and those that are missing."""
    epochs: dict[Setting, int] = {}
    missing: dict[Setting, list[FoldTask]] = {setting: [] for setting in sweep.grid}
    data = read_training(sweep.data)
    with progress("Checking", total=len(sweep.grid) * len(sweep.seeds), unit="settings") as advance:
        for setting, cell in sweep.cells():
            # If nothing is trained because another setting or the cluster cannot be used, nothing stays.
            stack.enter_context(removed_if_empty(cell.out))
            stack.enter_context(forgotten_unless_trained(cell.out))
            with opened_cross_validation(cell, only_fold=sweep.only_fold, data_set=data) as (trainer, folds):
                training = trainer.recipe.training
                unfinished = [fold.number for fold in folds if not trainer.is_finished(fold)]
            if setting not in epochs and sweep.halving:
                _tell_unless_judged(setting, training)
            epochs[setting] = training.epochs
            missing[setting] += [FoldTask(cell, number, epochs[setting]) for number in unfinished]
            advance()
    return epochs, missing


def _tell_unless_judged(setting: Setting, training: TrainingSettings) -> None:
    if not can_be_judged(epochs=training.epochs, validate_every=training.validate_every_epochs):
        logger.info("%s is never ended early: it is not validated before its last epoch.", setting.name)


class _EarlyEnd:
    """Ends poor settings, if that is asked for. A setting is judged by its training with the first seed and fold."""

    def __init__(
        self, sweep: SweepSettings, epochs: dict[Setting, int], missing: dict[Setting, list[FoldTask]]
    ) -> None:
        self._sweep = sweep
        self._missing = missing
        self._first = {
            setting: FoldTask(sweep.cell(setting, sweep.seeds[0]), sweep.only_fold or 1, epochs[setting])
            for setting in sweep.grid
        }
        self._halving: Halving[Setting] = Halving()
        self.stopped = {
            setting: stopped for setting in sweep.grid if (stopped := read_stopped(sweep.folder(setting))) is not None
        }
        # The others are measured by them too. They went on, or were stopped, when they were judged.
        self._tell(judge=False)

    def look(self, _running: Collection[FoldTask]) -> Collection[FoldTask]:
        """Return the trainings of poor settings."""
        if self._sweep.halving:
            self._tell(judge=True)
            for setting, (epoch, error) in self._halving.poor.items():
                if setting not in self.stopped:
                    self._stop(setting, Stopped(epoch, self._first[setting].epochs, error))
        return [task for setting in self.stopped for task in self._missing[setting]]

    def _tell(self, *, judge: bool) -> None:
        for setting, task in self._first.items():
            self._halving.tell(setting, epochs=task.epochs, validated=_validated(task), judge=judge)

    def _stop(self, setting: Setting, stopped: Stopped) -> None:
        folder = self._sweep.folder(setting)
        with output_errors(folder, "Free some space, then run the same command again."):
            write_stopped(stopped, folder)
        self.stopped[setting] = stopped
        logger.info(
            "%s is ended after epoch %d of %d: %s misread, and others did better.",
            setting.name,
            stopped.epoch,
            stopped.epochs,
            percent(stopped.error),
        )


def _validated(task: FoldTask) -> dict[int, float]:
    """Return the validation error, a fraction, after each epoch that was validated."""
    rows = task.history()
    return {
        int(row["epoch"]): 1 - row["validation_accuracy"] for row in rows if not math.isnan(row["validation_accuracy"])
    }
