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
from roadsigns.image_files import natural_order
from roadsigns.wording import counted, plain_name, reason, some

__all__ = ["COLUMNS", "ForeignPredictions", "is_own_format", "read_foreign"]

COLUMNS = ("image", "truth", "prediction", "probability", "track")
# What `roadsigns.evaluation.predictions_csv` writes.
OWN_COLUMNS = ["image", "class_id", "track"]
# Six digits for each of dozens of classes.
SUM_TOLERANCE = 0.01


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
    names = _class_names(columns, classes)
    numbers = {plain_name(name): number for number, name in enumerate(names)}
    probabilities = _probabilities(columns, numbers, len(names), path)
    return _typed(columns, numbers, names, probabilities, path)


def _typed(
    columns: dict[str, tuple[str, ...]],
    numbers: dict[str, int],
    names: tuple[str, ...],
    probabilities: npt.NDArray[np.float32] | None,
    path: Path,
) -> ForeignPredictions:
    count = len(columns["image"])
    if "prediction" in columns:
        predicted = np.array(_class_ids(columns, "prediction", numbers, len(names), path), np.int32)
    else:
        predicted = np.asarray(probabilities).argmax(axis=1).astype(np.int32)
    if probabilities is not None:
        _require_agreement(predicted, probabilities, columns["image"], path)
    confidence = None if "probability" not in columns else _fractions(columns["probability"], "probability", path)
    return ForeignPredictions(
        images=columns["image"],
        truths=tuple(_class_ids(columns, "truth", numbers, len(names), path)) if "truth" in columns else None,
        predicted=predicted,
        confidence=confidence,
        probabilities=probabilities,
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


def _class_names(columns: dict[str, tuple[str, ...]], given: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of the classes: as given, or all that the file names, or as many numbers as it uses."""
    if given is not None:
        return tuple(given)
    named = {name for name in columns if name not in COLUMNS}
    for column in ("truth", "prediction"):
        named |= {value.strip() for value in columns.get(column, ())}
    if all(name.isdecimal() for name in named):
        return tuple(f"class {number}" for number in range(max(map(int, named)) + 1))
    return tuple(sorted(named, key=natural_order))


def _class_id(text: str, numbers: dict[str, int], count: int) -> int | None:
    """Return the class of a name or a number; None where there is none."""
    by_name = numbers.get(plain_name(text))
    if by_name is not None:
        return by_name
    return int(text) if text.strip().isdecimal() and int(text) < count else None


def _class_ids(
    columns: dict[str, tuple[str, ...]], column: str, numbers: dict[str, int], count: int, path: Path
) -> list[int]:
    values = columns[column]
    by_text = {text: _class_id(text, numbers, count) for text in set(values)}
    unknown = [text for text, class_id in by_text.items() if class_id is None]
    if unknown:
        line = next(number for number, text in enumerate(values, start=2) if text in unknown)
        raise DataError(
            f"Line {line}, '{column}': there is no class '{values[line - 2]}'. Unknown are "
            f"{some(sorted(unknown, key=natural_order))}.",
            expected=f"the name or number of one of {counted(count, 'class')}",
            hint="Name the classes with --classes: a data set such as gtsrb, or a text file with one name per line.",
            subject=str(path),
        )
    return [class_id for text in values if (class_id := by_text[text]) is not None]


def _probabilities(
    columns: dict[str, tuple[str, ...]], numbers: dict[str, int], count: int, path: Path
) -> npt.NDArray[np.float32] | None:
    extra = [name for name in columns if name not in COLUMNS]
    if not extra:
        return None
    places: dict[int, str] = {}
    for name in extra:
        class_id = _class_id(name, numbers, count)
        if class_id is None or class_id in places:
            problem = (
                "no class is called so" if class_id is None else f"it means the same class as '{places[class_id]}'"
            )
            raise DataError(
                f"The column '{name}' is none of {', '.join(COLUMNS)}, and {problem}.",
                expected="a column for the probability of each class, or none",
                hint="Leave the column out, or name the classes with --classes.",
                subject=str(path),
            )
        places[class_id] = name
    if len(places) != count:
        raise DataError(
            f"There are probabilities of {len(places)} of {counted(count, 'class')}.",
            expected="a column for the probability of each class, or none",
            hint="Add those of the other classes, or leave them all out.",
            subject=str(path),
        )
    by_class = [_fractions(columns[places[number]], places[number], path) for number in range(count)]
    table = np.stack(by_class, axis=1).astype(np.float32)
    sums = table.sum(axis=1, dtype=np.float64)
    bad = np.flatnonzero(np.abs(sums - 1) > SUM_TOLERANCE)
    if len(bad):
        raise DataError(
            f"Line {bad[0] + 2}: the probabilities of all classes add up to {sums[bad[0]]:.4g}.",
            expected="probabilities, which add up to 1: the outputs of softmax, not logits",
            subject=str(path),
        )
    return table


def _fractions(texts: Sequence[str], column: str, path: Path) -> npt.NDArray[np.float64]:
    try:
        values = np.array([float(text) for text in texts], np.float64)
    except ValueError:
        line = next(number for number, text in enumerate(texts, start=2) if not _is_number(text))
        raise DataError(
            f"Line {line}, '{column}': '{texts[line - 2]}' is no number.", expected="0 to 1", subject=str(path)
        ) from None
    bad = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(bad):
        raise DataError(
            f"Line {bad[0] + 2}, '{column}': {texts[bad[0]]} is no probability.",
            expected="0 to 1, not percent",
            subject=str(path),
        )
    return values


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _require_agreement(
    predicted: npt.NDArray[np.int32], probabilities: npt.NDArray[np.float32], images: Sequence[str], path: Path
) -> None:
    """The predicted class must be the most probable one: else the columns are in another order."""
    chosen = probabilities[np.arange(len(predicted)), predicted]
    other = np.flatnonzero(chosen < probabilities.max(axis=1))
    if len(other):
        raise DataError(
            f"Line {other[0] + 2}: the predicted class of '{images[other[0]]}' is not the most probable one, nor in "
            f"{len(other) - 1:,} more.",
            expected="the class with the highest probability as prediction",
            hint="Check the order of the columns.",
            subject=str(path),
        )
