"""The grid of a sweep: which settings there are, and what they are called."""

import hashlib
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from roadsigns.errors import RecipeError
from roadsigns.recipe import parse_value
from roadsigns.wording import counted

__all__ = ["MOST", "Setting", "require_few", "settings_of", "short_keys"]

# What a folder may be called on any system; names are cut, in bytes, where systems have an end.
UNSAFE, LONGEST_NAME = re.compile(r"^\.+|[^\w.,=+-]"), 120
# Cross-validations of a sweep. On GTSRB, to check so many takes more than half an hour, before anything is trained.
MOST = 10_000
# What begins a text or a list that may hold commas.
OPENING = ('"', "'", "[")


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
        return ", ".join((self.recipe_name, *self.varied))

    @property
    def recipe_name(self) -> str:
        """What its recipe is called, without folder and ending."""
        return Path(self.recipe).stem

    @property
    def values(self) -> dict[str, str]:
        """The varied values by key, such as {"training.learning_rate": "0.01"}."""
        return {key.strip(): value for key, _, value in (one.partition("=") for one in self.varied)}

    @property
    def folder(self) -> str:
        """The name of its folder. It follows from recipe and varied values, so that a sweep can be extended."""
        name = ",".join((self.recipe_name, *self.varied))
        safe = UNSAFE.sub("_", name).encode()[:LONGEST_NAME].decode(errors="ignore")
        # What is not UTF-8 is refused later, when the recipe is read.
        digest = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
        return safe if safe == name else f"{safe}-{digest}"


def short_keys(settings: Iterable[Setting]) -> dict[str, str]:
    """Return what to call each varied key before people: its last part, or all of it where two end alike."""
    keys = dict.fromkeys(key for one in settings for key in one.values)
    ends = Counter(key.rpartition(".")[2] for key in keys)
    return {key: end if ends[end := key.rpartition(".")[2]] == 1 else key for key in keys}


def settings_of(recipes: Sequence[str], overrides: Sequence[str]) -> tuple[Setting, ...]:
    """Return every combination of recipes and values.

    Args:
        recipes: Names of recipes or paths of .toml files, at least one.
        overrides: Such as "training.epochs=5", or with several values "training.epochs=5,10".

    Raises:
        RecipeError: If a recipe, a key or a value is there twice, or there are too many combinations.
    """
    _refuse_doubles([Path(recipe).stem for recipe in recipes], "recipe")
    _refuse_doubles([override.partition("=")[0].strip() for override in overrides], "key")
    choices = [_values(override) for override in overrides]
    require_few(math.prod(map(len, choices), start=len(recipes)))
    several = [len(values) > 1 for values in choices]
    return tuple(
        Setting(recipe, chosen, tuple(itertools.compress(chosen, several)))
        for recipe in recipes
        for chosen in itertools.product(*choices)
    )


def require_few(cross_validations: int) -> None:
    """Refuse a sweep that nobody can wait for.

    Raises:
        RecipeError: If there are more cross-validations than `MOST`.
    """
    if cross_validations > MOST:
        raise RecipeError(
            f"This is a sweep of {counted(cross_validations, 'cross-validation')}.",
            expected=f"{MOST:,} at most",
            hint="Give fewer recipes, values or seeds.",
        )


def _values(override: str) -> list[str]:
    """Return an override for each of its values."""
    key, separator, text = override.partition("=")
    if not separator or "," not in text:
        return [override]
    each = [value.strip() for value in _split(text)]
    if not all(each):
        raise RecipeError(
            f"A value is empty in '{override}'.", expected="values between commas, such as training.epochs=5,10"
        )
    _refuse_doubles(each, f"value of {key.strip()}")
    _refuse_equals(each, key.strip())
    return [f"{key.strip()}={value}" for value in each]


def _split(text: str) -> Iterator[str]:
    """Split values at commas, but for those inside quotes or a list."""
    parts = text.split(",")
    while parts:
        ends = range(1, len(parts) + 1) if parts[0].lstrip().startswith(OPENING) else ()
        joined = (",".join(parts[:end]) for end in ends)
        # As a text that is not TOML stands for itself, it is such a text or list if it does not.
        value = next((one for one in joined if parse_value(one) != one.strip()), parts[0])
        parts = parts[value.count(",") + 1 :]
        yield value


def _refuse_doubles(names: Sequence[str], what: str) -> None:
    name, count = Counter(names).most_common(1)[0] if names else ("", 0)
    if count > 1:
        raise RecipeError(f"The {what} {name} is given {count} times.", hint="Give it once.")


def _refuse_equals(texts: Sequence[str], key: str) -> None:
    """Refuse two spellings of a value, such as 1e-3 and 0.001: they would be trained twice."""
    seen: dict[object, str] = {}
    for text in texts:
        value = parse_value(text)
        # A list is no key of a dictionary, in which 1 and 1.0 are the same.
        other = seen.setdefault(repr(value) if isinstance(value, list | dict) else value, text)
        if other != text:
            raise RecipeError(f"The values {other} and {text} of {key} are the same.", hint="Give it once.")
