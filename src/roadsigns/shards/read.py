"""Shards read batch by batch: entries to predict, and the columns that their results carry along."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Protocol

from roadsigns.archives.formats import DAMAGE
from roadsigns.archives.parquet_images import import_parquet, row_name
from roadsigns.bulk.entries import Entry
from roadsigns.errors import DataError, ImageError
from roadsigns.shards.columns import ShardColumns, find_columns
from roadsigns.shards.place import Place
from roadsigns.shards.retry import StorageError
from roadsigns.shards.shard import Shard
from roadsigns.shards.tar import TAR_COLUMNS, TarItem, read_tar

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Batch", "OpenShard", "open_shard"]

# Images that are held at once.
BATCH_BYTES, BATCH_ROWS = 16 << 20, 1024
HINT = "Fetch or write it again; the same command then computes what is missing."


@dataclass(frozen=True, slots=True)
class Batch:
    """Some images of a shard.

    Attributes:
        entries: At least one.
        carried: The columns that their results carry along, a row for each entry.
    """

    entries: list[Entry]
    carried: "pa.RecordBatch"


class OpenShard(Protocol):
    """A shard that is read."""

    @property
    def images(self) -> int | None:
        """How many it holds; None where that is known at its end only."""

    @property
    def schema(self) -> "pa.Schema":
        """Of the columns that results carry along."""

    @property
    def has_boxes(self) -> bool:
        """Whether images may have boxes."""

    @property
    def layout(self) -> tuple[str, ...]:
        """The names and types of all its columns, for people: what shards of one job must have in common."""

    def batches(self) -> Iterator[Batch]:
        """Yield all images in order. Raises a DataError where it is damaged, and a StorageError."""


def open_shard(shard: Shard, *, with_boxes: bool) -> OpenShard:
    """Open a shard; of a Parquet file the end is read, of an archive nothing.

    Args:
        shard: Where it is.
        with_boxes: Whether boxes are used; else they are columns like others.

    Raises:
        DataError: If it is not there, may not be read, is damaged, or has no column of images.
        StorageError: If it cannot be read.
    """
    try:
        file = Place.of(shard.address).open()
        return _ParquetShard(shard, file, with_boxes=with_boxes) if shard.is_parquet else _TarShard(shard, file)
    except StorageError:
        raise
    except DAMAGE as error:
        raise _unreadable(shard, error) from error


def _unreadable(shard: Shard, error: Exception) -> DataError:
    """Return the error of a shard that cannot be read to its end: another attempt would find the same."""
    told = getattr(error, "strerror", None) or str(error).partition("\n")[0]
    if isinstance(error, FileNotFoundError):
        problem = "The shard is not there any more, or not on this machine."
        return DataError(problem, hint=HINT, subject=shard.address)
    if isinstance(error, PermissionError):
        return DataError(f"The shard may not be read ({told}).", hint="Check its permissions.", subject=shard.address)
    return DataError(f"The shard is damaged ({told}).", hint=HINT, subject=shard.address)


class _ParquetShard:
    def __init__(self, shard: Shard, file: IO[bytes], *, with_boxes: bool) -> None:
        import pyarrow as pa

        self._shard = shard
        # Buffered, so that a column of one large row group is not held as a whole; pyarrow's own reading ahead would
        # hold all groups that it has read.
        # Checksums are compared where there are some, as in what `roadsigns pack` writes: an image with a flipped bit
        # may decode to something else.
        self._file = import_parquet().ParquetFile(
            file, buffer_size=BATCH_BYTES // 4, pre_buffer=False, page_checksum_verification=True
        )
        schema = self._file.schema_arrow
        self._columns = find_columns(schema, with_boxes=with_boxes, subject=shard.address)
        self._header = tuple(schema.names)
        self.images: int | None = self._file.metadata.num_rows
        self.schema = pa.schema([schema.field(name) for name in self._columns.others]).remove_metadata()
        self.has_boxes = self._columns.box is not None
        self.layout = tuple(f"{field.name} ({field.type})" for field in schema)

    def batches(self) -> Iterator[Batch]:
        count = 0
        try:
            for batch in self._groups():
                entries = list(_entries(batch, self._columns, self._header, self._shard, count))
                yield Batch(entries, batch.select(list(self._columns.others)))
                count += batch.num_rows
        except StorageError:
            raise
        except DAMAGE as error:
            raise _unreadable(self._shard, error) from error

    def _groups(self) -> Iterator["pa.RecordBatch"]:
        """Yield rows group by group: one after the other, the file is read from its start to its end.

        For a batch from two groups, the columns of both are read in turn, and whatever lies between them several times.
        """
        for group in range(self._file.metadata.num_row_groups):
            batches = self._file.iter_batches(self._batch_rows(), row_groups=[group], use_threads=False)
            yield from (batch for batch in batches if batch.num_rows)

    def _batch_rows(self) -> int:
        metadata = self._file.metadata
        groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
        widest = max((group.total_byte_size / max(1, group.num_rows) for group in groups), default=1)
        return max(1, min(BATCH_ROWS, int(BATCH_BYTES / max(1, widest))))


def _entries(
    batch: "pa.RecordBatch", columns: ShardColumns, header: tuple[str, ...], shard: Shard, start: int
) -> Iterator[Entry]:
    """Yield an entry for each row.

    Args:
        batch: Some rows.
        columns: Where things stand.
        header: The names of all columns.
        shard: Where they come from.
        start: How many rows came before.
    """
    images = batch.column(columns.image).to_pylist()
    inner = [image.get("path") if isinstance(image, dict) else None for image in images]
    names = batch.column(columns.path).to_pylist() if columns.path else inner
    boxes: dict[int, list[Any]] = {}
    if columns.box:
        boxes = {place: batch.column(header[place]).to_pylist() for place in columns.box.places}
    for row, (image, name) in enumerate(zip(images, names, strict=True)):
        content = image.get("bytes") if isinstance(image, dict) else image
        entry = Entry(name or f"{shard.name}/{row_name(start + row)}", content or b"")
        if not content:
            error = ImageError("The row holds no image.", hint="Pack the image again.", subject=entry.name)
            yield entry._replace(image=error)
            continue
        if columns.box is None:
            yield entry
            continue
        try:
            yield entry._replace(box=columns.box.box(_Cells(boxes, row)))
        except ValueError as error:
            problem = f"The box is not valid: {error}."
            yield entry._replace(image=ImageError(problem, expected="four whole numbers", subject=entry.name))


class _Cells(list[Any]):
    """The fields of one row, of which only those of the box are there."""

    def __init__(self, columns: dict[int, list[Any]], row: int) -> None:
        super().__init__([None] * (max(columns) + 1))
        for place, cells in columns.items():
            self[place] = cells[row]


class _TarShard:
    def __init__(self, shard: Shard, file: IO[bytes]) -> None:
        import pyarrow as pa

        self._shard = shard
        self._file = file
        self.images: int | None = None
        self.schema = pa.schema([(name, pa.string()) for name in TAR_COLUMNS])
        self.has_boxes = True
        self.layout = ("a tar archive",)

    def batches(self) -> Iterator[Batch]:
        held: list[TarItem] = []
        size = 0
        try:
            for item in read_tar(self._file, self._shard.name):
                held.append(item)
                size += len(item.entry.image) if isinstance(item.entry.image, bytes) else 0
                if len(held) == BATCH_ROWS or size >= BATCH_BYTES:
                    yield self._batch(held)
                    held, size = [], 0
        except StorageError:
            raise
        except DAMAGE as error:
            raise _unreadable(self._shard, error) from error
        if held:
            yield self._batch(held)

    def _batch(self, items: list[TarItem]) -> Batch:
        import pyarrow as pa

        carried = pa.RecordBatch.from_pylist([item.texts for item in items], self.schema)
        return Batch([item.entry for item in items], carried)
