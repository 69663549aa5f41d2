"""Begins a cross-validation in its folder, or resumes one that was begun with the same recipe, data, folds and seed."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from roadsigns.cross_validation.record import RECORD, CrossRecord, read_record, write_record
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.datasets.fingerprint import fingerprint
from roadsigns.errors import RecipeError, RunError
from roadsigns.files import made_folder, output_errors, require_outside
from roadsigns.keras_import import import_keras
from roadsigns.recipe import Recipe, parse_recipe
from roadsigns.training.api import recipe_differences
from roadsigns.training.history import read_history
from roadsigns.training.run_folder import RunFolder
from roadsigns.types import DataSet
from roadsigns.version import __version__
from roadsigns.wording import counted, reason, some

__all__ = ["begin_cross_validation", "can_resume", "forgotten_unless_trained"]


def begin_cross_validation(out: Path, data: Path, record: CrossRecord) -> CrossRecord:
    """Make the folder of a cross-validation, or check that an existing one may be resumed.

    Args:
        out: The folder.
        data: The data folder, in which nothing is written.
        record: Of the requested cross-validation.

    Returns:
        The record of the folder: of one that is resumed its own, whose corruptions may be older.

    Raises:
        OutputError: If the folder lies in the data folder or cannot be written.
        RunError: If it holds something else or a file that is broken, or was begun differently.
    """
    require_outside(out, data, hint="Choose another folder with --out.")
    begun = read_record(out)
    if begun is not None:
        _require_same(out, begun, record)
        read_cross_validation(out, left_out=bool(begun.left_out))
        return begun
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RunError(
            "This already exists and is not a cross-validation.",
            hint="Choose another folder with --out.",
            subject=str(out),
        )
    with output_errors(out, "Choose another folder with --out."), made_folder(out):
        write_record(record, out)
    return record


@contextmanager
def forgotten_unless_trained(out: Path) -> Iterator[None]:
    """Remove the record if the block, which makes it and trains, raises before any fold has left something beside it.

    There is nothing to resume then, and the folder can be used with other options. A record that was there before
    stays: another process may have made it a moment ago, and train by it.
    """
    begun = (out / RECORD).exists()
    try:
        yield
    except BaseException:
        with suppress(OSError):
            if not begun and [file.name for file in out.iterdir()] == [RECORD]:
                (out / RECORD).unlink()
        raise


def can_resume(folder: Path, *, recipe: Recipe, data: DataSet, seed: int) -> bool:
    """Whether training can resume in a fold's run folder, which a kill may have left in any state.

    Args:
        folder: The run folder.
        recipe: By which it is to be trained.
        data: On which.
        seed: Of the training.
    """
    run = RunFolder(folder)
    try:
        import_keras()
        import keras

        from roadsigns.training.optimization.precision import choose_precision

        environment = run.read_json("environment.json")
        same = (
            run.read_recipe() == recipe
            and environment["seed"] == seed
            and environment["data"]["sha256"] == fingerprint(data)
            and environment["precision"] == choose_precision(recipe.training.precision)
            and environment["backend"] == keras.backend.backend()
        )
        return same and (run.is_complete or _has_epochs(run))
    except (RunError, RecipeError) as error:
        # The hint is for `roadsigns train`.
        why = f"{error.subject}: {error.problem}"
    except (KeyError, TypeError) as error:
        why = f"{reason(error)}."
    print(f"{folder} cannot be resumed, so its training starts again. {why}", file=sys.stderr)
    return False


def _has_epochs(run: RunFolder) -> bool:
    """Whether there is an epoch to go on from. Raises a RunError if a file that says so is damaged."""
    # Keras is imported by now.
    from roadsigns.training.loop import EpochMetrics

    checkpoint = run.read_checkpoint()
    return checkpoint is not None and bool(read_history(run.history, EpochMetrics, epochs=checkpoint.epoch))


def _require_same(out: Path, begun: CrossRecord, asked: CrossRecord) -> None:
    differences = []
    if begun.data_sha256 != asked.data_sha256:
        was, now = (f"{one.source} with {counted(sum(one.fold_images), 'image')}" for one in (begun, asked))
        same = "the images, labels or boxes of the data have changed"
        differences.append(same if was == now else f"the data were {was} and are now {now}")
    for key in ("folds", "by", "seed"):
        was, now = getattr(begun, key), getattr(asked, key)
        if was != now:
            differences.append(f"{key} was {was} and is now {now}")
    if begun.left_out != asked.left_out:
        was, now = (f"{one.partition or 'none'}" for one in (begun, asked))
        differences.append(f"the classes left out were {was} and are now {now}")
    if begun.recipe != asked.recipe:
        own, wanted = (parse_recipe(record.recipe, name=f"the recipe of {out}") for record in (begun, asked))
        differences += recipe_differences(own, wanted)
    if not differences and (begun.fold_sha256, begun.classes) != (asked.fold_sha256, asked.classes):
        differences.append("the folds or classes of the data have changed, as happens when tracks are grouped again")
    if differences:
        raise RunError(
            f"This cross-validation was started with other values: {some(differences)}.",
            hint="Use the options that it was started with, or start again in another --out folder.",
            subject=str(out),
        )
    if begun.roadsigns != __version__:
        warnings.warn(
            f"{out} was started with roadsigns {begun.roadsigns}, and this is {__version__}: the remaining folds may "
            "be trained differently.",
            stacklevel=4,
        )
