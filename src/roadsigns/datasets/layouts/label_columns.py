"""Which of several columns that may hold the labels of a table does: names of classes may stand beside their numbers.

path,class_id,class_name
1.jpg,0,zebra               the names are the labels, and the numbers are theirs
2.jpg,1,ant
"""

from collections.abc import Sequence

from roadsigns.datasets.layouts.labels import MAX_CLASSES
from roadsigns.datasets.layouts.table_columns import Columns, class_name
from roadsigns.datasets.layouts.tables import Table
from roadsigns.errors import DataError

__all__ = ["choose_labels"]


def choose_labels(tables: Sequence[Table], columns: Sequence[Columns]) -> tuple[list[Columns], Sequence[str]]:
    """Choose the columns of labels.

    Args:
        tables: All tables of the data.
        columns: Of each table.

    Returns:
        The columns with those of the labels chosen, and the names of the classes in the order of their numbers; empty
        where no table has both.

    Raises:
        DataError: If several columns of a table may be the labels and say different things.
    """
    chosen: list[Columns] = []
    names: dict[int, str] = {}
    for table, found in zip(tables, columns, strict=True):
        if not found.other_labels:
            chosen.append(found)
            continue
        places = (found.label, *found.other_labels)
        readers = [found._replace(label=place) for place in places]
        # Each pair of labels once, however many rows there are.
        cells = {tuple(class_name(fields, reader, table) for reader in readers) for _, fields in table.rows()}
        if all(len(set(row)) == 1 for row in cells):
            chosen.append(found)
            continue
        place, numbered = _names_and_numbers(table, places, cells)
        for number, name in numbered.items():
            if names.setdefault(number, name) != name:
                raise _several(table, places)
        if len(set(names.values())) < len(names):
            raise _several(table, places)
        others = tuple(other for other in places if other != place)
        chosen.append(found._replace(label=place, other_labels=others))
    return chosen, [names.get(number, str(number)) for number in range(max(names, default=-1) + 1)]


def _names_and_numbers(table: Table, places: Sequence[int], cells: set[tuple[str, ...]]) -> tuple[int, dict[int, str]]:
    """Return the position of the names, and {number: name}."""
    numeric = [all(row[index].isdecimal() or not row[index] for row in cells) for index in range(len(places))]
    if len(places) != 2 or numeric[0] == numeric[1]:  # noqa: PLR2004 - one of names and one of numbers
        raise _several(table, places)
    number_at = numeric.index(True)
    names: dict[int, str] = {}
    for row in cells:
        number, name = row[number_at], row[1 - number_at]
        if not number and not name:
            continue
        if not number or not name or int(number) >= MAX_CLASSES or names.setdefault(int(number), name) != name:
            raise _several(table, places)
    return places[1 - number_at], names


def _several(table: Table, places: Sequence[int]) -> DataError:
    names = ", ".join(table.header[place] for place in sorted(places))
    return DataError(
        f"The table has several columns of labels: {names}. They say different things.",
        expected=f"one column of labels, or one of names beside one of their numbers, which are below {MAX_CLASSES:,}",
        hint="Remove the others, or rename them.",
        subject=str(table.path),
    )
