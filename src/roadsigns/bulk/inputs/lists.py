"""Lists of images: one path per line, or CSV with paths and boxes."""

import csv
import logging
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from roadsigns.box_columns import PATHS, BoxColumns, find_column, require_box_columns
from roadsigns.bulk.entries import Entry
from roadsigns.errors import DataError, ImageError
from roadsigns.files import disk_has
from roadsigns.types import Box

__all__ = ["NAME_COLUMNS", "Row", "as_image_error", "entries_of", "read_rows", "tell_columns"]

logger = logging.getLogger(__name__)

# The first that is there names the image. In a table of labels a name may be a class's.
NAME_COLUMNS = (*PATHS, "name")
# Of columns that are not used, in the log.
NAMED = 5
SEPARATORS = ",;\t"
EXPECTED = "a first line such as path,x1,y1,x2,y2 or GTSRB's Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
ROW_WITHOUT_HEADER = re.compile(r".+([,;\t]\s*\d+\s*){4}")


class Row(NamedTuple):
    """One line: an image by its name, and where the sign is, or what is wrong with the line."""

    name: str
    box: Box | ImageError | None = None


class _Columns(NamedTuple):
    """Where the name of the image stands, and its box."""

    name: int
    box: BoxColumns | None


def read_rows(file: Iterable[bytes], name: str, *, plain: bool = False) -> tuple[bool, Iterator[Row]]:
    """Read a CSV file, separated by commas, semicolons or tabs.

    Args:
        file: Opened as binary: its lines.
        name: The subject of errors.
        plain: Whether it may also be a list, one path per line.

    Returns:
        Whether there are columns for boxes, and every row that is not blank. A faulty row has its fault for a box.

    Raises:
        DataError: If a column that is needed is missing. Also while iterating, if it is not CSV from some line on.
    """
    lines = _decoded(file, name)
    first = next(lines, "")
    columns = _find_columns(first, name)
    if columns is not None:
        return columns.box is not None, _parse(lines, columns, _separator(first), name)
    path = first.rstrip("\r\n")
    if not plain or (ROW_WITHOUT_HEADER.fullmatch(path) and not disk_has(Path(path))):
        raise DataError(f"The first line is '{path[:80]}'.", expected=EXPECTED, subject=name)
    return False, (Row(path) for line in chain([first], lines) if (path := line.rstrip("\r\n")).strip())


def entries_of(rows: Iterable[Row], folder: Path, name: str) -> Iterator[Entry]:
    """Yield an entry for each row, its path starting from a folder. Where the rows break off, the last one says so."""
    try:
        for row in rows:
            path = folder / row.name
            if "\\" in row.name and not disk_has(path) and disk_has(folder / row.name.replace("\\", "/")):
                # Written on Windows.
                path = folder / row.name.replace("\\", "/")
            if isinstance(row.box, ImageError):
                yield Entry(str(path) if row.name else "", row.box)
            else:
                yield Entry(str(path), path, row.box, row.name)
    except DataError as error:
        yield Entry(name, as_image_error(error))


def tell_columns(header: Sequence[str], place: int | None, box: BoxColumns | None, name: str) -> None:
    """Log which columns of a table boxes are read from, and which are not used.

    Args:
        header: The names of all columns.
        place: Where the images are, or their names.
        box: Where the boxes are.
        name: The table.
    """
    used = {place, *(box.places if box else ())}
    unused = [column or "one without a name" for index, column in enumerate(header) if index not in used]
    more = f" and {len(unused) - NAMED} more" if len(unused) > NAMED else ""
    told = [f"boxes from the columns {', '.join(box.names)}"] if box else []
    told += [f"columns not used: {', '.join(unused[:NAMED])}{more}"] if unused else []
    if told:
        logger.info("%s: %s.", name, "; ".join(told))


def as_image_error(error: DataError) -> ImageError:
    """Return a list's error as the error of an entry."""
    return ImageError(error.problem, expected=error.expected, hint=error.hint, subject=error.subject)


def _decoded(file: Iterable[bytes], name: str) -> Iterator[str]:
    for number, line in enumerate(file):
        if b"\0" in line:
            raise DataError(
                f"Line {number + 1} contains a zero byte, as images and archives do.",
                expected="a list of paths in UTF-8, one per line, or CSV",
                hint="Name images and archives themselves instead.",
                subject=name,
            )
        # A file's name may not be valid text.
        text = os.fsdecode(line)
        yield text if number else text.removeprefix("\ufeff")


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _find_columns(header: str, name: str) -> _Columns | None:
    """Return where the columns are, or None if this is not a header."""
    columns = [column.strip().strip('"') for column in header.split(_separator(header))]
    named = find_column(columns, NAME_COLUMNS)
    # A file may be called "path".
    if named is None or (len(columns) == 1 and disk_has(Path(columns[0]))):
        return None
    box = require_box_columns(columns, subject=name)
    tell_columns(columns, named, box, name)
    return _Columns(named, box)


def _parse(lines: Iterator[str], columns: _Columns, separator: str, name: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=separator)
    try:
        for fields in reader:
            if any(map(str.strip, fields)) or len(fields) > 1:
                yield _parse_row(fields, columns, f"{name}, row {reader.line_num + 1}")
    except csv.Error as error:
        raise DataError(f"This is not CSV ({error}).", subject=f"{name}, row {reader.line_num + 1}") from error


def _parse_row(fields: Sequence[str], columns: _Columns, place: str) -> Row:
    image = fields[columns.name] if columns.name < len(fields) else ""
    if not image:
        return Row(
            "", ImageError("The row names no image.", hint="Name one in it, or leave the row out.", subject=place)
        )
    if columns.box is None:
        return Row(image)
    try:
        return Row(image, columns.box.box(fields))
    except ValueError as error:
        shown = ",".join(fields[column] if column < len(fields) else "" for column in columns.box.places)
        problem = f"'{shown}' is not a box: {error}."
        return Row(image, ImageError(problem, expected="four whole numbers", subject=place))
