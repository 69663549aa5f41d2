"""The columns of a CSV file of anybody's predictions.

    image,truth,prediction,probability,track
    00014/00003_00027.ppm,stop,stop,0.9998,00003
    00014/00003_00028.ppm,stop,give way,0.6121,00003

| column | |
|---|---|
| image | its name, each once; ./a.png is a.png |
| truth | its class, by name or number; may be missing where the data folder has labels |
| prediction | the class that the model says, by name or number |
| probability | of that class, 0 to 1; may be missing |
| track | which physical sign of its class it shows; may be missing |
| any other | named like a class: the probability of that class. All classes, or none |

Columns are separated by commas, semicolons or tabs, and their order does not matter. Numbers are labels, from 0. Where
all classes have a probability, `prediction` and `probability` may be missing.
"""

import csv
import lzma
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Protocol, TextIO, cast

import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError
from roadsigns.files import require_file
from roadsigns.html_report.sources.from_csv.class_names import class_names_of
from roadsigns.html_report.sources.from_csv.values import (
    COLUMNS,
    Table,
    class_ids,
    fractions,
    probabilities,
    require_agreement,
)
from roadsigns.wording import plain_name, reason

__all__ = ["ForeignPredictions", "is_own_format", "read_columns"]

# What `roadsigns.evaluation.predictions_csv` writes.
OWN_COLUMNS = ["image", "class_id", "track"]
# German Excel writes semicolons. A class may be called by any of them, so the column `image` tells.
SEPARATORS = ",;\t"


class _Lines(Protocol):
    """What `csv.reader` returns."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True, eq=False)
class ForeignPredictions:
    """The predictions of anybody's model. Arrays are in the order of `images`.

    Attributes:
        images: Their names.
        truths: Their class ids; None without that column.
        predicted: The class ids that were predicted, int32, shape (images,).
        confidence: Their probabilities, float64, shape (images,); None without them.
        probabilities: Of all classes, float32, shape (images, num_classes); None without them.
        tracks: Which sign of its class each shows; None where that is unknown.
        classes: Names in label order.
    """

    images: tuple[str, ...]
    truths: tuple[int, ...] | None
    predicted: npt.NDArray[np.int32]
    confidence: npt.NDArray[np.float64] | None
    probabilities: npt.NDArray[np.float32] | None
    tracks: tuple[str | None, ...]
    classes: tuple[str, ...]


def is_own_format(path: Path) -> bool:
    """Whether this is a file that roadsigns writes: those are read by `roadsigns.evaluation.predictions_csv`.

    Raises:
        DataError: If it cannot be read.
    """
    # A file that roadsigns writes may name files whose names are not valid text.
    with _readable(path), _open_text(path, "surrogateescape") as file:
        return next(_lines(file), [])[: len(OWN_COLUMNS)] == OWN_COLUMNS


def read_columns(path: Path, *, classes: Sequence[str] | None = None) -> ForeignPredictions:
    """Read a file with the columns above.

    Args:
        path: The file.
        classes: Names in label order; None takes those that the file names, in natural order.

    Raises:
        DataError: If it cannot be read, lacks a column, or a value makes no sense, with the number of its line.
    """
    with _readable(path), _open_text(path, "strict") as file:
        lines = _lines(file)
        header = [name.strip() for name in next(lines, [])]
        if "\0" in "".join(header):
            raise _not_utf8(path)
        _require_columns(header, path)
        rows = list(_whole_rows(lines, len(header), path))
    if not rows:
        raise DataError("The file holds no predictions.", expected="a line for each image", subject=str(path))
    numbers_of_lines, texts = zip(*rows, strict=True)
    columns = dict(zip(header, zip(*texts, strict=True), strict=True))
    table = Table(path, columns | {"image": tuple(map(_plain_path, columns["image"]))}, numbers_of_lines)
    _require_each_once(table)
    _require_no_gaps(table)
    names = class_names_of(table, classes)
    numbers = {plain_name(name): number for number, name in enumerate(names)}
    return _typed(table, numbers, names, probabilities(table, numbers, len(names)))


def _typed(
    table: Table, numbers: dict[str, int], names: tuple[str, ...], by_class: npt.NDArray[np.float32] | None
) -> ForeignPredictions:
    columns = table.columns
    count = len(table.lines)
    if "prediction" in columns:
        predicted = np.array(class_ids(table, "prediction", numbers, len(names)), np.int32)
    else:
        predicted = np.asarray(by_class).argmax(axis=1).astype(np.int32)
    if by_class is not None:
        require_agreement(predicted, by_class, table)
    return ForeignPredictions(
        images=columns["image"],
        truths=tuple(class_ids(table, "truth", numbers, len(names))) if "truth" in columns else None,
        predicted=predicted,
        confidence=fractions(table, "probability") if "probability" in columns else None,
        probabilities=by_class,
        tracks=tuple(track or None for track in columns.get("track", ("",) * count)),
        classes=names,
    )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        require_file(path)
        yield
    except UnicodeError as error:
        raise _not_utf8(path) from error
    except (OSError, csv.Error, lzma.LZMAError, EOFError) as error:
        raise DataError(
            f"The predictions cannot be read: {reason(error)}.",
            expected="a CSV file with a line for each image",
            subject=str(path),
        ) from error


def _lines(file: TextIO) -> _Lines:
    """Return a reader of the lines, which are separated as those of the header are."""
    first = file.readline()
    names = {separator: [name.strip(' "\r\n') for name in first.split(separator)] for separator in SEPARATORS}
    separator = next((one for one in SEPARATORS if "image" in names[one]), SEPARATORS[0])
    return csv.reader(chain([first], file), delimiter=separator, strict=True)


def _open_text(path: Path, errors: str) -> TextIO:
    opener = lzma.open if path.suffix == ".xz" else open
    return cast(TextIO, opener(path, "rt", newline="", encoding="utf-8-sig", errors=errors))


def _not_utf8(path: Path) -> DataError:
    return DataError(
        "The file is not UTF-8 text.",
        expected="a CSV file in UTF-8",
        hint="Save it as UTF-8: in Excel as 'CSV UTF-8', in pandas with encoding='utf-8'.",
        subject=str(path),
    )


def _require_columns(header: Sequence[str], path: Path) -> None:
    wanted = [] if "image" in header else ["image"]
    others = [name for name in header if name not in COLUMNS]
    if "prediction" not in header and not others:
        wanted.append("prediction")
    if wanted or len(set(header)) != len(header):
        problem = f"It has no column '{wanted[0]}'." if wanted else "Two columns have the same name."
        raise DataError(
            f"{problem} Its first line is: {', '.join(header)[:200] or 'empty'}.",
            expected=f"the columns {', '.join(COLUMNS)}, of which image and prediction are needed",
            hint="docs/how-to/report.md describes them. They are separated by commas, semicolons or tabs.",
            subject=str(path),
        )


def _whole_rows(lines: _Lines, width: int, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its first line: lines may be blank, and a quoted text may go over several."""
    number = lines.line_num + 1
    for fields in lines:
        if fields and len(fields) != width:
            raise DataError(f"Line {number} has {len(fields)} fields instead of {width}.", subject=str(path))
        if fields:
            yield number, fields
        number = lines.line_num + 1


def _plain_path(image: str) -> str:
    """Return the one way to write a path, a/b.png for ./a//b.png; addresses and what is empty as they are."""
    return PurePosixPath(image).as_posix() if image and "://" not in image else image


def _require_each_once(table: Table) -> None:
    seen: set[str] = set()
    for number, image in zip(table.lines, table.columns["image"], strict=True):
        if not image or image in seen:
            what = f"'{image}' a second time" if image else "no image"
            raise DataError(f"Line {number} names {what}.", expected="each image once", subject=str(table.path))
        seen.add(image)


def _require_no_gaps(table: Table) -> None:
    for column in ("truth", "prediction"):
        for number, value in zip(table.lines, table.columns.get(column, ()), strict=False):
            if not value.strip():
                raise DataError(
                    f"Line {number}, '{column}': the class is missing.",
                    expected="a class for each image",
                    hint="Fill it in, or leave the line out.",
                    subject=str(table.path),
                )
