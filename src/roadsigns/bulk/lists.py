"""Lists of images: one path a line, or CSV with paths and boxes."""

import csv
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Protocol

from roadsigns.bulk.entries import Entry, Extent, add_extents
from roadsigns.errors import DataError, ImageError
from roadsigns.types import Box

__all__ = ["Row", "StreamedList", "TableFile", "read_rows"]

# The first that is there names the image.
NAME_COLUMNS = ("path", "filename", "file", "image", "name")
# GTSRB's corners count the last row and column in, ours do not.
BOX_COLUMNS = (("x1", "y1", "x2", "y2"), 0), (("roi.x1", "roi.y1", "roi.x2", "roi.y2"), 1)
SEPARATORS = ",;\t"
EXPECTED = "a first line such as path,x1,y1,x2,y2 or GTSRB's Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
# No image is that large.
LARGEST = 2**31 - 1

# A path has at most 4,096 bytes on Linux; a row may have other columns.
MAX_LINE_BYTES = 1 << 16
CHUNK_BYTES = 1 << 16
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NO_LIST = re.compile(rb"\x89PNG|\xff\xd8\xff|P[1-6]\s+\d+\s+\d+\s|PK\x03\x04|\x1f\x8b|\xff\xfe|\xfe\xff")
ROW_WITHOUT_HEADER = re.compile(r".+[,;\t]\s*\d+\s*[,;\t]\s*\d+\s*[,;\t]\s*\d+\s*[,;\t]\s*\d+\s*")


class Readable(Protocol):
    """A binary file that gives what is there, without waiting for more."""

    def read1(self, size: int, /) -> bytes: ...


class Row(NamedTuple):
    """A line of a table: an image by its name, and where the sign is, or what is wrong with the line."""

    name: str
    box: Box | ImageError | None


class _Columns(NamedTuple):
    """Where in a row what stands; `offset` is what corners lack to be exclusive."""

    name: int
    box: tuple[int, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class TableFile:
    """A CSV file; its paths start from the folder it is in."""

    path: Path

    @property
    def has_boxes(self) -> bool:
        """Whether it has columns for them."""
        try:
            with self.path.open("rb") as file:
                columns = _find_columns(next(_lines(file, str(self.path)), ""), str(self.path))
        except (OSError, DataError):
            # Told of when it is read.
            return False
        return columns is not None and bool(columns.box)

    def extent(self) -> Extent | None:
        """Read it once; an image's own file is not touched."""
        return add_extents(Extent(1, len(entry.name)) for entry in self.entries())

    def entries(self) -> Iterator[Entry]:
        """Yield a row each. Where the file breaks off, the last one says so."""
        try:
            with self.path.open("rb") as file:
                for row in read_rows(file, str(self.path)):
                    yield _entry(row, self.path.parent)
        except (OSError, DataError) as error:
            yield Entry(str(self.path), ImageError(str(error)))


class StreamedList:
    """Standard input: a list of paths or a CSV, whose paths start from the current folder."""

    def __init__(self, stream: Readable, *, name: str = "standard input") -> None:
        """Read its first line.

        Raises:
            DataError: If it is no list, or a table without the columns that are needed.
        """
        self._name = name
        self._lines = _lines(stream, name)
        first = next(self._lines, "")
        self._columns = _find_columns(first, name)
        if self._columns is None:
            if ROW_WITHOUT_HEADER.fullmatch(first) and not Path(first.rstrip("\r\n")).exists():
                raise DataError(f"{name} starts with '{first.strip()}', a row without a header. Expected {EXPECTED}.")
            self._lines = chain([first], self._lines)
        self._separator = _separator(first)

    @property
    def has_boxes(self) -> bool:
        """Whether it is a table with boxes."""
        return self._columns is not None and bool(self._columns.box)

    def extent(self) -> None:
        """Nobody knows how much will come."""

    def entries(self) -> Iterator[Entry]:
        """Yield a line each. Where the list breaks off, the last one says so."""
        try:
            if self._columns is None:
                yield from (Entry(path, Path(path), local=path) for path in self._paths())
            else:
                rows = _parse(self._lines, self._columns, self._separator, self._name)
                yield from (_entry(row, Path()) for row in rows)
        except (OSError, DataError) as error:
            yield Entry(self._name, ImageError(str(error)))

    def _paths(self) -> Iterator[str]:
        for line in self._lines:
            path = line.removesuffix("\n").removesuffix("\r")
            if path:
                yield path


def read_rows(file: Readable, name: str, *, require_boxes: bool = False) -> Iterator[Row]:
    """Read a CSV file, separated by commas, semicolons or tabs.

    Args:
        file: Opened as binary.
        name: What to call it in an error.
        require_boxes: Refuse a table without columns for boxes.

    Yields:
        Every row that is not empty. A faulty one has its fault for a box.

    Raises:
        DataError: If it is no CSV, or has not the columns that are needed.
    """
    lines = _lines(file, name)
    first = next(lines, "")
    columns = _find_columns(first, name)
    if columns is None or (require_boxes and not columns.box):
        raise DataError(f"{name} starts with '{first.strip()[:80]}'. Expected {EXPECTED}.")
    yield from _parse(lines, columns, _separator(first), name)


def _lines(stream: Readable, name: str) -> Iterator[str]:
    """Yield lines with their ends. Names that end in zeros (`find -print0`) become lines."""
    chunk = stream.read1(CHUNK_BYTES).removeprefix(BYTE_ORDER_MARK)
    if NO_LIST.match(chunk):
        raise DataError(f"{name} holds an image, an archive or UTF-16. Expected paths in UTF-8, one a line, or CSV.")
    separator = b"\0" if b"\0" in chunk else b"\n"
    rest = b""
    while chunk:
        *lines, rest = (rest + chunk).split(separator)
        for line in lines:
            yield os.fsdecode(line) + "\n"
        if len(rest) > MAX_LINE_BYTES:
            raise DataError(f"{name} has a line of more than {MAX_LINE_BYTES} bytes. Expected paths, one a line.")
        chunk = stream.read1(CHUNK_BYTES)
    if rest:
        yield os.fsdecode(rest)


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _find_columns(header: str, name: str) -> _Columns | None:
    """Return where the columns are, or None if this is no header."""
    columns = [column.strip().strip('"').lower() for column in header.split(_separator(header))]
    named = next((column for column in NAME_COLUMNS if column in columns), None)
    if named is None or len(columns) == 1:
        return None
    for wanted, offset in BOX_COLUMNS:
        found = [column for column in wanted if column in columns]
        if len(found) == len(wanted):
            return _Columns(columns.index(named), tuple(map(columns.index, wanted)), offset)
        if found:
            missing = ", ".join(sorted(set(wanted) - set(found)))
            raise DataError(f"{name} has columns {', '.join(found)} but lacks {missing}. Expected {EXPECTED}.")
    return _Columns(columns.index(named), (), 0)


def _parse(lines: Iterator[str], columns: _Columns, separator: str, name: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=separator)
    try:
        for fields in reader:
            if fields:
                yield _parse_row(fields, columns, f"{name}, row {reader.line_num + 1}")
    except csv.Error as error:
        raise DataError(f"{name} is no CSV from row {reader.line_num + 1} on: {error}. Mend it there.") from error


def _parse_row(fields: Sequence[str], columns: _Columns, place: str) -> Row:
    image = fields[columns.name] if columns.name < len(fields) else ""
    if not image:
        return Row("", ImageError(f"{place}, names no image. Remove the row."))
    corners = [fields[column] if column < len(fields) else "" for column in columns.box]
    if not any(map(str.strip, corners)):
        return Row(image, None)
    try:
        x1, y1, x2, y2 = map(int, corners)
    except ValueError:
        return Row(image, ImageError(f"{place}: '{','.join(corners)}' is no box. Expected four whole numbers."))
    if max(map(abs, (x1, y1, x2, y2))) >= LARGEST:
        return Row(image, ImageError(f"{place}: the box {','.join(corners)} is larger than any image."))
    return Row(image, Box(x1, y1, x2 + columns.offset, y2 + columns.offset))


def _entry(row: Row, folder: Path) -> Entry:
    path = folder / row.name
    if isinstance(row.box, ImageError):
        return Entry(str(path) if row.name else "", row.box)
    return Entry(str(path), path, row.box, row.name)
