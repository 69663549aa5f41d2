"""Recipes: all settings of a training, as frozen values from a TOML file.

Unknown keys are refused with a suggestion; every value can be overridden ("training.epochs=5").
"""

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.errors import RecipeError
from roadsigns.files import require_file
from roadsigns.printable import as_text, is_text
from roadsigns.recipe_tables import (
    DETECTOR,
    DataSettings,
    DistillationSettings,
    DrawingSettings,
    ModelSettings,
    SceneSettings,
    TrainingSettings,
)
from roadsigns.settings import Settings
from roadsigns.synthesis.settings import NegativeSettings
from roadsigns.wording import accepted, reason

__all__ = [
    "Recipe",
    "load_recipe",
    "parse_value",
    "recipe_names",
    "recipe_text",
    "to_toml",
]


UNUSED_BY_DETECTOR = (
    *("data", "negatives", "distillation"),
    *("model.init", "drawing.tracks", "drawing.frames", "drawing.templates"),
    *("training.epoch_fraction", "training.head_epochs", "training.class_balance", "training.label_smoothing"),
    *(f"augmentation.{name}" for name in ("rotation_degrees", "strong_rotation_probability", "shift", "zoom")),
    *(f"augmentation.{name}" for name in ("shear_degrees", "scale", "function")),
)


class Recipe(Settings):
    """A whole recipe. TOML tables are the fields."""

    description: str = Field(default="", description="One line for `roadsigns recipes`.")
    data: DataSettings = DataSettings()
    model: ModelSettings = ModelSettings()
    training: TrainingSettings = TrainingSettings()
    augmentation: Augmentation = Augmentation()
    drawing: DrawingSettings = DrawingSettings()
    negatives: NegativeSettings = NegativeSettings()
    distillation: DistillationSettings = DistillationSettings()
    scenes: SceneSettings = SceneSettings()

    @property
    def is_detector(self) -> bool:
        """Whether it trains a detector, which finds signs in street scenes."""
        return self.model.name == DETECTOR

    @model_validator(mode="after")
    def _has_no_value_without_effect(self) -> Self:
        """Refuse what would be ignored: a detector is trained on scenes, and everything else is not."""
        if self.is_detector and self.training.keep == "best":
            raise ValueError('training.keep is "best", and a detector keeps its last epoch: set keep = "last"')
        without_effect = UNUSED_BY_DETECTOR if self.is_detector else ("scenes",)
        for name in without_effect:
            table, _, key = name.partition(".")
            given, default = (
                getattr(getattr(one, table), key) if key else getattr(one, table)
                for one in (self, Recipe.model_construct())
            )
            if given != default:
                who = "the network 'detector'" if self.is_detector else f"the network '{self.model.name}'"
                raise ValueError(f"{name} has no effect on {who}: leave it out")
        return self


def recipe_names() -> list[str]:
    """Return the names of the recipes in the package, sorted."""
    folder = resources.files("roadsigns.recipes")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def recipe_text(name: str) -> str:
    """Return the TOML text of a recipe by name or path.

    Raises:
        RecipeError: If there is no such recipe or the file cannot be read.
    """
    if not is_text(name):
        raise RecipeError("The name of the recipe is not UTF-8.", hint="Rename the file.", subject=as_text(name))
    if name in recipe_names():
        return (resources.files("roadsigns.recipes") / f"{name}.toml").read_text(encoding="utf-8")
    path = Path(name)
    if path.suffix == ".toml":
        try:
            require_file(path)
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RecipeError(
                f"The recipe cannot be read ({reason(error)}).", hint="Check the path.", subject=name
            ) from error
    if not name:
        raise RecipeError("The name of the recipe is empty.", expected=_expected())
    if os.path.isfile(name):  # noqa: PTH113 - pathlib raises an error where it may not look, or for a long name
        raise RecipeError("This file is not a recipe.", expected="a file whose name ends in .toml", subject=name)
    raise RecipeError(
        f"There is no recipe '{name}'.{_did_you_mean(name, recipe_names())}",
        expected=_expected(),
    )


def _expected() -> str:
    return f"one of {', '.join(recipe_names())}, or the path of a .toml file"


def load_recipe(name: str, overrides: Sequence[str] = ()) -> Recipe:
    """Read a recipe and apply overrides.

    Args:
        name: Name of a recipe in the package, or path of a .toml file.
        overrides: Such as "training.epochs=5"; the value is read as TOML, or as text where it is not TOML.

    Raises:
        RecipeError: For an unknown recipe or key, or a value that makes no sense.
    """
    return parse_recipe(recipe_text(name), overrides, name=name)


def parse_recipe(text: str, overrides: Sequence[str] = (), *, name: str) -> Recipe:
    """Parse TOML text. See `load_recipe`; `name` is for messages."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"The recipe is not TOML: {reason(error)}.", subject=name) from error
    for override in overrides:
        _override(values, override)
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        raise RecipeError(" ".join(_sentences(error, name))) from error


def to_toml(recipe: Recipe) -> str:
    """Write a recipe as TOML. The standard library reads TOML but does not write it; recipes hold only plain values."""
    values = recipe.model_dump()
    tables = {name: table for name, table in values.items() if isinstance(table, dict)}
    lines = [f"{name} = {_to_toml_value(value)}" for name, value in values.items() if name not in tables]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {_to_toml_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _to_toml_value(value: str | bool | float) -> str:
    if isinstance(value, float):
        # JSON says Infinity, TOML says inf, as Python does.
        return repr(value)
    # TOML has no surrogate pairs, so no \u escapes beyond what must be escaped; DEL must be, and JSON leaves it.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _override(values: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    table, dot, name = key.strip().partition(".")
    if not (separator and table and (name or not dot)):
        raise RecipeError(
            f"The override '{override}' cannot be read.", expected="TABLE.KEY=VALUE, such as training.epochs=5"
        )
    if not is_text(override):
        raise RecipeError(
            f"The value of {as_text(key.strip())} is not UTF-8, which a recipe must be: {as_text(text.strip())}.",
            hint="Rename the file or folder that it names.",
        )
    value = parse_value(text)
    if not dot:
        values[table] = value
        return
    inner = values.setdefault(table, {})
    if not isinstance(inner, dict):
        raise RecipeError(f"'{table}' is a value, not a table.", subject=key.strip())
    inner[name] = value


def parse_value(text: str) -> Any:
    """Return the value of an override: TOML, or the text itself where it is not TOML."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text.strip()


def _sentences(error: ValidationError, name: str) -> Iterator[str]:
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            known = _known_keys(problem["loc"][:-1])
            key = str(problem["loc"][-1])
            yield f"Unknown key '{where}' in {name}.{_did_you_mean(key, known)} Known here: {', '.join(known)}."
        elif problem["type"] == "value_error":
            # Of a whole table, whose values would be no help.
            yield f"In {name}, {'.'.join(filter(None, (where, str(problem['ctx']['error']))))}."
        else:
            yield f"'{where}' in {name} is {problem['input']!r}. Expected {accepted(problem)}."


def _known_keys(table: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Recipe
    for part in table:
        annotation = model.model_fields[str(part)].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    return list(model.model_fields)


def _did_you_mean(word: str, known: Sequence[str]) -> str:
    # "rotation" is the beginning of "rotation_degrees", and by its letters nearer to "saturation".
    close = [name for name in known if name.startswith(word)] or difflib.get_close_matches(word, known, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""
