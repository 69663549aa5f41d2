"""One shard from start to end: its images are read, computed and written as one file of results."""

import io
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from roadsigns.archives.parquet_images import import_parquet
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.fields import ResultFields
from roadsigns.bulk.results import parquet_schema
from roadsigns.bulk.stream import Result
from roadsigns.errors import DataError, ImageError
from roadsigns.shards.columns import carried_names
from roadsigns.shards.place import Place
from roadsigns.shards.read import Batch, OpenShard, open_shard
from roadsigns.shards.shard import Shard

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Reading", "ShardResult", "process_shard", "read_result"]

# Of a group in a file of results.
GROUP_ROWS = 10_000
# In the metadata of such a file: its `ShardResult`.
KEY = b"roadsigns"


@dataclass(frozen=True, slots=True)
class Reading:
    """How images are computed.

    Attributes:
        compute: Gives a result for each entry, in order.
        fields: Of a result.
        with_boxes: Whether boxes of shards are used.
    """

    compute: Callable[[Iterable[Entry]], Iterator[Result[Any]]]
    fields: ResultFields[Any]
    with_boxes: bool


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What one file of results holds.

    Attributes:
        shard: The name of the shard.
        size: Of the shard, in bytes.
        images: How many it has.
        unreadable: How many of them could not be read; their rows say why.
        rows: How many rows the results have: for `detect`, one for each sign.
        first_problem: Why the first of the unreadable ones could not be read.
    """

    shard: str
    size: int
    images: int
    unreadable: int
    rows: int
    first_problem: str = ""


def process_shard(shard: Shard, folder: Place, reading: Reading) -> ShardResult:
    """Compute a shard and write its results, holding few images and all results.

    Args:
        shard: Where it is.
        folder: Where the file of results goes; it is replaced.
        reading: How images are computed.

    Raises:
        DataError: If the shard is damaged.
        StorageError, PermissionError: If it cannot be read, or its results cannot be written.
    """
    opened = open_shard(shard, with_boxes=reading.with_boxes)
    buffer = io.BytesIO()
    table = _ResultTable(buffer, reading, opened)
    for results, carried in _results(opened, reading):
        table.add(results, carried)
    result = table.close(shard)
    if opened.images not in (None, result.images):
        raise DataError(
            f"The shard is damaged: it says that it has {opened.images:,} rows, and {result.images:,} came.",
            hint="Fetch or write it again.",
            subject=shard.address,
        )
    (folder / shard.output).write(buffer.getvalue())
    return result


def read_result(file: Place) -> ShardResult | None:
    """Return what a file of results holds; None if it was written by something else.

    Raises:
        StorageError: If it cannot be read.
    """
    try:
        metadata = import_parquet().ParquetFile(file.open()).metadata.metadata or {}
        return ShardResult(**json.loads(metadata[KEY]))
    except (KeyError, TypeError, ValueError):
        return None


def _results(opened: OpenShard, reading: Reading) -> Iterator[tuple[list[Result[Any]], "pa.RecordBatch"]]:
    """Yield results batch by batch, while entries of the next batch are read ahead."""
    waiting: deque[Batch] = deque()

    def entries() -> Iterator[Entry]:
        for batch in opened.batches():
            waiting.append(batch)
            yield from batch.entries

    results = reading.compute(entries())
    for first in results:
        batch = waiting.popleft()
        yield [first, *islice(results, len(batch.entries) - 1)], batch.carried


class _ResultTable:
    """A Parquet file of results and of the columns that they carry along."""

    def __init__(self, file: io.BytesIO, reading: Reading, opened: OpenShard) -> None:
        import pyarrow as pa

        self._fields = reading.fields
        self._own = parquet_schema(reading.fields)
        names = carried_names(opened.schema.names, self._own.names)
        carried = [field.with_name(name) for field, name in zip(opened.schema, names, strict=True)]
        self._schema = pa.schema([*self._own, *carried])
        self._file = import_parquet().ParquetWriter(file, self._schema)
        self._held: list[pa.Table] = []
        self._held_rows = self._images = self._unreadable = self._rows = 0
        self._first_problem = ""

    def add(self, results: list[Result[Any]], carried: "pa.RecordBatch") -> None:
        """Add results with a row of other columns for each."""
        import pyarrow as pa

        rows: list[dict[str, Any]] = []
        places: list[int] = []
        for place, result in enumerate(results):
            some = self._fields.rows(result)
            rows += some
            places += [place] * len(some)
            if isinstance(result.outcome, ImageError):
                self._unreadable += 1
                self._first_problem = self._first_problem or str(result.outcome)
        table = pa.Table.from_pylist(rows, self._own)
        others = carried.take(pa.array(places, pa.int64()))
        for field, column in zip(list(self._schema)[len(self._own) :], others.columns, strict=True):
            table = table.append_column(field, column)
        self._images += len(results)
        self._rows += len(rows)
        self._held.append(table)
        self._held_rows += len(rows)
        if self._held_rows >= GROUP_ROWS:
            self._write_group()

    def close(self, shard: Shard) -> ShardResult:
        """Write the rest, and what the file holds."""
        if self._held:
            self._write_group()
        result = ShardResult(shard.name, shard.size, self._images, self._unreadable, self._rows, self._first_problem)
        self._file.add_key_value_metadata({KEY: json.dumps(asdict(result))})
        self._file.close()
        return result

    def _write_group(self) -> None:
        import pyarrow as pa

        self._file.write_table(pa.concat_tables(self._held))
        self._held.clear()
        self._held_rows = 0
