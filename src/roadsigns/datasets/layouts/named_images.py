"""The images that a table names: whether they are there, and whether it names one twice."""

import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from roadsigns.archives.paths import is_file, scan
from roadsigns.datasets.layouts.layout import Row, path_of
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.layouts.split_folders import SPLIT_NAMES
from roadsigns.types import Box, SignClass

__all__ = ["NamedImages"]


class _Place(NamedTuple):
    split: str
    class_id: int | None
    table: str
    line: int


class NamedImages:
    """The images that the rows of tables have named so far."""

    def __init__(self, data: Path, classes: Sequence[SignClass]) -> None:
        """Begin without any.

        Args:
            data: The folder that paths start from.
            classes: In label order.
        """
        self._data, self._start, self._classes = data, data.absolute().as_posix(), classes
        self._folders: dict[str, frozenset[str]] = {}
        # By image and box, for a photograph may show several signs.
        self._seen: dict[tuple[str, Box | None], _Place] = {}

    def add(self, row: Row, split: str, table: str, line: int) -> Iterator[tuple[str, Row | Problem]]:
        """Yield the row and what is wrong with it, each with the split that it belongs to.

        An image in two splits is a fault of the one that is read first, so that nothing is trained on it.

        Args:
            row: Of a table.
            split: Which split it is in.
            table: The table.
            line: Its line.
        """
        path = posixpath.normpath(path_of(row))
        if not self._is_there(row):
            hint = f"Paths start from the table's folder, so this one is {self._data / path}. Correct or remove it."
            yield split, Problem("no-file", path, table=table, line=line, hint=hint)
            return
        here = _Place(split, row.class_id, table, line)
        first = self._seen.setdefault(
            (posixpath.join(self._start, path), row.annotation.box if row.annotation else None), here
        )
        if first is here:
            yield split, row
            return
        before = f"line {first.line}" if first.table == table else f"{first.table}, line {first.line}"
        if first.split != split:
            message = f"for {split} here, for {first.split} in {before}"
            yield split, row
            yield (
                min(split, first.split, key=list(SPLIT_NAMES).index),
                Problem("contrary-rows", path, message, table, line),
            )
        elif first.class_id != row.class_id:
            message = f"as {self._name(row.class_id)} here, as {self._name(first.class_id)} in {before}"
            yield split, Problem("contrary-rows", path, message, table, line)
        else:
            yield split, Problem("repeated-row", path, f"as in {before}", table, line)

    def _name(self, class_id: int | None) -> str:
        return f"'{self._classes[class_id].name}'" if class_id is not None else "no class"

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
