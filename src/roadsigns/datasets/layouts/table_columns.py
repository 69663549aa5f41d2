"""The columns of a table of labelled images: the spellings of path, label, box, track and split that people use."""

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from roadsigns.box_columns import BoxColumns, require_box_columns
from roadsigns.datasets.layouts.tables import Table
from roadsigns.errors import DataError

__all__ = ["Columns", "cell_text", "class_name", "find_columns"]

# In any case; the first that is there counts.
PATHS = ("path", "file", "filename", "file_name", "filepath", "image_path", "image")
LABELS = ("label", "labels", "class", "class_name", "classid", "class_id", "category", "target")
TRACKS = ("track", "track_id", "trackid")
SPLITS = ("split", "subset", "set", "partition", "fold")
FLOAT = re.compile(r"-?\d+\.0")


class Columns(NamedTuple):
    """The positions of a table's columns; None where there is none."""

    path: int | None
    label: int
    box: BoxColumns | None
    track: int | None
    split: int | None
    width: int | None
    height: int | None


def find_columns(table: Table) -> Columns:
    """Find the columns of a table.

    Raises:
        DataError: If there is no column of paths or labels, or one that looks like a box in no known spelling.
    """
    lower = [name.lower() for name in table.header]

    def find(names: Sequence[str]) -> int | None:
        return next((lower.index(name) for name in names if name in lower), None)

    path = find(PATHS)
    if table.image is not None:
        path = table.header.index(table.image)
    label = find(LABELS)
    if path is None or label is None:
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
    return Columns(path, label, box, find(TRACKS), find(SPLITS), width, height)


def cell_text(fields: Sequence[Any], place: int | None) -> str:
    """Return a field as text; empty where there is none."""
    value = fields[place] if place is not None and place < len(fields) else None
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = str(value).strip()
    # pandas writes the whole numbers of a column with gaps as 3.0.
    return text.removesuffix(".0") if FLOAT.fullmatch(text) else text


def class_name(fields: Sequence[Any], columns: Columns, table: Table) -> str:
    """Return the name of a row's class; empty where there is none, which some tools write as -1."""
    label = cell_text(fields, columns.label)
    if label == "-1":
        return ""
    names = table.class_names.get(table.header[columns.label])
    return names[int(label)] if names and label.isdecimal() and int(label) < len(names) else label
