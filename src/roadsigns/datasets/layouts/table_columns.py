"""The columns of a table of labelled images: the spellings of path, label, box, track and split that people use."""

import math
import re
from collections.abc import Sequence
from pathlib import PureWindowsPath
from typing import Any, NamedTuple

from roadsigns.box_columns import PATHS, BoxColumns, find_column, plain_name, require_box_columns
from roadsigns.datasets.layouts.tables import Table
from roadsigns.errors import DataError
from roadsigns.image_files import is_image_name

__all__ = ["Columns", "cell_text", "class_name", "find_columns"]

# As `plain_name` gives them; the first that is there counts.
LABELS = ("label", "labels", "class", "classname", "classid", "category", "target")
TRACKS = ("track", "trackid")
SPLITS = ("split", "subset", "set", "partition", "fold")
FLOAT = re.compile(r"-?\d+\.0")
NUMBER = re.compile(r"-?\d+(\.\d*)?")
# Of a first line, in an error.
SHOWN = 80


class Columns(NamedTuple):
    """The positions of a table's columns; None where there is none.

    `other_labels` are those of further columns that may be the labels; see `label_columns`.
    """

    path: int | None
    label: int
    box: BoxColumns | None
    track: int | None
    split: int | None
    width: int | None
    height: int | None
    other_labels: tuple[int, ...] = ()

    @property
    def used(self) -> set[int]:
        """The positions of all columns that mean something here."""
        places = (self.path, self.label, self.track, self.split, self.width, self.height, *self.other_labels)
        return {place for place in places if place is not None} | set(self.box.places if self.box else ())


def find_columns(table: Table) -> Columns:
    """Find the columns of a table.

    Raises:
        DataError: If there is no column of paths or labels, or one that looks like a box in no known spelling.
    """

    def find(names: Sequence[str]) -> int | None:
        return find_column(table.header, names)

    path = find(PATHS)
    if table.image is not None:
        path = table.header.index(table.image)
    label = find(LABELS)
    if path is None or label is None:
        if table.image is None and any(map(_is_data, table.header)):
            raise DataError(
                f"The first line is '{','.join(table.header)[:SHOWN]}', which names no columns.",
                expected="a header, a first line such as path,label, perhaps also x1,y1,x2,y2, track and split",
                hint="Write such a line above it.",
                subject=str(table.path),
            )
        lacks = "column of paths" if path is None else "column of labels"
        raise DataError(
            f"The table has no {lacks}; its columns are {', '.join(table.header) or 'none'}.",
            expected="columns such as path,label, perhaps also x1,y1,x2,y2, track and split",
            subject=str(table.path),
        )
    box = require_box_columns(table.header, subject=str(table.path))
    taken = set(box.places) if box else set()
    width, height = (place if place not in taken else None for place in (find(("width",)), find(("height",))))
    if width is None or height is None:
        width = height = None
    others = tuple(place for place, name in enumerate(table.header) if plain_name(name) in LABELS and place != label)
    return Columns(path, label, box, find(TRACKS), find(SPLITS), width, height, others)


def _is_data(cell: str) -> bool:
    """Whether a field of a first line is a row's and no column's name: the name of an image, or a number."""
    return is_image_name(PureWindowsPath(cell).name) or NUMBER.fullmatch(cell) is not None


def cell_text(fields: Sequence[Any], place: int | None) -> str:
    """Return a field as text; empty where there is none."""
    value = fields[place] if place is not None and place < len(fields) else None
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = str(value).strip()
    # pandas writes the whole numbers of a column with gaps as 3.0.
    return text.removesuffix(".0") if FLOAT.fullmatch(text) else text


def class_name(fields: Sequence[Any], columns: Columns, table: Table) -> str:
    """Return the name of a row's class; empty where there is none, which some tools write as -1.

    Raises:
        DataError: If the label is of a type that names no class.
    """
    if columns.label < len(fields) and isinstance(fields[columns.label], (bool, bytes, list, dict)):
        raise DataError(
            f"The labels in the column {table.header[columns.label]} are of the type "
            f"{type(fields[columns.label]).__name__}.",
            expected="one text or whole number for each image",
            hint="Write the name or the number of the class into that column.",
            subject=str(table.path),
        )
    label = cell_text(fields, columns.label)
    if label == "-1":
        return ""
    names = table.class_names.get(table.header[columns.label])
    return names[int(label)] if names and label.isdecimal() and int(label) < len(names) else label
