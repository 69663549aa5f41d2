"""Annotation files row by row, faulty rows included.

`roadsigns.datasets.reader` stops at the first fault, since nothing may be trained on a faulty file. A check
wants them all.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.reader import BOX_COLUMNS
from roadsigns.errors import DataError

__all__ = ["Row", "read_rows"]

# What fits the arrays that rows are put into; no image is that large.
LARGEST = 2**31 - 2


class Row(NamedTuple):
    """One row of an annotation file.

    Attributes:
        line: Its number in the file.
        name: The image's file name.
        size: (width, height) in pixels.
        box: (x1, y1, x2, y2) in pixels, origin top left, x2 and y2 exclusive; unlike in the file, and not checked.
        class_id: None where the file has no labels.
        problem: What is wrong with the row; empty where nothing is. The numbers of a faulty row mean nothing.
    """

    line: int
    name: str
    size: tuple[int, int] = (0, 0)
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    class_id: int | None = None
    problem: str = ""


def read_rows(table: Path, *, labelled: bool) -> Iterator[Row]:
    """Read a GTSRB annotation file.

    Args:
        table: The file.
        labelled: Whether a row without a class is faulty.

    Yields:
        Every row, in order.

    Raises:
        DataError: If the file, or what is left of it, cannot be read, or lacks a column. Earlier rows are good.
    """
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, delimiter=";")
            _require_columns(reader.fieldnames or [], labelled=labelled)
            for fields in reader:
                yield _parse(fields, reader.line_num, labelled=labelled)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"cannot be read: {error}") from error


def _require_columns(columns: Sequence[str], *, labelled: bool) -> None:
    wanted = ("Filename", *BOX_COLUMNS, *(("ClassId",) if labelled else ()))
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise DataError(f"lacks the columns {', '.join(missing)}; found {';'.join(columns) or 'an empty file'}")


def _parse(fields: dict[str, str], line: int, *, labelled: bool) -> Row:
    name = fields["Filename"] or ""
    try:
        width, height, x1, y1, x2, y2 = (int(fields[column]) for column in BOX_COLUMNS)
        class_id = int(fields["ClassId"]) if labelled or fields.get("ClassId") not in (None, "") else None
    except (TypeError, ValueError):
        return Row(line, name, problem=f"expected whole numbers, got {';'.join(map(str, fields.values()))}")
    problem = ""
    if max(map(abs, (width, height, x1, y1, x2, y2))) > LARGEST:
        return Row(line, name, problem=f"numbers above {LARGEST}")
    if class_id is not None and not 0 <= class_id < len(GTSRB_CLASSES):
        problem = f"class {class_id} is none of GTSRB's 0 to {len(GTSRB_CLASSES) - 1}"
    elif Path(name).name != name or not name:
        problem = f"'{name}' is no plain file name"
    # The annotation counts the last row and column in.
    return Row(line, name, (width, height), (x1, y1, x2 + 1, y2 + 1), class_id, problem)
