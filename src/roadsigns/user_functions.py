"""Functions of the user's own that a recipe names, such as "my_module:build": found and imported."""

import difflib
import importlib
import os
import re
import sys
from collections.abc import Callable
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from roadsigns.errors import RecipeError

__all__ = ["import_function", "is_reference"]

IDENTIFIER = r"[^\W\d]\w*"
REFERENCE = re.compile(rf"{IDENTIFIER}(\.{IDENTIFIER})*:{IDENTIFIER}")


def is_reference(name: str) -> bool:
    """Whether a name has the form MODULE:FUNCTION."""
    return REFERENCE.fullmatch(name) is not None


def import_function(reference: str, *, recipe: str | None = None) -> Callable[..., Any]:
    """Import a function. This runs the module's code, so never give it a name from a model file.

    The module is looked for on Python's path, then beside the recipe, then in the current folder.

    Args:
        reference: MODULE:FUNCTION, see `is_reference`.
        recipe: The recipe's name or path; None where there is none, or once the module has been imported.

    Raises:
        RecipeError: If there is no such module or function, the module cannot be imported, or its name is taken by
            another module than the one beside the recipe.
    """
    module_name, _, name = reference.partition(":")
    folder = Path(recipe).parent if recipe and recipe.endswith(".toml") else None
    module = sys.modules.get(module_name) if folder is None else None
    if module is None:
        module = _import_module(module_name, [place.resolve() for place in (folder, Path.cwd()) if place], reference)
    if folder is not None:
        _require_module_in(folder, module_name, reference)
    function = getattr(module, name, None)
    if not callable(function):
        names = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        what = f"'{name}' is no function" if hasattr(module, name) else f"There is no function '{name}'"
        raise RecipeError(
            f"{what} in {getattr(module, '__file__', None) or module_name}.{_did_you_mean(name, names)}",
            hint="Correct the recipe or the module.",
            subject=reference,
        )
    return function  # type: ignore[no-any-return]


def _import_module(name: str, places: list[Path], reference: str) -> ModuleType:
    before = sys.path.copy()
    # Last, so that a file in one of them never takes the place of an installed package.
    sys.path.extend(map(str, places))
    # A module that was written a moment ago is not yet in Python's lists of folders.
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except Exception as error:
        # A module that the module itself imports may be missing too.
        if isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}."):
            beside = [path.stem for place in places for path in place.glob("*.py")]
            raise RecipeError(
                f"There is no module '{error.name}'.{_did_you_mean(name, beside)}",
                expected=f"a module on Python's path, or {error.name}.py in {' or '.join(map(str, places))}",
                hint="Put it there, start in its folder, or give the recipe that lies beside it.",
                subject=reference,
            ) from error
        raise RecipeError(
            f"The module '{name}' cannot be imported ({type(error).__name__}: {error}).",
            hint="Correct it, or install what it needs. --debug shows where.",
            subject=reference,
        ) from error
    finally:
        sys.path[:] = before


def _require_module_in(folder: Path, name: str, reference: str) -> None:
    """Check that a module beside the recipe is the one that was imported."""
    package = name.partition(".")[0]
    spec = PathFinder.find_spec(package, [str(folder.resolve())])
    beside, imported = spec and spec.origin, getattr(sys.modules.get(package), "__file__", None)
    if beside and not (imported and os.path.realpath(beside) == os.path.realpath(imported)):
        raise RecipeError(
            f"The module '{package}' beside the recipe is not the one that Python has: {imported or 'a built-in one'}.",
            hint="Give it a name of its own.",
            subject=reference,
        )


def _did_you_mean(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
