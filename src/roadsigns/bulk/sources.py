"""What people give to `roadsigns predict`: files, folders, patterns, archives, tables, standard input."""

import glob
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import cast

from roadsigns.bulk.archives import Archive, is_archive
from roadsigns.bulk.box_table import BoxTable
from roadsigns.bulk.entries import Entry, Extent, Source, add_extents
from roadsigns.bulk.lists import Readable, StreamedList, TableFile
from roadsigns.errors import DataError, ImageError
from roadsigns.image_files import count_images, find_images, in_natural_order
from roadsigns.types import Box

__all__ = ["STANDARD_INPUT", "Sources", "open_sources"]

STANDARD_INPUT = "-"
NOTHING = "There is nothing to predict. Give image files, folders or archives that hold some, or a list of them."


@dataclass(frozen=True, slots=True)
class File:
    """One image file, there or not: it is told of when it is read."""

    path: Path
    has_boxes: bool = False

    def extent(self) -> Extent:
        """One."""
        return Extent(1, len(str(self.path)))

    def entries(self) -> Iterator[Entry]:
        """Yield it."""
        yield Entry(str(self.path), self.path, local=self.path.name)


@dataclass(frozen=True, slots=True)
class Folder:
    """The images in a folder and below it."""

    path: Path
    has_boxes: bool = False

    def extent(self) -> Extent:
        """Walk through it once."""
        return Extent(*count_images(self.path))

    def entries(self) -> Iterator[Entry]:
        """Yield them in natural order, and folders that cannot be read."""
        problems: list[OSError] = []
        for path in find_images(self.path, onerror=problems.append):
            yield Entry(str(path), path, local=path.relative_to(self.path).as_posix())
            yield from _unreadable(problems)
        yield from _unreadable(problems)


@dataclass(frozen=True, slots=True)
class Pattern:
    """The files that a pattern such as `signs/**/*.png` finds, in natural order; nothing hidden, no folders."""

    pattern: str
    has_boxes: bool = False

    def extent(self) -> Extent | None:
        """Look for them once."""
        return add_extents(_of_file(path).extent() for path in self._paths())

    def entries(self) -> Iterator[Entry]:
        """Yield what is in each file."""
        paths = in_natural_order(lambda: map(str, self._paths()))
        return chain.from_iterable(_of_file(Path(path)).entries() for path in paths)

    def _paths(self) -> Iterator[Path]:
        found = map(Path, glob.iglob(self.pattern, recursive=True))  # noqa: PTH207 - Path.glob shows hidden files and takes no absolute pattern
        return (path for path in found if not path.is_dir())


class Sources:
    """Several sources one after the other, with one box for them or boxes from a table."""

    def __init__(
        self,
        sources: Sequence[Source],
        table: BoxTable | None = None,
        box: tuple[int, int, int, int] | None = None,
    ) -> None:
        """Look through what is quickly looked through.

        Raises:
            DataError: If it is known that there is nothing.
        """
        self._sources = sources
        self._table = table
        self._box = None if box is None else Box(*box)
        self._extent = add_extents(source.extent() for source in sources)
        if self._extent is not None and not self._extent.entries:
            raise DataError(NOTHING)

    @property
    def count(self) -> int | None:
        """How many entries there are, if that is known."""
        return None if self._extent is None or (self._table and self._table.repeats) else self._extent.entries

    @property
    def longest(self) -> int | None:
        """Length of the longest name, if that is known."""
        return None if self._extent is None else self._extent.longest

    @property
    def has_boxes(self) -> bool:
        """Whether entries may have boxes."""
        return bool(self._table or self._box) or any(source.has_boxes for source in self._sources)

    def entries(self) -> Iterator[Entry]:
        """Yield all entries; warns of what held none.

        Raises:
            DataError: If none of them held any.
        """
        entries = self._plain_entries()
        yield from entries if self._table is None else self._table.apply(entries)
        if self._table is None:
            return
        unused, first = self._table.unused()
        if unused:
            warnings.warn(f"{unused} rows of boxes name no image that was read, '{first}' first.", stacklevel=2)

    def _plain_entries(self) -> Iterator[Entry]:
        empty = True
        for source in self._sources:
            number = -1
            for number, entry in enumerate(source.entries()):  # noqa: B007 - tells whether there were any
                yield entry if self._box is None else entry._replace(box=self._box)
            if number < 0:
                warnings.warn(f"{_describe(source)}; passed over.", stacklevel=2)
            empty &= number < 0
        if empty:
            raise DataError(NOTHING)


def open_sources(
    given: Sequence[str], *, box: tuple[int, int, int, int] | None = None, boxes: Path | None = None
) -> Sources:
    """Turn what was given on the command line into entries.

    Args:
        given: Files, folders, patterns, archives, CSV files, or "-" for standard input.
        box: Where the sign is, (x1, y1, x2, y2), x2 and y2 exclusive.
        boxes: A CSV file of boxes for them.

    Raises:
        DataError: If there is none of them, or the table or the standard input cannot be used.
    """
    table = None if boxes is None else BoxTable(boxes)
    if not any(name == STANDARD_INPUT or Path(name).exists() or _matches(name) for name in given):
        raise DataError(
            f"{', '.join(given)}: no such file or folder. Give image files, folders, archives, or patterns of them."
        )
    return Sources([_of(name) for name in given], table, box)


def _of(name: str) -> Source:
    path = Path(name)
    if name == STANDARD_INPUT:
        return StreamedList(_standard_input())
    if path.is_dir():
        return Folder(path)
    # A file may be called "sign[1].png".
    return _of_file(path) if path.exists() or not glob.has_magic(name) else Pattern(name)


def _standard_input() -> Readable:
    # None if whoever started Python closed it.
    if sys.stdin is None:
        raise DataError("Standard input is closed. Give it a list of images, or name them on the command line.")
    return cast("Readable", sys.stdin.buffer)


def _of_file(path: Path) -> Source:
    if is_archive(path) and path.is_file():
        return Archive(path)
    return TableFile(path) if path.suffix.lower() == ".csv" else File(path)


def _matches(name: str) -> bool:
    return glob.has_magic(name) and next(Pattern(name).entries(), None) is not None


def _describe(source: Source) -> str:
    if isinstance(source, Folder):
        return f"the folder {source.path} holds no images (.ppm, .png, .jpg)"
    if isinstance(source, Archive):
        return f"the archive {source.path} holds no images (.ppm, .png, .jpg)"
    if isinstance(source, Pattern):
        return f"no file is called {source.pattern}"
    if isinstance(source, TableFile):
        return f"{source.path} has no rows"
    return "nothing came from standard input"


def _unreadable(problems: list[OSError]) -> Iterator[Entry]:
    while problems:
        problem = problems.pop()
        reason = f"{problem.filename} cannot be read: {problem.strerror}. Check its permissions."
        yield Entry(str(problem.filename), ImageError(reason))
