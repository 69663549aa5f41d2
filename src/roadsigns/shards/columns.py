"""The columns of a shard: the image, its name and its box, and others, which results carry along."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from roadsigns.archives.parquet_images import image_column
from roadsigns.box_columns import BoxColumns, find_column, require_box_columns
from roadsigns.bulk.inputs.lists import NAME_COLUMNS
from roadsigns.errors import DataError
from roadsigns.types import Box

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ShardColumns", "carried_names", "find_columns"]

# Before the name of a column that results have too, such as a class_id.
PREFIX = "input_"


@dataclass(frozen=True, slots=True)
class ShardColumns:
    """Where things stand in a Parquet shard.

    Attributes:
        image: The column of images: bytes, or structs with bytes.
        path: The column that names them; None where there is none.
        box: The columns of boxes; None where there are none.
        others: The columns that results carry along.
    """

    image: str
    path: str | None
    box: BoxColumns | None
    others: tuple[str, ...]


def find_columns(schema: "pa.Schema", *, with_boxes: bool, subject: str) -> ShardColumns:
    """Find the columns of a Parquet file.

    Args:
        schema: Of the file.
        with_boxes: Whether boxes are used; else they are columns like others.
        subject: The file, for errors.

    Raises:
        DataError: If there is no column of images, there are several, or columns speak of boxes and are not understood.
    """
    image = image_column(schema, subject=subject)
    if image is None:
        raise DataError(
            f"The shard has no column of images; its columns are {', '.join(schema.names)}.",
            expected="a column of image files as bytes, such as image",
            hint="`roadsigns pack` makes shards of images that a table names.",
            subject=subject,
        )
    named = [name for name in schema.names if name != image and _is_text(schema.field(name).type)]
    place = find_column(named, NAME_COLUMNS)
    path = None if place is None else named[place]
    box = require_box_columns(schema.names, subject=subject) if with_boxes else None
    # A box in the spelling of results stands in these.
    told = {image, path, *(box.names if box and box.names == Box._fields else ())}
    return ShardColumns(image, path, box, tuple(name for name in schema.names if name not in told))


def carried_names(others: Iterable[str], results: Collection[str]) -> tuple[str, ...]:
    """Return what results call the columns that they carry along: the same, or input_NAME where they have that too."""
    taken, names = set(results), []
    for name in others:
        free = name
        while free in taken:
            free = PREFIX + free
        taken.add(free)
        names.append(free)
    return tuple(names)


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
