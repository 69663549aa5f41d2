"""The refusal of data with a single class."""

from pathlib import Path

from roadsigns.errors import DataError
from roadsigns.recipe import Recipe
from roadsigns.types import DataSet

__all__ = ["require_classes"]


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
