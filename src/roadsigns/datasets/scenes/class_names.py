"""Names of classes beside YOLO's label files: data.yaml, classes.txt or obj.names."""

from collections.abc import Iterable
from pathlib import Path

import yaml

from roadsigns.datasets.scenes.text import read_lines, read_text
from roadsigns.errors import DataError

__all__ = ["NAME_FILES", "read_class_names"]

# The first that is there counts.
YAML_FILES = ("data.yaml", "data.yml", "dataset.yaml")
LIST_FILES = ("classes.txt", "obj.names")
NAME_FILES = (*YAML_FILES, *LIST_FILES)
EXPECTED = "names: [stop, give way], or a line for each number as in `0: stop`"


def read_class_names(folders: Iterable[Path]) -> tuple[tuple[str, ...], Path | None]:
    """Return the names of classes in the order of their numbers, and the file that tells them.

    Args:
        folders: Where such a file may lie.

    Returns:
        No names and None where there is no such file.

    Raises:
        DataError: If the file cannot be read or understood.
    """
    folders = tuple(folders)
    for name in NAME_FILES:
        for folder in folders:
            path = folder / name
            if path.is_file():
                names = _of_yaml(path) if name in YAML_FILES else _of_list(path)
                if names:
                    return names, path
    return (), None


def _of_list(path: Path) -> tuple[str, ...]:
    """One name a line; blank lines at the end are none."""
    return tuple(line.strip() for line in "\n".join(read_lines(path)).rstrip().splitlines())


def _of_yaml(path: Path) -> tuple[str, ...]:
    """The entry `names` of Ultralytics's and Roboflow's data.yaml; no names where it has none."""
    try:
        # The base loader leaves everything text: a class may be called "no", or be a number.
        content = yaml.load(read_text(path), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = str(path) if mark is None else f"{path}, line {mark.line + 1}"
        raise DataError("This is not YAML.", expected=EXPECTED, hint="Correct it.", subject=place) from error
    names = content.get("names") if isinstance(content, dict) else None
    if not names:
        return ()
    if isinstance(names, dict):
        return _of_numbers(names, path)
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return tuple(names)
    raise DataError("The entry names is no list of names.", expected=EXPECTED, hint="Correct it.", subject=str(path))


def _of_numbers(names: dict[object, object], path: Path) -> tuple[str, ...]:
    numbered = {
        int(number): name
        for number, name in names.items()
        if isinstance(number, str) and number.isdecimal() and isinstance(name, str)
    }
    if sorted(numbered) != list(range(len(names))):
        raise DataError(
            f"The entry names has the numbers {', '.join(map(str, names))[:80]}.",
            expected=f"{EXPECTED}, with all numbers from 0",
            hint="Correct it.",
            subject=str(path),
        )
    return tuple(numbered[number] for number in range(len(numbered)))
