"""Boxes for the images of folders and archives, looked up by name."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.lists import Row, read_rows
from roadsigns.errors import DataError, ImageError
from roadsigns.types import Box

__all__ = ["BoxTable"]


class BoxTable:
    """A CSV file of boxes.

    Its rows are kept in a temporary database, which SQLite puts on disk when it grows and removes at the end: memory
    does not grow with their number.
    """

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            DataError: If it cannot be read, or is no CSV with names and boxes.
        """
        self._path = path
        # Entries may be asked for in another thread than this, one at a time.
        self._rows = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE rows (name BLOB, x1, y1, x2, y2, problem TEXT, used INT)")
        self._rows.execute("BEGIN")
        try:
            with path.open("rb") as file:
                rows = map(_as_values, read_rows(file, str(path), require_boxes=True))
                self._rows.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, 0)", rows)
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror}. Check the path and its permissions.") from error
        self._rows.execute("CREATE INDEX by_name ON rows (name)")

    def apply(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Give each image its box. An image of several rows is several entries, and one of none an error."""
        for entry in entries:
            if isinstance(entry.image, ImageError):
                yield entry
                continue
            found = self._find(entry.local) or self._find(entry.name)
            if not found:
                yield entry._replace(
                    image=ImageError(
                        f"{entry.name} has no row '{entry.local}' in {self._path}. Add one, with an empty box for the "
                        "whole image."
                    )
                )
            for box in found:
                yield entry._replace(image=box) if isinstance(box, ImageError) else entry._replace(box=box)

    @property
    def repeats(self) -> bool:
        """Whether an image has several rows."""
        count, names = self._rows.execute("SELECT count(*), count(DISTINCT name) FROM rows").fetchone()
        return bool(count > names)

    def unused(self) -> tuple[int, str]:
        """Return how many rows no image was found for, and the name in the first."""
        count, first = self._rows.execute(
            "SELECT count(*), (SELECT name FROM rows WHERE NOT used ORDER BY rowid LIMIT 1) FROM rows WHERE NOT used"
        ).fetchone()
        return count, os.fsdecode(first or b"")

    def _find(self, name: str) -> list[Box | ImageError | None]:
        rows = self._rows.execute(
            "SELECT rowid, x1, y1, x2, y2, problem FROM rows WHERE name = ? ORDER BY rowid", (os.fsencode(name),)
        ).fetchall()
        if rows:
            self._rows.execute("UPDATE rows SET used = 1 WHERE name = ?", (os.fsencode(name),))
        return [_as_box(*row[1:]) for row in rows]


def _as_values(row: Row) -> tuple[bytes, int | None, int | None, int | None, int | None, str | None]:
    name = os.fsencode(row.name)
    if isinstance(row.box, ImageError):
        return name, None, None, None, None, str(row.box)
    return name, *(row.box or (None, None, None, None)), None


def _as_box(
    x1: int | None, y1: int | None, x2: int | None, y2: int | None, problem: str | None
) -> Box | ImageError | None:
    if problem is not None:
        return ImageError(problem)
    return None if x1 is None or y1 is None or x2 is None or y2 is None else Box(x1, y1, x2, y2)
