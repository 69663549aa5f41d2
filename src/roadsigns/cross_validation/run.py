"""Cross-validation: trains a model for each fold and predicts the images that the fold holds out."""

import shutil
import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from roadsigns.cross_validation.fold_teacher import require_same_folds, with_teacher_of_fold
from roadsigns.cross_validation.left_out.folds import (
    require_unseen_classes,
    training_data,
    training_recipe,
    with_scores_kept,
)
from roadsigns.cross_validation.locks import hold_fold
from roadsigns.cross_validation.predict_images import predict_images
from roadsigns.cross_validation.record import CrossRecord, describe_cross_validation
from roadsigns.cross_validation.resume import begin_cross_validation, can_resume, forgotten_unless_trained
from roadsigns.cross_validation.store import corrupted_file, fold_file
from roadsigns.datasets.folds import Fold, FoldUnit, split_folds
from roadsigns.datasets.left_out import ClassPartition, partition_of
from roadsigns.datasets.reader import read_training
from roadsigns.datasets.registry import spec_of
from roadsigns.errors import DataError, RecipeError, RunError
from roadsigns.evaluation.predictions import Predictions
from roadsigns.evaluation.predictions_csv import write_predictions
from roadsigns.evaluation.probabilities import probabilities_file, write_probabilities
from roadsigns.files import check_output_folder, output_errors, removed_if_empty
from roadsigns.keras_import import import_keras
from roadsigns.loading.cache import check_cache_folder
from roadsigns.recipe import Recipe, load_recipe, to_toml
from roadsigns.training.open_run import open_run
from roadsigns.training.own_code import import_own_code
from roadsigns.training.pretrained import complete_recipe
from roadsigns.training.require_classes import require_classes
from roadsigns.training.run_folder import RunFolder
from roadsigns.types import DataSet, labelled_image
from roadsigns.version import __version__
from roadsigns.wording import counted

__all__ = ["cross_validate"]

MODEL_IS_KEPT = "The trained model is kept. Free some space, then run the same command again."


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
    corruptions: bool = False,
    leave_classes_out: bool = False,
    keep_models: bool = False,
    cache_folder: Path | None = None,
) -> bool:
    """Train every fold that is missing, or one of them, and predict its images; see `roadsigns.cross_validation.store`.

    Args:
        data: A data folder; see `roadsigns.datasets.reader`.
        out: The folder to make or to resume.
        recipe: Name of a recipe or path of a .toml file. Its own split is not used.
        folds: Number of folds, at least 2; not used where classes are left out, which decides it.
        by: What stays together in one fold; groups where classes are left out.
        seed: Random seed of folds, training and corruptions.
        overrides: Such as "training.epochs=5".
        only_fold: Number of one fold, from 1; None for all.
        corruptions: Predict each image with a corruption too; see `roadsigns.robustness.corruptions`. A finished fold
            without these predictions needs its kept model.
        leave_classes_out: Train each fold without a part of the classes, see `roadsigns.datasets.left_out`, and predict
            all of its images: those of these classes are unknown signs.
        keep_models: Keep the run folder of each fold that is trained now.
        cache_folder: Folder of the cache of decoded images; None for no cache.

    Returns:
        False if Ctrl-C ended it; the same call resumes.

    Raises:
        DataError: If the data cannot be used or split so, or have a single class.
        RecipeError: If the recipe or an override is invalid.
        OutputError: If the folder or the cache lies in the data folder, or the folder cannot be written.
        RunError: If the folder is in use, holds a file that is broken, or was begun differently; if corrupted images
            are to be predicted by a model that is gone; or if a loss is no longer a number.
        DataLeakageError: If the model to fine-tune knows classes that are to be left out, or a teacher has seen images
            of the fold. A teacher may be the folder of a cross-validation: each fold then learns from its own model.
        MissingExtraError: If Keras is not installed and a fold is missing.
    """
    check_output_folder(out, data=data)
    check_cache_folder(cache_folder, data)
    wanted = complete_recipe(load_recipe(recipe, overrides))
    if wanted.is_detector:
        raise RecipeError(
            "A detector is not cross-validated by this command.",
            hint="Train it once for each fold, --set scenes.held_out=1, 2 and so on, and evaluate each run.",
            subject=recipe,
        )
    import_own_code(wanted, recipe)
    data_set = read_training(data)
    _require_names(data_set, data)
    require_classes(data_set, wanted, data)
    partition = partition_of(spec_of(data_set.classes)) if leave_classes_out else None
    if partition:
        require_unseen_classes(wanted, data_set)
        folds, by = len(partition.parts), "group"
    splits = split_folds(data_set.samples, folds=folds, by=by, seed=seed)
    numbered = [Fold(number, folds, by, seed, split) for number, split in enumerate(splits, start=1)]
    if only_fold is not None and not 1 <= only_fold <= folds:
        raise RunError(f"There is no fold {only_fold}.", expected=f"a number from 1 to {folds}")
    if by == "group" and all(sample.group is None for sample in data_set.samples):
        warnings.warn(
            f"No track of {data} has a group, so folds by group are the same as folds by track.", stacklevel=2
        )
    name = Path(recipe).stem
    asked = describe_cross_validation(
        data_set, numbered, recipe_name=name, recipe=to_toml(wanted), seed=seed, partition=partition
    )
    require_same_folds(wanted, asked)
    with removed_if_empty(out):
        record = begin_cross_validation(out, data, asked)
        trainer = _FoldTrainer(wanted, name, data_set, out, record, corruptions, partition, keep_models, cache_folder)
        chosen = [fold for fold in numbered if only_fold in (None, fold.number)]
        trainer.require_corruptible(chosen)
        with forgotten_unless_trained(out):
            return all(trainer.finish(fold) for fold in chosen)


def _require_names(data_set: DataSet, data: Path) -> None:
    """Refuse images of one name before any training: predictions are kept by name."""
    counts = Counter(labelled_image(sample).image for sample in data_set.samples)
    name, count = counts.most_common(1)[0]
    if count > 1:
        raise DataError(
            f"{counted(count, 'sign')} in it are called {name}: several signs in one image, or images of one name.",
            expected="one sign in each image, and different names (folder and file), by which predictions are kept",
            hint="Rename the images, or crop the signs into images of their own.",
            subject=str(data),
        )


@dataclass(frozen=True, slots=True)
class _FoldTrainer:
    """Trains folds and predicts their images; holds what all folds of a cross-validation have in common."""

    recipe: Recipe
    name: str
    data: DataSet
    out: Path
    record: CrossRecord
    corruptions: bool
    partition: ClassPartition | None
    keep_models: bool
    cache_folder: Path | None

    def require_corruptible(self, folds: Sequence[Fold]) -> None:
        """Check before any training that images can be corrupted as recorded, and that finished folds have their model.

        A network trained again would not be the one whose other predictions are there.
        """
        needing = [fold.number for fold in folds if self._needs_corrupted(fold)]
        if needing and (unknown := self.record.assignment.unknown):
            names = ", ".join(f"'{name}' version {version}" for name, version in unknown)
            raise RunError(
                f"This cross-validation uses corruptions that roadsigns {__version__} does not have: {names}.",
                hint=f"Use roadsigns {self.record.roadsigns}, or start again in another --out folder.",
                subject=str(self.out),
            )
        finished = [number for number in needing if fold_file(self.out, number).is_file()]
        runs = {number: RunFolder(self.out / f"fold-{number}") for number in finished}
        gone = [str(number) for number, run in runs.items() if not (run.is_complete and run.model.is_file())]
        if gone:
            files = ", ".join(str(fold_file(self.out, int(number))) for number in gone)
            raise RunError(
                f"Finished without --corruptions, and the model was not kept: fold {', '.join(gone)}.",
                hint=f"Move {files} away to train again with --corruptions, or choose another --out folder.",
                subject=str(self.out),
            )

    def _needs_corrupted(self, fold: Fold) -> bool:
        """Whether images with corruptions are to be predicted: for the first time, or again by a new model."""
        exists = corrupted_file(self.out, fold.number).is_file()
        if fold_file(self.out, fold.number).is_file():
            return self.corruptions and not exists
        return self.corruptions or exists

    def finish(self, fold: Fold) -> bool:
        """Train a fold and predict its images, unless that is done. Returns False if Ctrl-C ended it."""
        file, folder = fold_file(self.out, fold.number), self.out / f"fold-{fold.number}"
        with hold_fold(self.out, fold.number):
            if file.is_file():
                if self._needs_corrupted(fold):
                    self._predict_corrupted(RunFolder(folder).model, fold)
                return True
            print(f"Fold {fold.number} of {fold.folds}", file=sys.stderr, flush=True)
            if folder.exists() and not can_resume(
                folder,
                recipe=with_teacher_of_fold(self.recipe, fold.number),
                data=self._training_data(fold)[0],
                seed=self.record.seed,
            ):
                shutil.rmtree(folder)
            with open_run(folder, resume=folder.exists(), try_again="run the same command again") as run:
                if not self._train(run, fold):
                    return False
                predictions = predict_images(run.model, fold.split.validation)
                # The plain file comes last: with it the fold is done.
                if self._needs_corrupted(fold):
                    self._predict_corrupted(run.model, fold)
            if self.partition:
                with output_errors(self.out, MODEL_IS_KEPT):
                    predictions = with_scores_kept(
                        predictions, fold, self.partition, num_classes=len(self.data.classes), out=self.out
                    )
            if predictions.full is not None:
                path = probabilities_file(self.out, fold.number)
                with output_errors(path, MODEL_IS_KEPT):
                    write_probabilities(predictions.full, path, unknown=predictions.unknown)
            self._write(predictions, file, f"Fold {fold.number} of {fold.folds}")
            if not self.keep_models:
                shutil.rmtree(folder)
        return True

    def _training_data(self, fold: Fold) -> tuple[DataSet, Fold]:
        """What a fold trains and validates on."""
        return training_data(self.data, fold, self.partition) if self.partition else (self.data, fold)

    def _predict_corrupted(self, model_file: Path, fold: Fold) -> None:
        assignment = self.record.assignment
        predictions = predict_images(model_file, fold.split.validation, change=assignment.corrupt)
        names = tuple(assignment.corruption_of(row).name for row in predictions.rows)
        self._write(
            replace(predictions, corruptions=names),
            corrupted_file(self.out, fold.number),
            f"Fold {fold.number} of {fold.folds}, with corruptions",
        )

    def _write(self, predictions: Predictions, file: Path, title: str) -> None:
        with output_errors(file, MODEL_IS_KEPT):
            write_predictions(predictions, file)
        errors, images = int(predictions.wrong.sum()), len(predictions.rows)
        what = f"{counted(errors, 'error')} in {counted(images, 'image')}"
        print(f"{title}: {'finished' if self.partition else what}", file=sys.stderr, flush=True)

    def _train(self, run: RunFolder, fold: Fold) -> bool:
        if run.is_complete:
            return True
        recipe = with_teacher_of_fold(self.recipe, fold.number)
        run.write_recipe(recipe)
        import_keras()
        import keras

        from roadsigns.training.train import run_training

        data, fold = self._training_data(fold)
        result = run_training(
            training_recipe(recipe, self.data) if self.partition else recipe,
            data,
            run,
            name=self.name,
            seed=self.record.seed,
            cache_folder=self.cache_folder,
            fold=fold,
        )
        # Keras would otherwise keep this network in memory beside the next fold's.
        keras.backend.clear_session()
        return result.complete
