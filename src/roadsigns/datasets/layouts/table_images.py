"""The images that a table names, without a look at its labels."""

from pathlib import Path

from roadsigns.archives.paths import is_file
from roadsigns.datasets.layouts.table_columns import cell_text, find_columns
from roadsigns.datasets.layouts.tables import TABLE_SUFFIXES, open_table
from roadsigns.errors import DataError
from roadsigns.files import require_outside_of_images

__all__ = ["images_of_table", "require_outside_of_table"]


def images_of_table(data: Path) -> list[Path]:
    """Return the paths of the images that a table names; none if `data` is another layout or cannot be read."""
    if not (data.suffix.lower() in TABLE_SUFFIXES and is_file(data)):
        return []
    try:
        table = open_table(data)
        place = find_columns(table).path
        if table.image is not None or place is None:
            return []
        names = (cell_text(fields, place).replace("\\", "/") for _, fields in table.rows())
        return [data.parent / name for name in names if name]
    except (DataError, OSError):
        # Whoever reads the labels says so.
        return []


def require_outside_of_table(path: Path, data: Path, *, option: str = "--out", hint: str = "") -> None:
    """Refuse to write among the images that a table names.

    Args:
        path: Where something is to be written.
        data: The data; nothing is refused if they are no table.
        option: The option of the command line that names the place.
        hint: What else to do, in place of naming another place with `option`.

    Raises:
        OutputError: If `path` is or lies in a folder of one of these images.
    """
    require_outside_of_images(path, images_of_table(data), hint=hint or f"Name another place with {option}.")
