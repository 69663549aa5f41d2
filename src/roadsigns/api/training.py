"""Recipes and training."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from roadsigns.api._expected import MAX_SEED, OVERRIDES, RECIPE
from roadsigns.arguments import as_int, as_path, as_text, require_texts
from roadsigns.errors import ModelError, RecipeError, RunError

if TYPE_CHECKING:
    from roadsigns.training.detector.result import DetectorResult
    from roadsigns.training.result import TrainingResult

__all__ = ["recipe_text", "train"]


def recipe_text(name: str | Path) -> str:
    """Return a recipe as TOML text: everything that decides what a training does.

    Args:
        name: Name of a recipe, or path of a .toml file.

    Raises:
        RecipeError: If there is no such recipe.

    Examples:
        >>> import roadsigns
        >>> "epochs = 30" in roadsigns.recipe_text("tutorial")
        True
    """
    from roadsigns.recipe import recipe_text as text

    return text(as_text(name, "name", RecipeError, expected=RECIPE))


def train(
    data: str | Path,
    *,
    run: str | Path,
    recipe: str | Path | None = None,
    seed: int | None = None,
    overrides: Sequence[str] = (),
    init: str | Path | None = None,
    resume: bool = False,
    cache: bool = True,
) -> "TrainingResult | DetectorResult":
    """Train a model and leave a run folder with the model, its history and its metrics.

    Args:
        data: A data folder: GTSRB's layout, or one folder per class; for the recipe "detector" street scenes.
        run: The folder to create; with `resume`, the run to resume.
        recipe: Name of a recipe, or path of a .toml file; "tutorial-augmented" unless given, with `init` "fine-tune".
        seed: Decides everything random, from 0 to 2**31 - 1; 0 unless given.
        overrides: Recipe values to change, such as "training.epochs=5".
        init: Model to fine-tune: a run folder, a model file, or the name of a built-in model.
        resume: Resume a run that was stopped. It keeps its own recipe and seed.
        cache: Whether decoded images are kept in the user's cache folder, so that the next training starts sooner.

    Returns:
        What the training did. After Ctrl-C it is not complete, and can be resumed.

    Raises:
        DataError: If the data cannot be used, or the seed is out of range.
        RecipeError: If the recipe or an override makes no sense.
        ModelError: If the model to fine-tune cannot be used.
        OutputError: If the run folder or the cache lies in the data folder, or the run folder cannot be written.
        RunError: If the run folder exists already or cannot be resumed, or the loss is no longer a number.
        MissingExtraError: If Keras is not installed: `pip install 'roadsigns[train]'`.

    Examples:
        >>> import roadsigns
        >>> result = roadsigns.train("signs", run="runs/a", recipe="tutorial", overrides=["training.epochs=1"])
        >>> result.complete, result.model_epoch
        (True, 1)
    """
    from roadsigns.loading.cache import default_cache_folder
    from roadsigns.training.api import train as train_by_recipe

    require_texts(overrides, "overrides", expected=OVERRIDES)
    return train_by_recipe(
        as_path(data, "data"),
        run=as_path(run, "run", RunError),
        recipe=None if recipe is None else as_text(recipe, "recipe", RecipeError, expected=RECIPE),
        seed=None if seed is None else as_int(seed, "seed", least=0, most=MAX_SEED),
        overrides=overrides,
        init=None if init is None else as_text(init, "init", ModelError),
        resume=resume,
        cache_folder=default_cache_folder() if cache else None,
    )
