"""The values of a CSV file of anybody's predictions, column by column: class ids, and probabilities that make sense."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError
from roadsigns.image_files import natural_order
from roadsigns.wording import counted, plain_name, some

__all__ = ["COLUMNS", "class_ids", "fractions", "probabilities", "require_agreement"]

COLUMNS = ("image", "truth", "prediction", "probability", "track")
# Six digits for each of dozens of classes.
SUM_TOLERANCE = 0.01


def _class_id(text: str, numbers: dict[str, int], count: int) -> int | None:
    """Return the class of a name or a number; None where there is none."""
    by_name = numbers.get(plain_name(text))
    if by_name is not None:
        return by_name
    return int(text) if text.strip().isdecimal() and int(text) < count else None


def class_ids(
    columns: dict[str, tuple[str, ...]], column: str, numbers: dict[str, int], count: int, path: Path
) -> list[int]:
    """Return the class ids of a column of names or numbers.

    Args:
        columns: The texts of each column.
        column: Which.
        numbers: Class ids by plain name.
        count: Number of classes.
        path: The file, for errors.

    Raises:
        DataError: If there is no such class.
    """
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


def probabilities(
    columns: dict[str, tuple[str, ...]], numbers: dict[str, int], count: int, path: Path
) -> npt.NDArray[np.float32] | None:
    """Return the probabilities of all classes, shape (images, num_classes); None where there are no such columns.

    Raises:
        DataError: If a class has none, a column is no class's, or they do not add up to 1.
    """
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
    by_class = [fractions(columns[places[number]], places[number], path) for number in range(count)]
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


def fractions(texts: Sequence[str], column: str, path: Path) -> npt.NDArray[np.float64]:
    """Return the numbers of a column, each from 0 to 1.

    Raises:
        DataError: If one is not.
    """
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


def require_agreement(
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
