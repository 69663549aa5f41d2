"""Folds that leave classes out: what they train on, and what their predictions are called."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from roadsigns.cross_validation.left_out.scores_file import scores_file, write_scores
from roadsigns.datasets.folds import Fold
from roadsigns.datasets.left_out import ClassPartition, kept_classes, without_classes
from roadsigns.datasets.registry import known_spec
from roadsigns.errors import DataError, DataLeakageError
from roadsigns.evaluation.predictions import Predictions
from roadsigns.evaluation.rejection.scores import NetworkOutputs, available_scores
from roadsigns.model_files.model_file import find_model, read_metadata
from roadsigns.recipe import Recipe
from roadsigns.synthesis.negatives.catalogue import signs_called
from roadsigns.types import DataSet
from roadsigns.wording import counted, some

__all__ = [
    "require_both_sides",
    "require_unseen_classes",
    "training_data",
    "training_recipe",
    "with_all_class_ids",
    "write_fold_scores",
]


def require_unseen_classes(recipe: Recipe, data: DataSet) -> None:
    """Refuse to fine-tune a model that knows classes which are to be left out: they would be no unknown signs.

    Raises:
        DataLeakageError: If it, or a model that it was fine-tuned from, has a class of that name.
    """
    if not recipe.model.init:
        return
    metadata = read_metadata(find_model(recipe.model.init))
    seen = {sign.name for sign in metadata.classes}.union(*(ancestor.classes for ancestor in metadata.ancestors))
    if known := [sign.name for sign in data.classes if sign.name in seen]:
        raise DataLeakageError(
            f"The model to fine-tune knows {counted(len(known), 'class')} that are to be left out, such as "
            f"'{known[0]}'.",
            hint="Train from random weights, or fine-tune a model that was trained on other classes.",
            subject=recipe.model.init,
        )


def require_both_sides(folds: Iterable[Fold], partition: ClassPartition, data: DataSet, folder: Path) -> None:
    """Refuse folds that hold no image of the classes that they leave out, or none of the others: they give no figure.

    Args:
        folds: Which will be trained.
        partition: Of the classes.
        data: All of it.
        folder: Its folder, for errors.

    Raises:
        DataError: If there is one.
    """
    for fold in folds:
        left_out = partition.parts[fold.number - 1]
        held = {sample.class_id for sample in fold.split.validation}
        sides = {"that it leaves out": left_out, "that stay": kept_classes(len(data.classes), left_out)}
        for side, class_ids in sides.items():
            if held.isdisjoint(class_ids):
                names = some([data.classes[class_id].name for class_id in class_ids])
                raise DataError(
                    f"Fold {fold.number} holds no image of the classes {side} ({names}), so it could not be judged.",
                    expected="images of both in every fold",
                    hint="Add signs of these classes, or try another --seed.",
                    subject=str(folder),
                )


def training_data(data: DataSet, fold: Fold, partition: ClassPartition) -> tuple[DataSet, Fold]:
    """Return the data of a fold without its part of the classes, and the fold of these."""
    remaining, split = without_classes(data, fold.split, partition.parts[fold.number - 1])
    return remaining, replace(fold, split=split)


def training_recipe(recipe: Recipe, data: DataSet) -> Recipe:
    """Return a recipe whose negatives show none of the data's classes, so that those that are left out stay unseen.

    Args:
        recipe: Of the cross-validation.
        data: All of it. Negatives of GTSRB's classes show none of them anyway, nor do those of a part of them.
    """
    names = [sign.name for sign in data.classes]
    if known_spec(names):
        return recipe
    left_out = (*recipe.negatives.leave_out, *(name for name in names if signs_called(name)))
    return recipe.model_copy(update={"negatives": recipe.negatives.model_copy(update={"leave_out": left_out})})


def write_fold_scores(predictions: Predictions, fold: Fold, out: Path) -> None:
    """Write how known each image of a fold looks to the fold's model.

    Args:
        predictions: The model's, with the probabilities of all its classes; without these nothing is written.
        fold: Which one.
        out: The folder of the cross-validation.

    Raises:
        OSError: If the scores cannot be written.
    """
    if predictions.full is None:
        return
    nothing = np.empty((len(predictions.full), 0), np.float32)
    unknown = nothing if predictions.unknown is None else predictions.unknown
    scores = available_scores(NetworkOutputs(predictions.full, unknown))
    write_scores(predictions, scores, scores_file(out, fold.number))


def with_all_class_ids(
    predictions: Predictions, fold: Fold, partition: ClassPartition, *, num_classes: int
) -> Predictions:
    """Return a fold's predictions with the class ids of the whole data set, and of each image the best ones alone.

    Args:
        predictions: By a network without the classes that are left out, whose labels are places among the others.
        fold: Which one.
        partition: Of the classes.
        num_classes: Of the whole data set.
    """
    kept = np.array(kept_classes(num_classes, partition.parts[fold.number - 1]), np.int32)
    return replace(predictions, class_ids=kept[predictions.class_ids], full=None)
