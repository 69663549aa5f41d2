"""Classes that a training cannot learn or judge: a single one is refused, missing ones are told."""

import warnings
from pathlib import Path

from roadsigns.datasets.splits import Split
from roadsigns.errors import DataError
from roadsigns.recipe import Recipe
from roadsigns.types import DataSet

__all__ = ["require_classes", "warn_of_missing_classes"]

# Of classes, in a warning.
NAMED = 10


def require_classes(data_set: DataSet, recipe: Recipe, data: Path) -> None:
    """Refuse to train a network of one class: it would give the same answer to every image.

    Args:
        data_set: What was read.
        recipe: Whether drawn signs train too, which show every class of the data set.
        data: Where it was read, for the message.

    Raises:
        DataError: If the images to train on show one class only.
    """
    by_data = recipe.data.split in ("group", "track")
    shown = {sample.class_id for sample in data_set.samples if not (by_data and sample.held_out)}
    if recipe.data.train_on != "real":
        shown |= {sign.class_id for sign in data_set.classes}
    if len(shown) != 1:
        return
    name = data_set.classes[shown.pop()].name
    raise DataError(
        f"All images to train on show one class, '{name}'. A network of one class answers nothing: it says '{name}' "
        "whatever it is shown.",
        expected="images of two classes or more",
        hint="Add a folder with images of another class: of signs that are to be told from it, or of no sign at all.",
        subject=str(data),
    )


def warn_of_missing_classes(split: Split, data: DataSet, *, are_drawn: bool) -> None:
    """Warn of classes without an image that trains, or none that validates: a single track is used for training.

    Args:
        split: Which images train and which validate.
        data: The data set.
        are_drawn: Whether drawn signs of every class train too.
    """
    if not split.validation:
        return
    trained, validated = ({sample.class_id for sample in part} for part in (split.train, split.validation))
    if missing := _names(trained - validated, data):
        own = all(sample.held_out for sample in split.validation)
        reason = "" if own else ": each has a single track, which is used for training"
        warnings.warn(
            f"No image of {missing} is held out{reason}. The validation metrics say nothing about these classes.",
            stacklevel=3,
        )
    missing = _names(validated - trained, data)
    if missing and not are_drawn:
        warnings.warn(f"No image of {missing} trains: the network cannot learn these classes.", stacklevel=3)


def _names(class_ids: set[int], data: DataSet) -> str:
    names = [data.classes[class_id].name for class_id in sorted(class_ids)]
    return ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
