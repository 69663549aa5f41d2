"""Parquet files as inputs: tables that hold images, or name them, perhaps with boxes."""

import logging
from collections.abc import Iterator
from pathlib import Path

from roadsigns.archives.parquet_images import row_name
from roadsigns.box_columns import BoxColumns, find_column, require_box_columns
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.inputs.lists import NAME_COLUMNS, as_image_error, tell_columns
from roadsigns.datasets.layouts.tables import Table, open_table
from roadsigns.errors import DataError, ImageError

__all__ = ["images_in_parquet", "read_parquet"]

logger = logging.getLogger(__name__)


def read_parquet(path: Path) -> tuple[bool, list[Entry]]:
    """List the images of a Parquet file; none is read.

    Returns:
        Whether there are columns for boxes, and an entry for each row.

    Raises:
        DataError: If the file cannot be read, or has no column of images or paths.
        MissingExtraError: If pyarrow is not installed.
    """
    return _read(open_table(path))


def images_in_parquet(path: Path) -> tuple[bool, list[Entry]]:
    """List the images that a Parquet file of a folder or an archive holds; none is read.

    A file that cannot be read is an entry, with the reason. A table that only names images is passed over: those beside
    it are found without it.

    Returns:
        Whether there are columns for boxes, and an entry for each row.

    Raises:
        MissingExtraError: If pyarrow is not installed.
    """
    try:
        table = open_table(path)
        if table.image is not None:
            return _read(table)
    except DataError as error:
        return False, [Entry(str(path), as_image_error(error.about(str(path))))]
    logger.info("%s: passed over, as it holds no images.", path)
    return False, []


def _read(table: Table) -> tuple[bool, list[Entry]]:
    path = table.path
    box = require_box_columns(table.header, subject=str(path))
    named = find_column(table.header, NAME_COLUMNS)
    if table.image is None and named is None:
        raise DataError(
            f"The table has no column of images or paths; its columns are {', '.join(table.header)}.",
            expected="a column such as image or path",
            subject=str(path),
        )
    place = named if table.image is None else table.header.index(table.image)
    tell_columns(table.header, place, box, str(path))
    return box is not None, list(_entries(table, named, box))


def _entries(table: Table, named: int | None, box: BoxColumns | None) -> Iterator[Entry]:
    for number, fields in table.rows():
        local = row_name(number) if table.image is not None or named is None else str(fields[named])
        image = (table.path if table.image is not None else table.path.parent) / local
        try:
            yield Entry(str(image), image, box.box(fields) if box else None, local)
        except ValueError as error:
            problem = f"The box is not valid: {error}."
            yield Entry(str(image), ImageError(problem, expected="four whole numbers", subject=str(image)))
