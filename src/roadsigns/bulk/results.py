"""Results as rows of JSON lines, CSV or Parquet, written one by one."""

import csv
import json
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from roadsigns.bulk.fields import ResultFields
from roadsigns.bulk.stream import Result
from roadsigns.errors import MissingExtraError
from roadsigns.printable import printable
from roadsigns.types import Box

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CsvWriter", "JsonWriter", "ParquetWriter", "Writer", "parquet_schema", "require_parquet"]

# Parquet's rows are written in groups; this many take 20 MB of memory.
ROWS_OF_A_GROUP = 10_000
Found = TypeVar("Found")


class Writer(Protocol[Found]):
    """Writes one result after the other, holding few at a time."""

    def write(self, result: Result[Found]) -> None:
        """Take a result."""

    def close(self) -> None:
        """Write what is held back, and end the file."""


class JsonWriter(Generic[Found]):
    """One object per line, in ASCII."""

    def __init__(self, file: IO[str], fields: ResultFields[Found]) -> None:
        self._file = file
        self._fields = fields

    def write(self, result: Result[Found]) -> None:
        """Write a line."""
        self._file.write(json.dumps(self._fields.as_json(result)) + "\n")

    def close(self) -> None:
        """Flush."""
        self._file.flush()


class CsvWriter(Generic[Found]):
    """A line of column names, which follow from the fields alone, and the rows of each result."""

    def __init__(self, file: IO[str], fields: ResultFields[Found]) -> None:
        self._file = file
        self._fields = fields
        # A name may hold commands to a terminal; in a file it stays as it is.
        self._show = printable if file.isatty() else str
        self._rows = csv.DictWriter(file, list(fields.example()), lineterminator="\n")
        self._rows.writeheader()

    def write(self, result: Result[Found]) -> None:
        """Write its lines."""
        for cells in self._fields.rows(result):
            shown = {name: self._show(cell) if isinstance(cell, str) else cell for name, cell in cells.items()}
            self._rows.writerow(shown)

    def close(self) -> None:
        """Flush."""
        self._file.flush()


class ParquetWriter(Generic[Found]):
    """The columns of `CsvWriter`, typed."""

    def __init__(self, path: Path, fields: ResultFields[Found]) -> None:
        """Open a file.

        Raises:
            MissingExtraError: If pyarrow is not installed.
        """
        require_parquet()
        import pyarrow.parquet as pq

        self._fields = fields
        self._schema = parquet_schema(fields)
        self._file = pq.ParquetWriter(path, self._schema)
        self._held: list[dict[str, Any]] = []

    def write(self, result: Result[Found]) -> None:
        """Hold rows back until their group is full."""
        self._held += self._fields.rows(result)
        if len(self._held) >= ROWS_OF_A_GROUP:
            self._write_group()

    def close(self) -> None:
        """Write the last group and the end of the file."""
        if self._held:
            self._write_group()
        self._file.close()

    def _write_group(self) -> None:
        import pyarrow as pa

        self._file.write_table(pa.Table.from_pylist(self._held, self._schema))
        self._held.clear()


def parquet_schema(fields: ResultFields[Any]) -> "pa.Schema":
    """Return the columns of results in Parquet, with their types. pyarrow must be installed."""
    import pyarrow as pa

    return pa.schema([(name, _type(name, value)) for name, value in fields.example().items()])


def require_parquet() -> None:
    """Raise a MissingExtraError if pyarrow is not installed."""
    try:
        import pyarrow.parquet  # noqa: F401 - that it is there
    except ImportError as error:
        raise MissingExtraError(
            "Parquet needs pyarrow.", hint="Install it: pip install 'roadsigns[parquet]'"
        ) from error


def _type(column: str, value: object) -> "pa.DataType":
    import pyarrow as pa

    if column in Box._fields:
        return pa.float64() if isinstance(value, float) else pa.int64()
    types = {bool: pa.bool_(), int: pa.int32(), float: pa.float32()}
    return types.get(type(value), pa.string())
