"""The training of one fold: its model, and the model's predictions for the images that the fold holds out."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from roadsigns.cross_validation.fold_teacher import with_teacher_of_fold
from roadsigns.cross_validation.left_out.folds import (
    training_data,
    training_recipe,
    with_all_class_ids,
    write_fold_scores,
)
from roadsigns.cross_validation.locks import hold_fold
from roadsigns.cross_validation.predict_images import predict_images
from roadsigns.cross_validation.record import CrossRecord
from roadsigns.cross_validation.resume import can_resume
from roadsigns.cross_validation.store import corrupted_file, fold_file
from roadsigns.datasets.folds import Fold
from roadsigns.datasets.left_out import ClassPartition
from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import Predictions
from roadsigns.evaluation.predictions_csv import write_predictions
from roadsigns.evaluation.probabilities import probabilities_file, write_probabilities
from roadsigns.files import output_errors
from roadsigns.keras_import import import_keras
from roadsigns.recipe import Recipe
from roadsigns.training.open_run import open_run
from roadsigns.training.run_folder import RunFolder
from roadsigns.types import DataSet
from roadsigns.version import __version__
from roadsigns.wording import counted

__all__ = ["FoldTrainer"]

MODEL_IS_KEPT = "The trained model is kept. Free some space, then run the same command again."


@dataclass(frozen=True, slots=True)
class FoldTrainer:
    """Trains folds and predicts their images; holds what all folds of a cross-validation have in common.

    Attributes:
        recipe: The whole recipe.
        name: Of the recipe.
        data: All images.
        out: The folder of the cross-validation.
        record: What lies there.
        corruptions: As in `CrossSettings`.
        partition: Which classes each fold leaves out; None where none is.
        keep_models: As in `CrossSettings`.
        cache_folder: As in `CrossSettings`.
    """

    recipe: Recipe
    name: str
    data: DataSet
    out: Path
    record: CrossRecord
    corruptions: bool
    partition: ClassPartition | None
    keep_models: bool
    cache_folder: Path | None

    def is_finished(self, fold: Fold) -> bool:
        """Whether all predictions of a fold are there."""
        return fold_file(self.out, fold.number).is_file() and not self._needs_corrupted(fold)

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
            if folder.exists() and not self._can_resume(folder, fold):
                shutil.rmtree(folder)
            with open_run(folder, resume=folder.exists(), try_again="run the same command again") as run:
                if not self._train(run, fold):
                    return False
                predictions = predict_images(run.model, fold.split.validation)
                if self._needs_corrupted(fold):
                    self._predict_corrupted(run.model, fold)
            self._write_results(predictions, fold)
            if not self.keep_models:
                shutil.rmtree(folder)
        return True

    def _can_resume(self, folder: Path, fold: Fold) -> bool:
        recipe = with_teacher_of_fold(self.recipe, fold.number)
        return can_resume(folder, recipe=recipe, data=self._training_data(fold)[0], seed=self.record.seed)

    def _training_data(self, fold: Fold) -> tuple[DataSet, Fold]:
        """What a fold trains and validates on."""
        return training_data(self.data, fold, self.partition) if self.partition else (self.data, fold)

    def _predict_corrupted(self, model_file: Path, fold: Fold) -> None:
        assignment = self.record.assignment
        predictions = predict_images(model_file, fold.split.validation, change=assignment.corrupt)
        names = tuple(assignment.corruption_of(row).name for row in predictions.rows)
        self._write_probabilities(predictions, probabilities_file(self.out, fold.number, corrupted=True))
        self._write(
            replace(predictions, corruptions=names),
            corrupted_file(self.out, fold.number),
            f"Fold {fold.number} of {fold.folds}, with corruptions",
        )

    def _write_results(self, predictions: Predictions, fold: Fold) -> None:
        """Write all that a fold leaves. The CSV file comes last: with it the fold is done."""
        if self.partition:
            with output_errors(self.out, MODEL_IS_KEPT):
                write_fold_scores(predictions, fold, self.out)
            predictions = with_all_class_ids(predictions, fold, self.partition, num_classes=len(self.data.classes))
        self._write_probabilities(predictions, probabilities_file(self.out, fold.number))
        self._write(predictions, fold_file(self.out, fold.number), f"Fold {fold.number} of {fold.folds}")

    def _write_probabilities(self, predictions: Predictions, path: Path) -> None:
        if predictions.full is not None:
            with output_errors(path, MODEL_IS_KEPT):
                write_probabilities(predictions.full, path, unknown=predictions.unknown)

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
