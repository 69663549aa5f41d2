"""Cross-validation: trains a model for each fold and predicts the images that the fold holds out."""

import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from roadsigns.cross_validation.fold_teacher import require_same_folds
from roadsigns.cross_validation.fold_trainer import FoldTrainer
from roadsigns.cross_validation.left_out.folds import require_both_sides, require_unseen_classes
from roadsigns.cross_validation.record import describe_cross_validation
from roadsigns.cross_validation.resume import begin_cross_validation, forgotten_unless_trained
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.datasets.folds import Fold, FoldUnit, split_folds
from roadsigns.datasets.layouts.table_images import require_outside_of_table
from roadsigns.datasets.left_out import partition_of
from roadsigns.datasets.reader import read_training
from roadsigns.datasets.registry import spec_of
from roadsigns.errors import DataError, RecipeError, RunError
from roadsigns.files import check_output_folder, removed_if_empty
from roadsigns.loading.cache import check_cache_folder
from roadsigns.recipe import Recipe, load_recipe, to_toml
from roadsigns.training.own_code import import_own_code
from roadsigns.training.pretrained import complete_recipe
from roadsigns.training.require_classes import require_classes
from roadsigns.types import DataSet, labelled_image
from roadsigns.wording import counted

__all__ = ["cross_validate", "opened_cross_validation"]


def cross_validate(settings: CrossSettings, *, only_fold: int | None = None) -> bool:
    """Train every fold that is missing, or one of them, and predict its images; see `roadsigns.cross_validation.store`.

    Args:
        settings: What is asked for.
        only_fold: Number of one fold, from 1; None for all.

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
    with opened_cross_validation(settings, only_fold=only_fold) as (trainer, folds):
        return all(trainer.finish(fold) for fold in folds)


@contextmanager
def opened_cross_validation(
    settings: CrossSettings, *, only_fold: int | None = None, data_set: DataSet | None = None
) -> Iterator[tuple[FoldTrainer, list[Fold]]]:
    """Check everything that can be known before a training, and make or open the folder.

    Args:
        settings: What is asked for.
        only_fold: Number of one fold, from 1; None for all.
        data_set: What was read from `settings.data`; None to read it.

    Yields:
        What trains a fold, and the folds that are asked for. The folder is removed again if the block raises before
        there is anything to resume.

    Raises:
        RoadsignsError: See `cross_validate`.
    """
    data, out = settings.data, settings.out
    if settings.leave_classes_out and settings.corruptions:
        raise RunError(
            "Images with corruptions are not predicted where classes are left out.",
            hint="Leave out one of the two.",
            subject=str(out),
        )
    check_output_folder(out, data=data)
    require_outside_of_table(out, data)
    check_cache_folder(settings.cache_folder, data)
    recipe = _recipe(settings)
    data_set = data_set or read_training(data)
    _require_names(data_set, data)
    require_classes(data_set, recipe, data)
    partition = partition_of(spec_of(data_set.classes)) if settings.leave_classes_out else None
    if partition:
        require_unseen_classes(recipe, data_set)
    folds = len(partition.parts) if partition else settings.folds
    by: FoldUnit = "group" if partition else settings.by
    numbered = _folds(data_set, data, folds=folds, by=by, seed=settings.seed)
    if only_fold is not None and not 1 <= only_fold <= folds:
        raise RunError(f"There is no fold {only_fold}.", expected=f"a number from 1 to {folds}")
    chosen = [fold for fold in numbered if only_fold in (None, fold.number)]
    if partition:
        require_both_sides(chosen, partition, data_set, data)
    name = Path(settings.recipe).stem
    asked = describe_cross_validation(
        data_set, numbered, recipe_name=name, recipe=to_toml(recipe), seed=settings.seed, partition=partition
    )
    require_same_folds(recipe, asked)
    with removed_if_empty(out), forgotten_unless_trained(out):
        trainer = FoldTrainer(
            recipe,
            name,
            data_set,
            out,
            begin_cross_validation(out, data, asked),
            settings.corruptions,
            partition,
            settings.keep_models,
            settings.cache_folder,
        )
        trainer.require_corruptible(chosen)
        yield trainer, chosen


def _recipe(settings: CrossSettings) -> Recipe:
    recipe = complete_recipe(load_recipe(settings.recipe, settings.overrides))
    if recipe.is_detector:
        raise RecipeError(
            "A detector is not cross-validated by this command.",
            hint="Train it once for each fold, --set scenes.held_out=1, 2 and so on, and evaluate each run.",
            subject=settings.recipe,
        )
    import_own_code(recipe, settings.recipe)
    return recipe


def _folds(data_set: DataSet, data: Path, *, folds: int, by: FoldUnit, seed: int) -> list[Fold]:
    splits = split_folds(data_set.samples, folds=folds, by=by, seed=seed)
    if by == "group" and all(sample.group is None for sample in data_set.samples):
        warnings.warn(
            f"No track of {data} has a group, so folds by group are the same as folds by track.", stacklevel=4
        )
    return [Fold(number, folds, by, seed, split) for number, split in enumerate(splits, start=1)]


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
