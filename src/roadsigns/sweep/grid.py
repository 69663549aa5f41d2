"""The grid of a sweep: which settings there are, and what they are called."""

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from roadsigns.errors import RecipeError

__all__ = ["Setting", "settings_of"]

# What a folder may be called on any system; names are cut where systems have an end.
UNSAFE, LONGEST_NAME = re.compile(r"[^\w.,=+-]"), 120


@dataclass(frozen=True, slots=True)
class Setting:
    """A recipe with values of its own.

    Attributes:
        recipe: Name of a recipe or path of a .toml file.
        overrides: All of them, such as "training.epochs=5".
        varied: Those of which the sweep has several values.
    """

    recipe: str
    overrides: tuple[str, ...] = ()
    varied: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called, such as "fast, training.learning_rate=0.01"."""
        return ", ".join((Path(self.recipe).stem, *self.varied))

    @property
    def values(self) -> dict[str, str]:
        """The varied values by key, such as {"training.learning_rate": "0.01"}."""
        return {key.strip(): value for key, _, value in (one.partition("=") for one in self.varied)}

    @property
    def folder(self) -> str:
        """The name of its folder. It follows from recipe and varied values, so that a sweep can be extended."""
        name = ",".join((Path(self.recipe).stem, *self.varied))
        safe = UNSAFE.sub("_", name)[:LONGEST_NAME]
        return safe if safe == name else f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def settings_of(recipes: Sequence[str], overrides: Sequence[str]) -> tuple[Setting, ...]:
    """Return every combination of recipes and values.

    Args:
        recipes: Names of recipes or paths of .toml files, at least one.
        overrides: Such as "training.epochs=5", or with several values "training.epochs=5,10".

    Raises:
        RecipeError: If a recipe, a key or a value is there twice.
    """
    _refuse_doubles([Path(recipe).stem for recipe in recipes], "recipe")
    _refuse_doubles([override.partition("=")[0].strip() for override in overrides], "key")
    choices = [_values(override) for override in overrides]
    several = [len(values) > 1 for values in choices]
    return tuple(
        Setting(recipe, chosen, tuple(itertools.compress(chosen, several)))
        for recipe in recipes
        for chosen in itertools.product(*choices)
    )


def _values(override: str) -> list[str]:
    """Return an override for each of its values."""
    key, separator, values = override.partition("=")
    if not separator or "," not in values:
        return [override]
    each = [value.strip() for value in values.split(",")]
    if not all(each):
        raise RecipeError(
            f"A value is empty in '{override}'.", expected="values between commas, such as training.epochs=5,10"
        )
    _refuse_doubles(each, f"value of {key.strip()}")
    return [f"{key.strip()}={value}" for value in each]


def _refuse_doubles(names: Sequence[str], what: str) -> None:
    name, count = Counter(names).most_common(1)[0] if names else ("", 0)
    if count > 1:
        raise RecipeError(f"The {what} {name} is given {count} times.", hint="Give it once.")
