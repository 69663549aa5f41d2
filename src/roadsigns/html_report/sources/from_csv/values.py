"""The values of a CSV file of anybody's predictions, column by column: class ids, and probabilities that make sense."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError
from roadsigns.image_files import natural_order
from roadsigns.wording import counted, plain_name, some

__all__ = [
    "COLUMNS",
    "MAX_CLASSES",
    "SUM_TOLERANCE",
    "Table",
    "as_number",
    "class_ids",
    "fractions",
    "probabilities",
    "require_agreement",
]

COLUMNS = ("image", "truth", "prediction", "probability", "track")
# Six digits for each of dozens of classes.
SUM_TOLERANCE = 0.01
# Numbers stand for classes from 0 on, and a matrix of all pairs of classes must fit into memory.
MAX_CLASSES = 10_000
# pandas writes the integers of a column with gaps as 3.0.
WHOLE_NUMBER = re.compile(r"([+-]?\d+)(?:\.0*)?")
# Python refuses to read numbers of thousands of digits.
MAX_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Table:
    """The texts of a CSV file.

    Attributes:
        path: The file, for errors.
        columns: The texts of each column, by its name.
        lines: The number of the line on which each row begins, from 1.
    """

    path: Path
    columns: dict[str, tuple[str, ...]]
    lines: tuple[int, ...]


def as_number(text: str) -> int | None:
    """Return the whole number that a text is, such as 3 for "3" or "3.0"; None where it is a name.

    Numbers of too many digits become `MAX_CLASSES`, which no class has.
    """
    found = WHOLE_NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    return int(found[1]) if len(found[1]) <= MAX_DIGITS else MAX_CLASSES


def _class_id(text: str, numbers: dict[str, int], count: int) -> int | None:
    """Return the class of a name or a number; None where there is none."""
    number = as_number(text)
    for name in (text, "" if number is None else str(number)):
        by_name = numbers.get(plain_name(name))
        if by_name is not None:
            return by_name
    return number if number is not None and 0 <= number < min(count, MAX_CLASSES) else None


def class_ids(table: Table, column: str, numbers: dict[str, int], count: int) -> list[int]:
    """Return the class ids of a column of names or numbers.

    Args:
        table: The file.
        column: Which column.
        numbers: Class ids by plain name.
        count: Number of classes.

    Raises:
        DataError: If there is no such class.
    """
    values = table.columns[column]
    by_text = {text: _class_id(text, numbers, count) for text in set(values)}
    unknown = [text for text, class_id in by_text.items() if class_id is None]
    if unknown:
        line, first = next(pair for pair in zip(table.lines, values, strict=True) if pair[1] in unknown)
        raise DataError(
            f"Line {line}, '{column}': there is no class '{first[:40]}'. Unknown are "
            f"{some(sorted((text[:40] for text in unknown), key=natural_order))}.",
            expected=f"the name or number of one of {counted(count, 'class')}",
            hint="Name the classes with --classes: a data set such as gtsrb, or a text file with one name per line.",
            subject=str(table.path),
        )
    return [class_id for text in values if (class_id := by_text[text]) is not None]


def probabilities(table: Table, numbers: dict[str, int], count: int) -> npt.NDArray[np.float32] | None:
    """Return the probabilities of all classes, shape (images, num_classes); None where there are no such columns.

    Raises:
        DataError: If a class has none, a column is no class's, or they do not add up to 1.
    """
    extra = [name for name in table.columns if name not in COLUMNS]
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
                subject=str(table.path),
            )
        places[class_id] = name
    if len(places) != count:
        raise DataError(
            f"There are probabilities of {len(places)} of {counted(count, 'class')}.",
            expected="a column for the probability of each class, or none",
            hint="Add those of the other classes, or leave them all out.",
            subject=str(table.path),
        )
    by_class = [fractions(table, places[number]) for number in range(count)]
    values = np.stack(by_class, axis=1).astype(np.float32)
    sums = values.sum(axis=1, dtype=np.float64)
    bad = np.flatnonzero(np.abs(sums - 1) > SUM_TOLERANCE)
    if len(bad):
        raise DataError(
            f"Line {table.lines[bad[0]]}: the probabilities of all classes add up to {sums[bad[0]]:.4g}.",
            expected="probabilities, which add up to 1: the outputs of softmax, not logits",
            subject=str(table.path),
        )
    return values


def fractions(table: Table, column: str) -> npt.NDArray[np.float64]:
    """Return the numbers of a column, each from 0 to 1.

    Raises:
        DataError: If one is not.
    """
    texts = table.columns[column]
    try:
        values = np.array([float(text) for text in texts], np.float64)
    except ValueError:
        line, first = next(pair for pair in zip(table.lines, texts, strict=True) if not _is_number(pair[1]))
        is_empty = not first.strip()
        raise DataError(
            f"Line {line}, '{column}': {'there' if is_empty else repr(first[:40])} is no number.",
            expected="a number from 0 to 1 in each line, such as 0.97",
            hint="Fill it in, or leave the column out." if is_empty else "",
            subject=str(table.path),
        ) from None
    bad = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(bad):
        raise DataError(
            f"Line {table.lines[bad[0]]}, '{column}': {texts[bad[0]][:40]} is no probability.",
            expected="0 to 1, not percent",
            subject=str(table.path),
        )
    return values


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def require_agreement(predicted: npt.NDArray[np.int32], probabilities: npt.NDArray[np.float32], table: Table) -> None:
    """Refuse columns that contradict one another: they may be in another order.

    Raises:
        DataError: If a predicted class is not the most probable one, or has another probability in its own column.
    """
    chosen = probabilities[np.arange(len(predicted)), predicted]
    other = np.flatnonzero(chosen < probabilities.max(axis=1))
    if len(other):
        raise DataError(
            f"Line {table.lines[other[0]]}: the predicted class of '{table.columns['image'][other[0]]}' is not the "
            f"most probable one, nor in {len(other) - 1:,} more.",
            expected="the class with the highest probability as prediction",
            hint="Check the order of the columns.",
            subject=str(table.path),
        )
    if "probability" in table.columns:
        stated = fractions(table, "probability")
        other = np.flatnonzero(np.abs(stated - chosen) > SUM_TOLERANCE)
        if len(other):
            first = other[0]
            raise DataError(
                f"Line {table.lines[first]}, 'probability': it is {stated[first]:.4g}, and {chosen[first]:.4g} in the "
                f"column of the predicted class. {len(other) - 1:,} more lines differ.",
                expected="the same probability in both columns",
                hint="Leave the column 'probability' out, or correct it.",
                subject=str(table.path),
            )
