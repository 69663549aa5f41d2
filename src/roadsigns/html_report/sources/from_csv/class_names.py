"""The names of the classes in a CSV file of predictions, where nobody gives them."""

from collections.abc import Sequence
from pathlib import Path

from roadsigns.errors import DataError
from roadsigns.html_report.sources.from_csv.values import COLUMNS, MAX_CLASSES, Table, as_number
from roadsigns.image_files import natural_order
from roadsigns.wording import plain_name

__all__ = ["class_names_of"]


def class_names_of(table: Table, given: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of the classes: as given, or all that the file names, or as many numbers as it uses."""
    if given is not None:
        return tuple(given)
    _require_one_kind(table)
    _require_class_columns(table)
    # On which line each is named first.
    named: dict[str, int] = {name: 1 for name in table.columns if name not in COLUMNS}
    for column in ("truth", "prediction"):
        for line, value in zip(table.lines, table.columns.get(column, ()), strict=False):
            named.setdefault(value.strip(), line)
    numbers = {name: as_number(name) for name in named}
    found = {number: name for name, number in numbers.items() if number is not None}
    only_numbers = None not in numbers.values()
    for number, name in found.items():
        if only_numbers or number >= MAX_CLASSES:
            _require_class_number(number, name, named[name], table.path)
    if only_numbers:
        return tuple(f"class {number}" for number in range(max(found) + 1))
    names = {name if number is None else str(number) for name, number in numbers.items()}
    # Python refuses to read numbers of thousands of digits.
    return tuple(sorted(names, key=lambda name: (natural_order(name[:200]), name)))


def _require_class_columns(table: Table) -> None:
    """Refuse a column without a name, and columns of no class that the file uses where others are missing."""
    extra = {_spelled(name): name for name in table.columns if name not in COLUMNS}
    used = {_spelled(value) for column in ("truth", "prediction") for value in table.columns.get(column, ())}
    # Once, and not for each of thousands of columns.
    complete = used <= set(extra)
    only_numbers = bool(used) and all(as_number(name) is not None for name in used)
    for spelled, name in extra.items():
        strange = spelled not in used and (not complete or (only_numbers and as_number(name) is None))
        if not name or strange:
            raise DataError(
                f"The column '{name}' is none of {', '.join(COLUMNS)}, nor a class in truth or prediction.",
                expected="a column for the probability of each class, or none",
                hint="Leave the column out, or name the classes with --classes.",
                subject=str(table.path),
            )


def _spelled(name: str) -> str:
    number = as_number(name)
    return plain_name(name) if number is None else str(number)


def _require_class_number(number: int, text: str, line: int, path: Path) -> None:
    if not 0 <= number < MAX_CLASSES:
        raise DataError(
            f"Line {line}: the class number {text[:40]} is {'negative' if number < 0 else 'too large'}.",
            expected=f"class numbers from 0 to {MAX_CLASSES - 1:,}",
            hint="Number the classes from 0, or name them in label order with --classes.",
            subject=str(path),
        )


def _require_one_kind(table: Table) -> None:
    """Refuse truths that are numbers beside predictions that are names, and the other way round."""
    pair = [table.columns.get(column, ()) for column in ("truth", "prediction")]
    numbers = [{as_number(value) is not None for value in values} for values in pair]
    if numbers in ([{True}, {False}], [{False}, {True}]):
        raise DataError(
            f"The truths are {_kind(pair[0][0])} and the predictions {_kind(pair[1][0])}, so none can be right.",
            expected="numbers in both columns, or names in both",
            hint="Name the classes in label order with --classes, or give the data folder with --data.",
            subject=str(table.path),
        )


def _kind(example: str) -> str:
    return f"{'numbers' if as_number(example) is not None else 'names'}, such as '{example.strip()[:40]}'"
