"""Cross-validation: a training for each fold, whose images it then reads; what it read is all that need stay."""

import contextlib
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from roadsigns.cross_validation.locks import hold_fold
from roadsigns.cross_validation.resume import begin_cross_validation
from roadsigns.cross_validation.store import (
    corrupted_file,
    describe_cross_validation,
    fold_file,
)
from roadsigns.datasets.fingerprint import fingerprint
from roadsigns.datasets.folds import Fold, FoldUnit, split_folds
from roadsigns.datasets.reader import read_training
from roadsigns.errors import ModelError, RunError
from roadsigns.evaluation.evaluate import predict_probabilities
from roadsigns.evaluation.predictions import Predictions, keep_top, write_predictions
from roadsigns.evaluation.probabilities import probabilities_file, write_probabilities
from roadsigns.inference.recognizer import Recognizer
from roadsigns.keras_import import import_keras
from roadsigns.loading.load import load_prepared
from roadsigns.model_files.model_file import read_metadata
from roadsigns.preprocessing.decode import UInt8Image
from roadsigns.recipe import Recipe, load_recipe, to_toml
from roadsigns.robustness.assignment import worsening
from roadsigns.training.pretrained import complete_recipe
from roadsigns.training.run_folder import RunFolder, open_run
from roadsigns.types import DataSet, Sample

__all__ = ["cross_validate"]


def cross_validate(
    data: Path,
    *,
    out: Path,
    recipe: str,
    folds: int = 5,
    by: FoldUnit = "track",
    seed: int = 0,
    overrides: Sequence[str] = (),
    only_fold: int | None = None,
    hard: bool = False,
    keep_models: bool = False,
    cache_folder: Path | None = None,
) -> bool:
    """Train and judge every fold that is not yet there, or one of them; see `roadsigns.cross_validation.store`.

    Args:
        data: A data folder; see `roadsigns.datasets.reader`.
        out: The folder to make, or to go on with.
        recipe: Name of a recipe or path of a .toml file. Its own split is not used.
        folds: How many, at least 2.
        by: What no fold parts.
        seed: Decides folds and training.
        overrides: Such as "training.epochs=5".
        only_fold: Which fold, from 1; None for all.
        hard: Read each image under a hard condition too; see `roadsigns.robustness.corruptions`. A fold that was judged
            without needs its kept model.
        keep_models: Keep the run folder of each fold that is trained now.
        cache_folder: Where decoded images are kept; None for no cache.

    Returns:
        False if Ctrl-C ended it; the same call goes on.

    Raises:
        DataError: If the data cannot be used or split so.
        RecipeError: If the recipe or an override makes no sense.
        RunError: If the folder lies in the data folder, cannot be written, is in use, holds a file that is broken, or
            was begun otherwise; if hard readings are wanted of a model that is gone; or if a loss is no longer a
            number.
        MissingExtraError: If Keras is not installed and a fold is missing.
    """
    wanted = complete_recipe(load_recipe(recipe, overrides))
    data_set = read_training(data)
    splits = split_folds(data_set.samples, folds=folds, by=by, seed=seed)
    numbered = [Fold(number, folds, by, seed, split) for number, split in enumerate(splits, start=1)]
    if only_fold is not None and not 1 <= only_fold <= folds:
        raise RunError(f"There is no fold {only_fold}. There are {folds}, from 1.")
    if by == "group" and all(sample.group is None for sample in data_set.samples):
        warnings.warn(f"No track of {data} has a group: folds by group are those by track.", stacklevel=2)
    name = Path(recipe).stem
    record = describe_cross_validation(data_set, numbered, recipe_name=name, recipe=to_toml(wanted), seed=seed)
    begin_cross_validation(out, data, record)
    order = _Order(wanted, name, data_set, out, seed, hard, keep_models, cache_folder)
    asked = [fold for fold in numbered if only_fold in (None, fold.number)]
    order.require_models(asked)
    return all(order.finish(fold) for fold in asked)


@dataclass(frozen=True, slots=True)
class _Order:
    """What every fold of a cross-validation has in common."""

    recipe: Recipe
    name: str
    data: DataSet
    out: Path
    seed: int
    hard: bool
    keep_models: bool
    cache_folder: Path | None

    def require_models(self, folds: Sequence[Fold]) -> None:
        """See that the models of folds that were judged without hard conditions are there, before anything is trained.

        A network trained anew would not be the one whose predictions stand beside it.
        """
        lacking = [fold.number for fold in folds if self._lacks_hard(fold)]
        runs = {number: RunFolder(self.out / f"fold-{number}") for number in lacking}
        gone = [number for number, run in runs.items() if not (run.is_complete and run.model.is_file())]
        if gone:
            files = ", ".join(str(fold_file(self.out, number)) for number in gone)
            raise RunError(
                f"{self.out} was judged without --hard, and its models are gone. Delete {files} to train "
                f"{'that fold' if len(gone) == 1 else 'these folds'} anew with --hard, or choose another --out folder."
            )

    def _lacks_hard(self, fold: Fold) -> bool:
        done = fold_file(self.out, fold.number).is_file()
        return self.hard and done and not corrupted_file(self.out, fold.number).is_file()

    def finish(self, fold: Fold) -> bool:
        """Train and judge a fold, unless that is done. Returns False if Ctrl-C ended it."""
        file, folder = fold_file(self.out, fold.number), self.out / f"fold-{fold.number}"
        with hold_fold(self.out, fold.number):
            if file.is_file():
                if self._lacks_hard(fold):
                    self._read_hard(RunFolder(folder).model, fold)
                return True
            print(f"Fold {fold.number} of {fold.folds}", file=sys.stderr, flush=True)
            if folder.exists() and not self._goes_on(folder):
                shutil.rmtree(folder)
            with open_run(folder, resume=folder.exists()) as run:
                if not self._train(run, fold):
                    return False
                predictions = predict_images(run.model, fold.split.validation)
                # One that is there is of a former model. The plain file is the last: with it the fold is done.
                if self.hard or corrupted_file(self.out, fold.number).is_file():
                    self._read_hard(run.model, fold)
            _write_full(predictions, probabilities_file(self.out, fold.number))
            _write(predictions, file)
            print(
                f"Fold {fold.number} of {fold.folds}: {int(predictions.wrong.sum())} errors in "
                f"{len(predictions.rows)} images",
                file=sys.stderr,
                flush=True,
            )
            if not self.keep_models:
                shutil.rmtree(folder)
        return True

    def _read_hard(self, model_file: Path, fold: Fold) -> None:
        """Read a fold's images under hard conditions."""
        predictions = predict_images(model_file, fold.split.validation, change=worsening(self.seed))
        _write(predictions, corrupted_file(self.out, fold.number))
        print(
            f"Fold {fold.number} of {fold.folds}, hard conditions: {int(predictions.wrong.sum())} errors in "
            f"{len(predictions.rows)} images",
            file=sys.stderr,
            flush=True,
        )

    def _goes_on(self, folder: Path) -> bool:
        """Whether a fold's run folder, which a kill may have left in any state, can be gone on with."""
        run = RunFolder(folder)
        try:
            import_keras()
            import keras

            from roadsigns.training.precision import choose_precision

            environment = run.read_json("environment.json")
            same = (
                run.read_recipe() == self.recipe
                and environment["seed"] == self.seed
                and environment["data"]["sha256"] == fingerprint(self.data)
                and environment["precision"] == choose_precision(self.recipe.training.precision)
                and environment["backend"] == keras.backend.backend()
            )
            return same and (run.is_complete or run.read_checkpoint() is not None)
        except (RunError, KeyError, TypeError) as error:
            print(f"{folder} cannot be gone on with and starts anew: {error}", file=sys.stderr)
            return False

    def _train(self, run: RunFolder, fold: Fold) -> bool:
        if run.is_complete:
            return True
        run.write_recipe(self.recipe)
        import_keras()
        import keras

        from roadsigns.training.train import train

        figures = train(
            self.recipe, self.data, run, name=self.name, seed=self.seed, cache_folder=self.cache_folder, fold=fold
        )
        # The next fold's network would otherwise come on top of this one's.
        keras.backend.clear_session()
        return bool(figures["complete"])


def predict_images(
    model_file: Path,
    samples: tuple[Sample, ...],
    *,
    change: Callable[[UInt8Image, Sample], UInt8Image] | None = None,
) -> Predictions:
    """Read the signs in samples with a model, from the files: a cache of each fold would hold every image twice.

    Args:
        model_file: The model.
        samples: What to read.
        change: What is done to each image first; see `load_prepared`.

    Raises:
        DataError: If none decodes.
        ModelError: If the model cannot be used.
    """
    preparation = read_metadata(model_file).as_preparation()
    prepared = load_prepared(samples, preparation, cache_folder=None, change=change)
    probabilities = predict_probabilities(Recognizer.load(model_file), prepared.crops)
    if not (probabilities >= 0).all():
        raise ModelError(f"{model_file} answers with values that are no probabilities. Its training went wrong.")
    return keep_top(prepared.samples, probabilities, undecodable=[sample for sample, _ in prepared.problems])


def _write(predictions: Predictions, file: Path) -> None:
    with _told_of_full_disks(file):
        write_predictions(predictions, file)


def _write_full(predictions: Predictions, file: Path) -> None:
    """Before the plain file: with that the fold is done, and nobody would ask for this one."""
    if predictions.full is not None:
        with _told_of_full_disks(file):
            write_probabilities(predictions.full, file)


@contextlib.contextmanager
def _told_of_full_disks(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(
            f"{file} cannot be written: {error.strerror or error}. The trained model is kept: free some space, "
            "then go on with the same command."
        ) from error
