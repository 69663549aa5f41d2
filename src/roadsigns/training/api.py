"""Train by a recipe, or resume a run: the entry point of the package."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from roadsigns.datasets.layouts.table_images import require_outside_of_table
from roadsigns.datasets.reader import read_training
from roadsigns.datasets.scenes import SceneSet, read_scene_set
from roadsigns.errors import RunError
from roadsigns.files import check_output_folder
from roadsigns.keras_import import import_keras
from roadsigns.loading.cache import check_cache_folder
from roadsigns.recipe import Recipe, load_recipe, parse_recipe, to_toml
from roadsigns.training.detector.result import DetectorResult
from roadsigns.training.open_run import open_run
from roadsigns.training.own_code import import_own_code
from roadsigns.training.pretrained import complete_recipe, init_override
from roadsigns.training.require_classes import require_classes
from roadsigns.training.result import TrainingResult
from roadsigns.training.run_folder import RunFolder
from roadsigns.training.timings import Clock
from roadsigns.types import DataSet
from roadsigns.wording import some

__all__ = ["DEFAULT_RECIPE", "StartedWith", "recipe_differences", "started_with", "train"]

DEFAULT_RECIPE = "tutorial-augmented"
# The default recipe for fine-tuning.
FINE_TUNE = "fine-tune"


def train(
    data: Path,
    *,
    run: Path,
    recipe: str | None = None,
    seed: int | None = None,
    overrides: Sequence[str] = (),
    init: str | None = None,
    resume: bool = False,
    cache_folder: Path | None = None,
) -> TrainingResult | DetectorResult:
    """Train a model and leave a run folder; see `roadsigns.training.run_folder` for what is in it.

    Args:
        data: A data folder; see `roadsigns.datasets.reader`. For a detector, street scenes; see
            `roadsigns.datasets.scenes`.
        run: The folder to create, or with `resume` the run to resume.
        recipe: Name of a recipe or path of a .toml file; where it is None, "tutorial-augmented", or "fine-tune" with
            `init`. With `resume`, None, or what the run was started with.
        seed: Decides everything random; 0 where it is None. With `resume` like the recipe.
        overrides: Such as "training.epochs=5".
        init: The model to fine-tune: a run folder, a model file, or the name of a built-in model. None leaves it to
            the recipe.
        resume: Resume a run that was stopped or killed.
        cache_folder: Where decoded images are kept; None for no cache.

    Returns:
        What figures.json holds; not complete after Ctrl-C.

    Raises:
        DataError: If the data cannot be used, such as images of a single class.
        RecipeError: If the recipe or an override is invalid, or contradicts the model to fine-tune.
        ModelError: If that model cannot be used.
        OutputError: If the run folder or the cache lies in the data folder, or the run folder cannot be written.
        RunError: If the run folder is taken or cannot be resumed, or the loss is no longer a number.
        MissingExtraError: If Keras is not installed.
    """
    check_output_folder(run, option="--run", data=data)
    require_outside_of_table(run, data, option="--run")
    check_cache_folder(cache_folder, data)
    name = (DEFAULT_RECIPE if init is None else FINE_TUNE) if recipe is None else recipe
    if init is not None:
        overrides = [*overrides, init_override(init)]
    start = StartedWith(load_recipe(name, () if resume else overrides), Path(name).stem, seed or 0)
    if not resume:
        start = start._replace(recipe=complete_recipe(start.recipe))
        import_own_code(start.recipe, name)
    clock = Clock()
    with clock.measure("annotations"):
        data_set = read_scene_set(data) if _is_detector(start.recipe, run, resume=resume) else read_training(data)
    with open_run(run, resume=resume) as held:
        if resume:
            start = started_with(held, recipe=recipe, overrides=overrides, seed=seed)
            import_own_code(start.recipe, recipe)
        elif isinstance(data_set, DataSet):
            require_classes(data_set, start.recipe, data)
        if not resume:
            held.write_recipe(start.recipe)
        with clock.measure("imports"):
            import_keras()
        return _run(start, data_set, held, cache_folder, clock)


def _is_detector(recipe: Recipe, run: Path, *, resume: bool) -> bool:
    """Whether a detector is to be trained; of a run that is resumed, its own recipe says so."""
    own = RunFolder(run)
    return (own.read_recipe() if resume and own.recipe.is_file() else recipe).is_detector


def _run(
    start: "StartedWith", data: DataSet | SceneSet, run: RunFolder, cache_folder: Path | None, clock: Clock
) -> TrainingResult | DetectorResult:
    if isinstance(data, SceneSet):
        from roadsigns.training.detector.train import run_detector_training

        return run_detector_training(start.recipe, data, run, name=start.name, seed=start.seed, clock=clock)
    from roadsigns.training.train import run_training

    return run_training(
        start.recipe, data, run, name=start.name, seed=start.seed, cache_folder=cache_folder, clock=clock
    )


class StartedWith(NamedTuple):
    """What a run was started with: its recipe, the recipe's name, and the seed."""

    recipe: Recipe
    name: str
    seed: int


def started_with(run: RunFolder, *, recipe: str | None, overrides: Sequence[str], seed: int | None) -> StartedWith:
    """Return what a run to resume was started with.

    Args:
        run: The run.
        recipe: Name or path of a recipe that it must agree with; None for any.
        overrides: Such as "training.epochs=5", which it must agree with too.
        seed: What its seed must be; None for any.

    Raises:
        RunError: If the run is complete, or was started with something else.
        RecipeError: If the recipe or an override makes no sense.
    """
    if run.is_complete:
        raise RunError(
            "The run is complete; there is nothing to resume.",
            hint=f"Evaluate it: roadsigns evaluate {run.path} --data DATA",
            subject=str(run.path),
        )
    own = run.read_recipe()
    environment = _environment(run, recipe=recipe, seed=seed)
    asked = load_recipe(recipe, overrides) if recipe else parse_recipe(to_toml(own), overrides, name="the run's recipe")
    differences = recipe_differences(own, complete_recipe(asked))
    if seed not in (None, environment["seed"]):
        differences.append(f"the seed was {environment['seed']} and is now {seed}")
    if differences:
        raise RunError(
            f"The run was started with other values: {some(differences)}. A run resumes with its own values.",
            hint="Leave out --recipe, --init, --set and --seed, or start again with another --run folder.",
            subject=str(run.path),
        )
    return StartedWith(own, environment["recipe"], environment["seed"])


def _environment(run: RunFolder, *, recipe: str | None, seed: int | None) -> dict[str, Any]:
    """Return a run's record of its start; of one that was killed before it had a record, what it begins with now."""
    if any((run.path / name).exists() for name in ("environment.json", "history.csv", "checkpoint.npz")):
        return run.read_environment()
    begins_with = {"recipe": Path(recipe or "recipe.toml").stem, "seed": seed or 0}
    warnings.warn(
        f"{run.path} was stopped before anything was trained. It begins now, with seed {begins_with['seed']}.",
        stacklevel=4,
    )
    return begins_with


def recipe_differences(own: Recipe, asked: Recipe, text: str = "{key} was {own!r} and is now {asked!r}") -> list[str]:
    """Describe each difference between two recipes, such as a run's own and the requested one.

    Args:
        own: The first recipe.
        asked: The second.
        text: Says each difference, with the fields key, own and asked.
    """
    was, wanted = _flat(own), _flat(asked)
    return [text.format(key=key, own=was[key], asked=wanted[key]) for key in was if was[key] != wanted[key]]


def _flat(recipe: Recipe) -> dict[str, Any]:
    """Every value by its dotted key."""
    return {
        f"{table}.{key}": value
        for table, values in recipe.model_dump().items()
        if isinstance(values, dict)
        for key, value in values.items()
    }
