"""The option --classes: the names of the classes of a CSV file."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from roadsigns.wording import one_of, reason

__all__ = ["class_names_option"]

Command = TypeVar("Command", bound=Callable[..., object])


def class_names_option(text: str) -> Callable[[Command], Command]:
    """Return the option, with its help text. Its value is a list of names, or None."""
    return click.option("--classes", metavar="NAME|FILE", help=text, callback=lambda _, __, name: _class_names(name))


def _class_names(name: str | None) -> list[str] | None:
    if name is None:
        return None
    from roadsigns.datasets.registry import DATASETS
    from roadsigns.errors import RunError
    from roadsigns.files import require_file

    for spec in DATASETS:
        if spec.name.lower() == name.lower():
            return [sign.name for sign in spec.classes]
    try:
        require_file(Path(name))
        return Path(name).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        known = one_of(spec.name.lower() for spec in DATASETS)
        raise RunError(
            f"The class names cannot be read: {reason(error)}.",
            expected=f"{known}, or a text file with one class name per line, from class 0",
            subject=f"--classes {name}",
        ) from error
