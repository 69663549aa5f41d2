"""The columns of a CSV file of anybody's predictions.

    image,truth,prediction,probability,track
    00014/00003_00027.ppm,stop,stop,0.9998,00003
    00014/00003_00028.ppm,stop,give way,0.6121,00003

| column | |
|---|---|
| image | its name, each once |
| truth | its class, by name or number; may be missing where the data folder has labels |
| prediction | the class that the model says, by name or number |
| probability | of that class, 0 to 1; may be missing |
| track | which physical sign of its class it shows; may be missing |
| any other | named like a class: the probability of that class. All classes, or none |

The order of the columns does not matter. Numbers are labels, from 0. Where all classes have a probability, `prediction`
and `probability` may be missing.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError
from roadsigns.files import require_file
from roadsigns.html_report.sources.csv_values import COLUMNS, class_ids, fractions, probabilities, require_agreement
from roadsigns.image_files import natural_order
from roadsigns.wording import plain_name, reason

__all__ = ["ForeignPredictions", "is_own_format", "read_foreign"]

# What `roadsigns.evaluation.predictions_csv` writes.
OWN_COLUMNS = ["image", "class_id", "track"]


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
    if path.suffix == ".xz":
        return True
    with _readable(path), path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        return next(csv.reader(file), [])[: len(OWN_COLUMNS)] == OWN_COLUMNS


def read_foreign(path: Path, *, classes: Sequence[str] | None = None) -> ForeignPredictions:
    """Read a file with the columns above.

    Args:
        path: The file.
        classes: Names in label order; None takes those that the file names, in natural order.

    Raises:
        DataError: If it cannot be read, lacks a column, or a value makes no sense, with the number of its line.
    """
    with _readable(path), path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        lines = csv.reader(file, strict=True)
        header = [name.strip() for name in next(lines, [])]
        _require_columns(header, path)
        rows = list(_whole_rows(lines, len(header), path))
    if not rows:
        raise DataError("The file holds no predictions.", expected="a line for each image", subject=str(path))
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    _require_each_once(columns["image"], path)
    names = _class_names(columns, classes, path)
    numbers = {plain_name(name): number for number, name in enumerate(names)}
    return _typed(columns, numbers, names, probabilities(columns, numbers, len(names), path), path)


def _typed(
    columns: dict[str, tuple[str, ...]],
    numbers: dict[str, int],
    names: tuple[str, ...],
    table: npt.NDArray[np.float32] | None,
    path: Path,
) -> ForeignPredictions:
    count = len(columns["image"])
    if "prediction" in columns:
        predicted = np.array(class_ids(columns, "prediction", numbers, len(names), path), np.int32)
    else:
        predicted = np.asarray(table).argmax(axis=1).astype(np.int32)
    if table is not None:
        require_agreement(predicted, table, columns["image"], path)
    confidence = None if "probability" not in columns else fractions(columns["probability"], "probability", path)
    return ForeignPredictions(
        images=columns["image"],
        truths=tuple(class_ids(columns, "truth", numbers, len(names), path)) if "truth" in columns else None,
        predicted=predicted,
        confidence=confidence,
        probabilities=table,
        tracks=tuple(track or None for track in columns.get("track", ("",) * count)),
        classes=names,
    )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        require_file(path)
        yield
    except (OSError, UnicodeError, csv.Error) as error:
        raise DataError(
            f"The predictions cannot be read: {reason(error)}.",
            expected="a CSV file with a line for each image",
            subject=str(path),
        ) from error


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
            hint="docs/how-to/report.md describes them.",
            subject=str(path),
        )


def _whole_rows(lines: Iterator[list[str]], width: int, path: Path) -> Iterator[list[str]]:
    for number, fields in enumerate(lines, start=2):
        if not fields:
            continue
        if len(fields) != width:
            raise DataError(f"Line {number} has {len(fields)} fields instead of {width}.", subject=str(path))
        yield fields


def _require_each_once(images: Sequence[str], path: Path) -> None:
    seen: set[str] = set()
    for number, image in enumerate(images, start=2):
        if not image or image in seen:
            what = f"'{image}' a second time" if image else "no image"
            raise DataError(f"Line {number} names {what}.", expected="each image once", subject=str(path))
        seen.add(image)


def _class_names(columns: dict[str, tuple[str, ...]], given: Sequence[str] | None, path: Path) -> tuple[str, ...]:
    """Return the names of the classes: as given, or all that the file names, or as many numbers as it uses."""
    if given is not None:
        return tuple(given)
    named = {name for name in columns if name not in COLUMNS}
    for column in ("truth", "prediction"):
        named |= {value.strip() for value in columns.get(column, ())}
    _require_one_kind(columns, path)
    if all(name.isdecimal() for name in named):
        return tuple(f"class {number}" for number in range(max(map(int, named)) + 1))
    return tuple(sorted(named, key=natural_order))


def _require_one_kind(columns: dict[str, tuple[str, ...]], path: Path) -> None:
    """Refuse truths that are numbers beside predictions that are names, and the other way round."""
    pair = [columns.get(column, ()) for column in ("truth", "prediction")]
    numbers = [{value.strip().isdecimal() for value in values} for values in pair]
    if numbers in ([{True}, {False}], [{False}, {True}]):
        raise DataError(
            f"The truths are {_kind(pair[0][0])} and the predictions {_kind(pair[1][0])}, so none can be right.",
            expected="numbers in both columns, or names in both",
            hint="Name the classes in label order with --classes, or give the data folder with --data.",
            subject=str(path),
        )


def _kind(example: str) -> str:
    return f"{'numbers' if example.strip().isdecimal() else 'names'}, such as '{example.strip()[:40]}'"
