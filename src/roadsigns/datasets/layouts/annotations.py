"""Annotation files in GTSRB's format: a line for each image, separated by semicolons or commas.

Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId        as published
00000_00000.ppm;29;30;5;6;24;25;0

Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path            as on Kaggle, with paths below the data folder
27,26,5,5,22,20,20,Train/20/00020_00000_00000.png
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from roadsigns.archives.paths import open_text
from roadsigns.box_columns import whole_number
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.types import Box
from roadsigns.wording import reason

__all__ = ["Annotation", "read_annotations"]

BOX_COLUMNS = ("Width", "Height", "Roi.X1", "Roi.Y1", "Roi.X2", "Roi.Y2")
# The name of an image, or its path below the data folder.
NAME, PATH = "Filename", "Path"
SEPARATORS = ";,\t"
# What fits the arrays that a check puts rows into; no image is that large.
LARGEST = 2**31 - 2


class Annotation(NamedTuple):
    """What an annotation file says of one image. Flat, for there may be a million.

    Attributes:
        table: The annotation file, relative to the data folder.
        line: Its line.
        width: Of the image, in pixels; 0 where the table does not say.
        height: Of the image, in pixels; 0 where the table does not say.
        x1: Left edge of the sign's box in pixels, not checked.
        y1: Top edge.
        x2: Right edge, exclusive, unlike in the file.
        y2: Bottom edge, exclusive, unlike in the file.
        class_id: None where the file has no label.
    """

    table: str
    line: int
    width: int
    height: int
    x1: int
    y1: int
    x2: int
    y2: int
    class_id: int | None

    @property
    def box(self) -> Box:
        """The sign's box."""
        return Box(self.x1, self.y1, self.x2, self.y2)

    @property
    def fits(self) -> bool:
        """Whether the box has pixels and lies inside an image of the size that is stated, if one is."""
        width, height = self.width or LARGEST, self.height or LARGEST
        return 0 <= self.x1 < self.x2 <= width and 0 <= self.y1 < self.y2 <= height


def read_annotations(
    data: Path, table: str, *, spec: DatasetSpec | None, labelled: bool
) -> Iterator[tuple[str, Annotation | Problem]]:
    """Read an annotation file.

    Args:
        data: The data folder.
        table: The file, relative to it.
        spec: The data set that the labels are of; None where any number is a label.
        labelled: Whether a row without a class is wrong.

    Yields:
        Every row in order: the name of its image, and the annotation or what is wrong with it. A file that cannot be
        read, or not to its end, yields a problem without a name as its last.
    """
    try:
        with open_text(data / table) as file:
            first = file.readline()
            separator = max(SEPARATORS, key=first.count)
            header = next(csv.reader([first], delimiter=separator), [])
            reader = csv.reader(file, delimiter=separator)
            problem = _missing_columns(header, table, labelled=labelled)
            if problem:
                yield "", problem
                return
            columns = {name: index for index, name in enumerate(header)}
            parser = _Parser(table, spec, labelled, columns)
            for fields in reader:
                if any(map(str.strip, fields)) or len(fields) > 1:
                    # The header is read apart.
                    yield parser.parse(fields, reader.line_num + 1)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        yield "", Problem("bad-annotations", table, f"cannot be read: {reason(error)}")


def _missing_columns(header: Sequence[str], table: str, *, labelled: bool) -> Problem | None:
    wanted = (NAME if PATH not in header else PATH, *BOX_COLUMNS, *(("ClassId",) if labelled else ()))
    missing = [name for name in wanted if name not in header]
    if not missing:
        return None
    columns = "column" if len(missing) == 1 else "columns"
    message = f"lacks the {columns} {', '.join(missing)}; found {';'.join(header) or 'an empty file'}"
    hint = ""
    if missing == ["ClassId"]:
        hint = "Fetch the annotations that have labels; the published test images come with some that have none."
    return Problem("bad-annotations", table, message, hint=hint)


class _Parser:
    """Parses the rows of one annotation file, whose columns may stand in any order."""

    def __init__(self, table: str, spec: DatasetSpec | None, labelled: bool, columns: Mapping[str, int]) -> None:
        self._table, self._spec, self._labelled = table, spec, labelled
        self._has_paths = NAME not in columns
        self._name, self._class = columns[PATH if self._has_paths else NAME], columns.get("ClassId")
        self._box = [columns[name] for name in BOX_COLUMNS]

    def parse(self, fields: Sequence[str], line: int) -> tuple[str, Annotation | Problem]:
        """Return the name of the image, and its annotation or what is wrong with it."""
        name = fields[self._name] if self._name < len(fields) else ""
        if self._has_paths:
            name = name.replace("\\", "/")
        try:
            width, height, x1, y1, x2, y2 = numbers = [whole_number(fields[index]) for index in self._box]
            class_id = self._class_id(fields)
        except (IndexError, ValueError):
            return name, Problem("bad-row", self._table, f"expected whole numbers, got {';'.join(fields)}", line=line)
        message = _refusal(name, numbers, class_id, self._spec, is_path=self._has_paths)
        if message:
            return name, Problem("bad-row", self._table, message, line=line)
        # The file counts the last row and column in.
        return name, Annotation(self._table, line, width, height, x1, y1, x2 + 1, y2 + 1, class_id)

    def _class_id(self, fields: Sequence[str]) -> int | None:
        index = self._class
        if index is None or (not self._labelled and not "".join(fields[index : index + 1])):
            return None
        return whole_number(fields[index])


def _refusal(
    name: str, numbers: Sequence[int], class_id: int | None, spec: DatasetSpec | None, *, is_path: bool
) -> str:
    """Say why a row of numbers makes no sense; empty where it does."""
    if max(numbers) > LARGEST or min(numbers) < -LARGEST:
        return f"a number is beyond {LARGEST}"
    if spec and class_id is not None and not 0 <= class_id < len(spec.classes):
        return f"class {class_id} is not one of {spec.name}'s, which are 0 to {len(spec.classes) - 1}"
    # Annotations name files beside or below them, nothing else on the disk.
    parts = name.split("/")
    if not all(parts) or "." in parts or ".." in parts or (len(parts) > 1 and not is_path):
        return f"'{name}' is not a {'path below the data folder' if is_path else 'plain file name'}"
    return ""
