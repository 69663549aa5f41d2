"""Signs outside the classes in drawn street scenes: `others.txt`, beside `gt.txt` and of the same form.

In place of a class each line has a kind. What is a sign is to be found, though no class names it; one that is mostly
hidden is neither right nor wrong; plates, backs and advertising are no signs.
"""

from collections.abc import Sequence
from pathlib import Path

from roadsigns.datasets.scenes.scene import SceneSign
from roadsigns.datasets.scenes.text import read_lines
from roadsigns.errors import DataError
from roadsigns.types import Box

__all__ = ["ADVERTISING", "BACK", "HIDDEN", "NO_SIGNS", "OTHERS", "PLATE", "read_others"]

OTHERS = "others.txt"
HIDDEN = "hidden"
BACK, ADVERTISING, PLATE = NO_SIGNS = "back", "advertising", "additional plate"


def read_others(folder: Path) -> dict[str, list[SceneSign]]:
    """Return the signs outside the classes: {name of an image without its suffix: its signs}; empty without the file.

    Raises:
        DataError: If the file cannot be read, or a line is no box.
    """
    path = folder / OTHERS
    signs: dict[str, list[SceneSign]] = {}
    if not path.is_file():
        return signs
    for number, line in enumerate(read_lines(path), start=1):
        if line.strip():
            name, box, kind = _row(line.split(";"), number, path)
            if kind not in NO_SIGNS:
                signs.setdefault(Path(name).stem, []).append(SceneSign(box, None, "", ignored=kind == HIDDEN))
    return signs


def _row(fields: Sequence[str], number: int, path: Path) -> tuple[str, Box, str]:
    try:
        name, left, top, right, bottom, kind = fields
        return name, Box(int(left), int(top), int(right) + 1, int(bottom) + 1), kind.strip()
    except ValueError as error:
        raise DataError(
            f"Line {number} is '{';'.join(fields)}'.",
            expected="file;left;top;right;bottom;kind, with whole numbers of pixels",
            subject=str(path),
        ) from error
