"""The layout of tables: a CSV or Parquet file that names images and their classes, or Parquet files that hold them.

path,label,x1,y1,x2,y2,track,split     only path (or images in the table itself) and label are needed
photos/1.jpg,stop,12,8,60,55,a,train

DATA is the table, whose paths start from its folder, or a folder of Parquet files as Hugging Face publishes them:
DATA/data/train-00000-of-00002.parquet, DATA/data/test-00000-of-00001.parquet.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadsigns.archives.formats import PARQUET_SUFFIX
from roadsigns.archives.parquet_images import row_name
from roadsigns.archives.paths import is_file
from roadsigns.box_columns import whole_number
from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.layouts.annotations import Annotation
from roadsigns.datasets.layouts.label_columns import choose_labels
from roadsigns.datasets.layouts.labels import Labels, label_names
from roadsigns.datasets.layouts.layout import LayoutName, Row
from roadsigns.datasets.layouts.named_images import NamedImages
from roadsigns.datasets.layouts.no_images import NAMED_PLACES
from roadsigns.datasets.layouts.parquet_files import (
    missing_parts,
    parquet_files,
    require_one_configuration,
    split_of_file,
)
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.layouts.split_folders import split_called
from roadsigns.datasets.layouts.table_columns import Columns, cell_text, class_name, find_columns
from roadsigns.datasets.layouts.tables import TABLE_SUFFIXES, Table, open_table
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.datasets.tracks import track_of
from roadsigns.errors import DataError

__all__ = ["TableLayout"]

CORRECT = "Correct the row, or remove it."


@dataclass(frozen=True, slots=True, eq=False)
class TableLayout:
    """Tables of labelled images. See `layout.Layout`.

    Attributes:
        data: The folder that paths start from.
        title: What it is called in sentences.
        labels: The classes of all rows.
        rows: {split: its rows and what is wrong with them}.
        tracks_from_names: Whether no column holds the tracks.
    """

    data: Path
    title: str
    labels: Labels
    rows: Mapping[str, list[Row | Problem]]
    tracks_from_names: bool
    name: LayoutName = "table"

    @classmethod
    def recognise(cls, data: Path) -> "TableLayout | None":
        """Return the layout of a table, or of a folder that holds Parquet files; None for any other.

        Raises:
            DataError: If the table lacks a column, or has one that cannot be used.
        """
        if is_file(data) and data.suffix.lower() in TABLE_SUFFIXES:
            return _read([data], data.parent)
        files = parquet_files(data)
        require_one_configuration(files, data)
        return _read(files, data) if files else None

    @property
    def spec(self) -> DatasetSpec:
        """Its classes."""
        return self.labels.spec

    @property
    def source(self) -> str:
        """What the images are recorded under."""
        return self.labels.source

    @property
    def has_training(self) -> bool:
        """Whether there are rows to train on."""
        return "train" in self.rows

    @property
    def has_validation(self) -> bool:
        """Whether there are rows to validate on."""
        return "validation" in self.rows

    @property
    def has_test(self) -> bool:
        """Whether there are rows to test on."""
        return "test" in self.rows

    def training(self) -> Iterator[Row | Problem]:
        """Yield the training images in the order of the table."""
        yield from self.labels.problems
        yield from self.rows.get("train", ())

    def validation(self) -> Iterator[Row | Problem]:
        """Yield the validation images in the order of the table."""
        yield from self.rows.get("validation", ())

    def test(self) -> Iterator[Row | Problem]:
        """Yield the test images in the order of the table."""
        yield from self.rows.get("test", ())


def _read(files: Sequence[Path], data: Path) -> TableLayout:
    tables = [open_table(path) for path in files]
    columns, names_in_order = choose_labels(tables, [find_columns(table) for table in tables])
    records = [
        (table, found, number, fields)
        for table, found in zip(tables, columns, strict=True)
        for number, fields in table.rows()
    ]
    if not records:
        raise DataError("The table has no rows.", expected="a row for each image", subject=str(files[0]))
    names = {class_name(fields, found, table) for table, found, _, fields in records} - {""}
    spec = GTSRB if _is_gtsrb(tables, columns, names) else None
    labels = label_names(names, spec=spec, order=names_in_order or _order(tables, columns))
    rows: dict[str, list[Row | Problem]] = defaultdict(list)
    missing = missing_parts(files, data)
    named = NamedImages(data, labels.spec.classes)
    for table, found, number, fields in records:
        split = _split_of(table, found, fields, data)
        if table.path in missing:
            rows[split].append(missing.pop(table.path))
        reader = _Rows(table, found, labels, data)
        item = reader.row(number, fields)
        if isinstance(item, Row) and table.image is None:
            for place, one in named.add(item, split, *reader.place(number)):
                rows[place].append(one)
        else:
            rows[split].append(item)
    first, kinds = tables[0], "Parquet" if tables[0].path.suffix.lower() == PARQUET_SUFFIX else "CSV"
    holds = "that holds the images" if first.image else "of paths and labels"
    boxes = f", boxes from {', '.join(columns[0].box.names)}" if columns[0].box else ""
    unused = [name for place, name in enumerate(first.header) if place not in columns[0].used]
    more = f" and {len(unused) - NAMED_PLACES} more" if len(unused) > NAMED_PLACES else ""
    not_used = f", columns not used: {', '.join(unused[:NAMED_PLACES])}{more}" if unused else ""
    title = f"a {kinds} table {holds}{boxes}{not_used}"
    return TableLayout(data, title, labels, dict(rows), all(found.track is None for found in columns))


def _order(tables: Sequence[Table], columns: Sequence[Columns]) -> Sequence[str]:
    """Return the classes in the order that all tables tell; empty where they tell none."""
    orders = [
        table.class_names.get(table.header[found.label], ()) for table, found in zip(tables, columns, strict=True)
    ]
    return orders[0] if all(order == orders[0] for order in orders) else ()


def _is_gtsrb(tables: Sequence[Table], columns: Sequence[Columns], labels: set[str]) -> bool:
    """Whether the table's columns are called as GTSRB's own, and its labels are numbers of GTSRB's classes."""
    last = len(GTSRB.classes) - 1
    own = all(
        "ClassId" in table.header and found.box is not None and found.box.inclusive
        for table, found in zip(tables, columns, strict=True)
    )
    return own and all(label.isdecimal() and int(label) <= last for label in labels)


def _split_of(table: Table, columns: Columns, fields: Sequence[Any], data: Path) -> str:
    if columns.split is not None:
        value = cell_text(fields, columns.split)
        split = split_called(value) if value else "train"
        if not split:
            raise DataError(
                f"The column {table.header[columns.split]} holds '{value}'.",
                expected="train, val or test, or nothing",
                hint="Correct it, or rename the column if it means something else.",
                subject=str(table.path),
            )
        return split
    if table.path.suffix.lower() != PARQUET_SUFFIX:
        return "train"
    return split_of_file(table.path, data)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Turns the fields of one table's rows into rows of the layout."""

    table: Table
    columns: Columns
    labels: Labels
    data: Path

    def place(self, number: int) -> tuple[str, int]:
        """Return the table's name and the line, or the row of a Parquet file from 1."""
        shown = self.table.path.relative_to(self.data).as_posix()
        return shown, number + (self.table.path.suffix.lower() == PARQUET_SUFFIX)

    def row(self, number: int, fields: Sequence[Any]) -> Row | Problem:
        table, columns = self.table, self.columns
        shown, line = self.place(number)
        path = cell_text(fields, columns.path).replace("\\", "/")
        label = class_name(fields, columns, table)
        if not label or (table.image is None and not path):
            missing = "image" if label else "class"
            return Problem("bad-row", shown, f"it names no {missing}", line=line, hint=CORRECT)
        if label not in self.labels.ids:
            message = f"class {label} is none of the {len(self.labels.ids)} that the table has names for"
            return Problem("bad-row", shown, message, line=line, hint=CORRECT)
        try:
            box = columns.box.box(fields) if columns.box else None
            width, height = (whole_number(cell_text(fields, place) or 0) for place in (columns.width, columns.height))
        except ValueError as error:
            return Problem("bad-row", shown, str(error), line=line, hint=f"Boxes are in whole pixels. {CORRECT}")
        folder, _, name = (f"{shown}/{row_name(number)}" if table.image is not None else path).rpartition("/")
        if columns.track is not None:
            track = cell_text(fields, columns.track) or None
        else:
            track = track_of(path.rpartition("/")[2], label)
        class_id = self.labels.ids[label]
        stated = Annotation(shown, line, width, height, *box, class_id=class_id) if box else None
        return Row(folder, name, class_id, track, stated)
