"""Distillation in a cross-validation: each fold learns from a teacher that has not seen its images either."""

from pathlib import Path

from roadsigns.cross_validation.record import RECORD
from roadsigns.errors import RunError
from roadsigns.recipe import Recipe
from roadsigns.training.run_folder import RunFolder

__all__ = ["with_teacher_of_fold"]


def with_teacher_of_fold(recipe: Recipe, fold: int) -> Recipe:
    """Return the recipe with the model of the same fold as its teacher, where that is a cross-validation's folder.

    Any other teacher stays. One that has seen images of the fold is refused by the training.

    Args:
        recipe: The recipe of all folds.
        fold: Counts from 1.

    Raises:
        RunError: If the cross-validation has not kept the model of this fold.
    """
    folder = Path(recipe.distillation.teacher)
    if not (recipe.distillation.teacher and (folder / RECORD).is_file()):
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
