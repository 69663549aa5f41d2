"""Arguments of the public functions, checked where they come in: one sentence says what came and what was expected.

A value of another type is a TypeError; one of the right type that makes no sense is a DataError.
"""

import math
import os
import reprlib
from collections.abc import Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from roadsigns.errors import DataError, RoadsignsError

__all__ = ["as_float", "as_int", "as_path", "as_text", "require_choice", "require_texts", "require_type"]

PATH = "a path, as a str or pathlib.Path"


def as_path(value: Any, name: str, error: type[RoadsignsError] = DataError) -> Path:
    """Return a path; the argument called `name` must be a str or a path object. See `as_text` for errors."""
    return Path(as_text(value, name, error))


def as_text(value: Any, name: str, error: type[RoadsignsError] = DataError, *, expected: str = PATH) -> str:
    """Return a name or a path as text.

    Raises:
        TypeError: If it is neither.
        RoadsignsError: The `error`, if it is empty: `Path("")` would be the current folder.
    """
    require_type(value, name, (str, os.PathLike), expected=expected)
    text = str(os.fspath(value))
    if not text:
        raise error(f"'{name}' is empty.", expected=expected)
    return text


def as_int(value: Any, name: str, *, least: int | None = None, most: int | None = None) -> int:
    """Return a whole number, also one of NumPy's; True and 2.0 are none.

    Raises:
        TypeError: If it is no whole number.
        DataError: If it is below `least` or above `most`.
    """
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise _type_error(value, name, "a whole number")
    number = int(value)
    if least is not None and number < least:
        raise DataError(f"'{name}' is {number}.", expected=f"at least {least}")
    if most is not None and number > most:
        raise DataError(f"'{name}' is {number}.", expected=f"at most {most}")
    return number


def as_float(value: Any, name: str, *, above: float, below: float) -> float:
    """Return a number between two others, both exclusive.

    Raises:
        TypeError: If it is no number.
        DataError: If it is out of range or NaN.
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        raise _type_error(value, name, "a number")
    number = float(value)
    if not above < number < below:
        expected = (
            "a finite number"
            if math.inf in (below, -above)
            else f"a number between {above} and {below}, both exclusive"
        )
        raise DataError(f"'{name}' is {number}.", expected=expected)
    return number


def require_choice(value: Any, name: str, choices: Sequence[str]) -> None:
    """Refuse a value that is none of the choices.

    Raises:
        DataError: With all choices.
    """
    if value not in choices:
        raise DataError(f"'{name}' is {reprlib.repr(value)}.", expected=f"one of {', '.join(choices)}")


def require_texts(values: Any, name: str, *, expected: str) -> None:
    """Refuse what is no list or tuple of texts; a single text is none.

    Raises:
        TypeError: With what was expected.
    """
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise _type_error(values, name, expected)


def require_type(value: Any, name: str, kind: type | tuple[type, ...], *, expected: str) -> None:
    """Refuse a value of another type.

    Raises:
        TypeError: With what was expected.
    """
    if not isinstance(value, kind):
        raise _type_error(value, name, expected)


def _type_error(value: Any, name: str, expected: str) -> TypeError:
    return TypeError(f"'{name}' is {reprlib.repr(value)}. Expected {expected}.")
