"""The user's own functions that a recipe names, imported before anything is read or drawn."""

from roadsigns.keras_import import import_keras
from roadsigns.recipe import Recipe
from roadsigns.user_functions import import_function, is_reference

__all__ = ["import_own_code"]


def import_own_code(recipe: Recipe, name: str | None) -> None:
    """Import the functions that a recipe names for its network and its augmentation.

    Args:
        recipe: The recipe.
        name: Its name or path, beside which a module may lie; None for that of a run that is resumed.

    Raises:
        RecipeError: If there is no such module or function, or the module cannot be imported.
        MissingExtraError: If a network is named and Keras is not installed.
    """
    if is_reference(recipe.model.name):
        # As roadsigns imports it, and with its message where it is missing.
        import_keras()
        import_function(recipe.model.name, recipe=name)
    if recipe.augmentation.function:
        import_function(recipe.augmentation.function, recipe=name)
