"""Distillation in a cross-validation: each fold learns from a teacher that has not seen its images either."""

from pathlib import Path

from roadsigns.cross_validation.record import RECORD, CrossRecord, read_record
from roadsigns.errors import RunError
from roadsigns.recipe import Recipe
from roadsigns.training.run_folder import RunFolder

__all__ = ["require_same_folds", "with_teacher_of_fold"]


def require_same_folds(recipe: Recipe, record: CrossRecord) -> None:
    """Check before any training that each fold has a teacher that has not seen its images.

    Args:
        recipe: The recipe of all folds.
        record: Of the cross-validation that learns.

    Raises:
        RunError: If the teacher is a cross-validation with other folds, or one that has not kept all models.
    """
    teacher = _teacher_folder(recipe)
    if teacher is None or (other := read_record(teacher)) is None:
        return
    if other.fold_sha256 != record.fold_sha256:
        raise RunError(
            f"The teacher is a cross-validation with other folds: {other.title}.",
            expected=f"the same images in the same {record.folds} folds: data, --folds, --by and --seed as here",
            subject=str(teacher),
        )
    for fold in range(1, record.folds + 1):
        with_teacher_of_fold(recipe, fold)


def _teacher_folder(recipe: Recipe) -> Path | None:
    """The folder of the cross-validation that teaches; None for any other teacher, or none."""
    folder = Path(recipe.distillation.teacher)
    return folder if recipe.distillation.teacher and (folder / RECORD).is_file() else None


def with_teacher_of_fold(recipe: Recipe, fold: int) -> Recipe:
    """Return the recipe with the model of the same fold as its teacher, where that is a cross-validation's folder.

    Any other teacher stays. One that has seen images of the fold is refused by the training.

    Args:
        recipe: The recipe of all folds.
        fold: Counts from 1.

    Raises:
        RunError: If the cross-validation has not kept the model of this fold.
    """
    folder = _teacher_folder(recipe)
    if folder is None:
        return recipe
    teacher = RunFolder(folder / f"fold-{fold}")
    if not teacher.model.is_file():
        raise RunError(
            f"This cross-validation, the teacher, has no model of fold {fold}.",
            hint="Run it with the same number of folds and --keep-models.",
            subject=str(folder),
        )
    settings = recipe.distillation.model_copy(update={"teacher": str(teacher.path)})
    return recipe.model_copy(update={"distillation": settings})
