"""Shards written: rows of images become Parquet files of about one size, each whole as soon as it is there."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from roadsigns.archives.parquet_images import import_parquet
from roadsigns.errors import DataError, ImageError, OutputError
from roadsigns.printable import as_text
from roadsigns.shards.pack_rows import IMAGE, PATH, PackRow, PackSource, read_row
from roadsigns.shards.place import Place
from roadsigns.shards.shard import MANIFEST
from roadsigns.types import Box
from roadsigns.version import __version__
from roadsigns.wording import reason

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Packed", "pack"]

# Of images in a group, which readers hold as a whole.
GROUP_BYTES, GROUP_ROWS = 8 << 20, 1000


@dataclass(slots=True)
class Packed:
    """What was packed.

    Attributes:
        shards: Name, images and bytes of each file.
        left_out: Why some images are in none of them.
    """

    shards: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[DataError] = field(default_factory=list)

    @property
    def images(self) -> int:
        """How many images are in the shards."""
        return sum(shard["images"] for shard in self.shards)


def pack(
    sources: Sequence[PackSource], folder: Place, *, shard_bytes: int, told: Callable[[], None] = lambda: None
) -> Packed:
    """Pack images. The same rows give the same files. `manifest.json` says whether the folder is complete.

    Args:
        sources: Where they come from; with the same columns.
        folder: New or empty.
        shard_bytes: Of the images in a shard, from which on it is full.
        told: Called after each image, also after one that was left out.

    Raises:
        DataError: If the columns of the sources differ, a table breaks off, or there is no image.
        OutputError: If the folder is not empty, or cannot be written.
    """
    packed = Packed()
    with_boxes = any(source.with_boxes for source in sources)
    schema = _schema(sources, with_boxes=with_boxes)
    _write(folder, MANIFEST, _manifest(packed, schema, complete=False), new=True)
    shard = _Shard(schema)
    for row in _rows(sources):
        content = read_row(row)
        if isinstance(content, ImageError):
            packed.left_out.append(content)
        else:
            shard.add(row, content, with_boxes=with_boxes)
        if shard.size >= shard_bytes:
            _end(shard, folder, packed)
            shard = _Shard(schema)
        told()
    packed.left_out += [problem for source in sources for problem in source.problems]
    if shard.images:
        _end(shard, folder, packed)
    if not packed.images:
        (folder / MANIFEST).remove()
        raise packed.left_out[0] if packed.left_out else DataError("There is no image to pack.")
    _write(folder, MANIFEST, _manifest(packed, schema, complete=True))
    return packed


def _rows(sources: Iterable[PackSource]) -> Iterator[PackRow]:
    for source in sources:
        yield from source.rows


def _schema(sources: Sequence[PackSource], *, with_boxes: bool) -> "pa.Schema":
    import pyarrow as pa

    for source in sources[1:]:
        if not source.columns.equals(sources[0].columns):
            raise DataError(
                f"The columns of what is to be packed differ: {_titles(sources[0])}, and {_titles(source)}.",
                expected="data with the same columns",
                hint="Pack each into a folder of its own.",
            )
    boxes = [(name, pa.int64()) for name in Box._fields] if with_boxes else []
    return pa.schema([(PATH, pa.string()), (IMAGE, pa.binary()), *boxes, *sources[0].columns])


def _titles(source: PackSource) -> str:
    return ", ".join(f"{column.name} ({column.type})" for column in source.columns) or "none beside the image"


class _Shard:
    """A file that is being written, in memory."""

    def __init__(self, schema: "pa.Schema") -> None:
        self.images = self.size = 0
        self._schema = schema
        self._buffer = io.BytesIO()
        # Nobody looks for the least image, or for equal ones.
        others = [name for name in schema.names if name != IMAGE]
        self._file = import_parquet().ParquetWriter(
            self._buffer, schema, write_page_checksum=True, write_statistics=others, use_dictionary=others
        )
        self._held: list[dict[str, Any]] = []
        self._held_bytes = 0

    def add(self, row: PackRow, content: bytes, *, with_boxes: bool) -> None:
        box = row.entry.box
        corners = dict(zip(Box._fields, box or [None] * 4, strict=True)) if with_boxes else {}
        self._held.append({PATH: as_text(row.entry.name), IMAGE: content, **corners, **row.more})
        self.images += 1
        self.size += len(content)
        self._held_bytes += len(content)
        if self._held_bytes >= GROUP_BYTES or len(self._held) == GROUP_ROWS:
            self._write_group()

    def close(self) -> bytes:
        """Return the content of the file."""
        if self._held:
            self._write_group()
        self._file.close()
        return self._buffer.getvalue()

    def _write_group(self) -> None:
        import pyarrow as pa

        self._file.write_table(pa.Table.from_pylist(self._held, self._schema))
        self._held.clear()
        self._held_bytes = 0


def _end(shard: _Shard, folder: Place, packed: Packed) -> None:
    name, content = f"{len(packed.shards):05d}.parquet", shard.close()
    _write(folder, name, content)
    packed.shards.append({"name": name, "images": shard.images, "bytes": len(content)})


def _manifest(packed: Packed, schema: "pa.Schema", *, complete: bool) -> bytes:
    columns = {column.name: str(column.type) for column in schema}
    values = {
        "roadsigns": __version__,
        "command": "pack",
        "complete": complete,
        "images": packed.images,
        "left_out": len(packed.left_out),
        "columns": columns,
        "shards": packed.shards,
    }
    return json.dumps(values, indent=2).encode() + b"\n"


def _write(folder: Place, name: str, content: bytes, *, new: bool = False) -> None:
    try:
        if new and folder.files():
            raise OutputError(
                "This folder is not empty. Nothing was written.",
                expected="a new or an empty folder",
                hint="Name another one; if an earlier `roadsigns pack` ended early there, remove the folder first.",
                subject=folder.address,
            )
        (folder / name).write(content)
    except (OSError, ValueError) as error:
        raise OutputError(
            f"The shards cannot be written ({reason(error)}).",
            hint="Free some space, or name another place, and start again.",
            subject=folder.address,
        ) from error
