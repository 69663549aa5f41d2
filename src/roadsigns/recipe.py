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
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.errors import RecipeError
from roadsigns.files import require_file
from roadsigns.preprocessing.crop import GTSRB_MARGIN
from roadsigns.preprocessing.prepare import Preparation
from roadsigns.printable import as_text, is_text
from roadsigns.settings import Settings
from roadsigns.synthesis.settings import Drawing, NegativeSettings
from roadsigns.user_functions import is_reference
from roadsigns.wording import accepted, reason

__all__ = [
    "NETWORK_NAMES",
    "DataSettings",
    "DrawingSettings",
    "ModelSettings",
    "Recipe",
    "TrainingSettings",
    "load_recipe",
    "recipe_names",
    "recipe_text",
    "to_toml",
]


# Those of `roadsigns.models.build`, which imports Keras.
NETWORK_NAMES = ("tutorial", "fast", "spatial-transformer", "best")


class DataSettings(Settings):
    """Which images are used for training and validation, and how they are prepared."""

    preparation: Literal["tutorial", "box", "stretched-box"] = Field(
        default="tutorial",
        description="How an image becomes the network's input: as in the Keras tutorial, cropped to a square around "
        "the box, or with box and margin stretched to a square.",
    )
    image_size: int = Field(default=48, ge=32, le=256, description="Side of the network's input in pixels.")
    margin: float = Field(
        default=GTSRB_MARGIN,
        gt=-0.25,
        le=1,
        description="Background around the box, as a fraction of its side. Not used by the tutorial's preparation.",
    )
    split: Literal["group", "track", "random", "none"] = Field(
        default="group",
        description="What is held out as a whole for validation: groups of look-alike tracks, tracks, or single "
        "images. With none, all images are used for training.",
    )
    validation_fraction: float = Field(
        default=0.2, gt=0, lt=1, description="Fraction of the images used for validation."
    )
    train_on: Literal["real", "drawn", "both"] = Field(
        default="real",
        description="Images to train on: real ones, drawn ones, or both. Validation images are never drawn.",
    )

    def as_preparation(self) -> Preparation:
        """How images become the network's input."""
        return Preparation(self.preparation, self.image_size, self.margin)


def _require_network(name: str) -> str:
    if name not in NETWORK_NAMES and not is_reference(name):
        names = ", ".join(f"'{known}'" for known in NETWORK_NAMES)
        expected = f"{names}, or a function of your own such as 'my_module:build'"
        raise PydanticCustomError("literal_error", "{expected}", {"expected": expected})
    return name


class ModelSettings(Settings):
    """The network and its initial weights."""

    name: Annotated[str, AfterValidator(_require_network)] = Field(
        default="tutorial",
        description="Architecture of the network: tutorial, fast, spatial-transformer, best, or a function of your "
        "own, such as my_module:build.",
    )
    width: float = Field(
        default=1.0,
        ge=0.25,
        le=4,
        description="Factor for the number of channels of a built-in network, rounded to multiples of 8. A spatial "
        "transformer keeps its own.",
    )
    init: str = Field(
        default="",
        description="Model to fine-tune: a run folder, a model file or a built-in model. Empty for random weights.",
    )

    @model_validator(mode="after")
    def _has_a_width(self) -> Self:
        if self.width != 1 and is_reference(self.name):
            raise ValueError(
                f"width is {self.width}, and model.name is '{self.name}', which has the channels that its function "
                "gives it: leave out the width"
            )
        return self


class TrainingSettings(Settings):
    """Optimiser, learning rate schedule, and which weights are kept."""

    epochs: int = Field(default=30, ge=1, description="Number of epochs.")
    batch_size: int = Field(default=32, ge=1, description="Number of images in a batch.")
    epoch_fraction: float = Field(
        default=1.0, gt=0, le=1, description="Fraction of the images sampled for each epoch, anew each time."
    )
    epoch_images: int = Field(
        default=0, ge=0, description="Smallest number of images in an epoch; if there are fewer, they are repeated."
    )
    head_epochs: int = Field(
        default=0, ge=0, description="Number of epochs at the start of fine-tuning that train only the last layer."
    )
    class_balance: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Classes are sampled in proportion to their size to the power of 1 minus this value; "
        "with 1, equally.",
    )
    optimizer: Literal["sgd", "adamw"] = Field(default="sgd", description="Optimiser.")
    schedule: Literal["drops", "one-cycle"] = Field(default="drops", description="Learning rate schedule.")
    learning_rate: float = Field(
        default=0.01, gt=0, description='Initial learning rate with "drops", highest with "one-cycle".'
    )
    momentum: float = Field(default=0.9, ge=0, lt=1, description='Momentum of "sgd".')
    nesterov: bool = Field(default=True, description='Nesterov momentum, for "sgd".')
    weight_decay: float = Field(default=0.0, ge=0, description='Decoupled weight decay of "adamw".')
    label_smoothing: float = Field(
        default=0.0, ge=0, lt=1, description="Fraction of the target probability spread evenly over all classes."
    )
    decay_per_step: float = Field(
        default=1e-6, ge=0, description='With "drops", the learning rate is divided by 1 + decay_per_step * step.'
    )
    drop_factor: float = Field(
        default=0.1, gt=0, le=1, description='With "drops", the factor of each drop of the learning rate.'
    )
    drop_every_epochs: int = Field(default=10, ge=1, description='With "drops", the number of epochs between drops.')
    warm_up: float = Field(
        default=0.25,
        gt=0,
        lt=1,
        description='With "one-cycle", the fraction of the steps before the highest learning rate.',
    )
    keep: Literal["best", "last"] = Field(
        default="best",
        description="Which epoch's weights are saved: the one with the lowest validation loss, or the last.",
    )
    validate_every_epochs: int = Field(
        default=1,
        ge=1,
        description="Epochs from one validation to the next; the last is always validated. Above 1, keep must be "
        '"last".',
    )
    precision: Literal["auto", "float32", "mixed_bfloat16"] = Field(
        default="auto",
        description="Precision of the training; auto chooses mixed bfloat16 if the CPU is faster with it.",
    )
    deterministic: bool = Field(default=False, description="Bitwise reproducible training: one thread, slower.")

    @model_validator(mode="after")
    def _can_tell_the_best(self) -> Self:
        if self.keep == "best" and self.validate_every_epochs > 1:
            raise ValueError(
                f'validate_every_epochs is {self.validate_every_epochs} and keep is "best", which needs every epoch '
                'validated: set validate_every_epochs = 1 or keep = "last"'
            )
        return self


class DrawingSettings(Drawing):
    """Drawn signs to train on. A spread is a standard deviation, of the logarithm if the value is a factor."""

    tracks: int = Field(default=100, ge=1, description="Number of tracks drawn for each class.")
    frames: int = Field(default=10, ge=1, description="Number of frames in each track.")
    templates: str = Field(
        default="", description="Folder with templates of your own signs; empty for the 43 classes of GTSRB."
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
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    if not dot:
        values[table] = value
        return
    inner = values.setdefault(table, {})
    if not isinstance(inner, dict):
        raise RecipeError(f"'{table}' is a value, not a table.", subject=key.strip())
    inner[name] = value


def _sentences(error: ValidationError, name: str) -> Iterator[str]:
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            known = _known_keys(problem["loc"][:-1])
            key = str(problem["loc"][-1])
            yield f"Unknown key '{where}' in {name}.{_did_you_mean(key, known)} Known here: {', '.join(known)}."
        elif problem["type"] == "value_error":
            # Of a whole table, whose values would be no help.
            yield f"In {name}, {where}.{problem['ctx']['error']}."
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
