"""The option --classes: the names of the classes of a CSV file."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from roadsigns.wording import one_of, reason

__all__ = ["class_names_option"]

Command = TypeVar("Command", bound=Callable[..., object])
NO_TEXT = "the file is not text in UTF-8"


def class_names_option(text: str) -> Callable[[Command], Command]:
    """Return the option, with its help text. Its value is a list of names, or None."""
    return click.option("--classes", metavar="NAME|FILE", help=text, callback=lambda _, __, name: _class_names(name))


def _class_names(name: str | None) -> list[str] | None:
    if name is None:
        return None
    from roadsigns.datasets.registry import DATASETS
    from roadsigns.errors import RunError

    for spec in DATASETS:
        if spec.name.lower() == name.lower():
            return [sign.name for sign in spec.classes]
    try:
        return _names_in(Path(name))
    except (OSError, ValueError) as error:
        known = one_of(spec.name.lower() for spec in DATASETS)
        raise RunError(
            f"The class names cannot be read: {reason(error)}.",
            expected=f"{known}, or a text file with one class name per line, from class 0",
            subject=f"--classes {name}",
        ) from error


def _names_in(path: Path) -> list[str]:
    """Return the lines of a file. Raises OSError or ValueError, whose text is the reason, if they are no names."""
    from roadsigns.files import require_file
    from roadsigns.html_report.sources.from_csv.values import MAX_CLASSES

    require_file(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(NO_TEXT) from error
    if "\0" in text:
        raise ValueError(NO_TEXT)
    # A name may hold what `splitlines` takes for an end of a line.
    names = [line.strip() for line in text.rstrip().split("\n")]
    if names == [""]:
        raise ValueError("the file is empty")
    if "" in names:
        raise ValueError(f"line {names.index('') + 1} is blank")
    if len(names) > MAX_CLASSES:
        raise ValueError(f"the file has {len(names):,} lines, and {MAX_CLASSES:,} classes are the most")
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        lines = [number for number, other in enumerate(names, 1) if other == name]
        raise ValueError(f"lines {lines[0]} and {lines[1]} are both '{name}'")
    return names
