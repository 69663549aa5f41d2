"""The images that a table names: whether they are there, and whether it names one twice."""

import posixpath
from pathlib import Path
from typing import NamedTuple

from roadsigns.archives.paths import is_file, scan
from roadsigns.datasets.layouts.layout import Row
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.types import Box

__all__ = ["NamedImages"]


class _Place(NamedTuple):
    split: str
    class_id: int | None
    table: str
    line: int


class NamedImages:
    """The images that the rows of tables have named so far."""

    def __init__(self, data: Path) -> None:
        """Begin without any.

        Args:
            data: The folder that paths start from.
        """
        self._data = data
        self._folders: dict[str, frozenset[str]] = {}
        # By image and box, for a photograph may show several signs.
        self._seen: dict[tuple[str, Box | None], _Place] = {}

    def add(self, row: Row, split: str, place: tuple[str, int]) -> Row | Problem:
        """Return the row, or what is wrong with it.

        Args:
            row: Of a table.
            split: Which split it is in.
            place: The table and the line.
        """
        path = posixpath.normpath(f"{row.folder}/{row.name}" if row.folder else row.name)
        table, line = place
        if not self._is_there(row):
            hint = f"Paths start from the table's folder, {self._data}. Correct the row, or remove it."
            return Problem("no-file", path, table=table, line=line, hint=hint)
        here = _Place(split, row.class_id, table, line)
        first = self._seen.setdefault((path, row.annotation.box if row.annotation else None), here)
        if first is here:
            return row
        before = f"line {first.line}" if first.table == table else f"{first.table}, line {first.line}"
        if first.split != split:
            message = f"for {split} here, for {first.split} in {before}"
        elif first.class_id != row.class_id:
            message = f"as class {row.class_id} here, as class {first.class_id} in {before}"
        else:
            return Problem("repeated-row", path, f"as in {before}", table=table, line=line)
        return Problem("contrary-rows", path, message, table=table, line=line)

    def _is_there(self, row: Row) -> bool:
        names = self._folders.get(row.folder)
        if names is None:
            # Listed once: a table may name a million images.
            names = self._folders[row.folder] = self._names(row.folder)
        # Some file systems make no difference between upper and lower case.
        return row.name in names or is_file(self._data / row.folder / row.name)

    def _names(self, folder: str) -> frozenset[str]:
        try:
            return frozenset(entry.name for entry in scan(self._data / folder) if not entry.is_dir())
        except (OSError, ValueError):
            return frozenset()
