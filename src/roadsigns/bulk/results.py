"""Results as rows: JSON lines, CSV and Parquet, each written as it comes."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from roadsigns.bulk.stream import Result
from roadsigns.errors import ImageError, MissingExtraError
from roadsigns.printable import printable
from roadsigns.types import SignClass

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CsvWriter", "JsonWriter", "ParquetWriter", "Writer", "require_parquet"]

Cell = str | int | float | None

BOX = ("x1", "y1", "x2", "y2")
# Parquet's rows are written in groups; this many take 20 MB of memory.
ROWS_OF_A_GROUP = 10_000


class Writer(Protocol):
    """Writes one result after the other, holding few at a time."""

    def write(self, result: Result) -> None:
        """Take a result."""

    def close(self) -> None:
        """Write what is held back, and end the file."""


class JsonWriter:
    """One object a line, in ASCII: a file's name may be no text, and must not stop the rest."""

    def __init__(self, file: IO[str], classes: Sequence[SignClass]) -> None:
        """Write to an open file."""
        self._file = file
        self._classes = classes

    def write(self, result: Result) -> None:
        """Write a line."""
        self._file.write(json.dumps(_values(result, self._classes)) + "\n")

    def close(self) -> None:
        """Write out what Python holds back."""
        self._file.flush()


class CsvWriter:
    """A line for each result and one for the columns, which follow from `top_k` alone."""

    def __init__(self, file: IO[str], classes: Sequence[SignClass], top_k: int) -> None:
        """Write to an open file, which takes any name if it was opened with "surrogateescape"."""
        self._file = file
        self._classes = classes
        self._top_k = min(top_k, len(classes))
        self._on_terminal = file.isatty()
        self._rows = csv.writer(file, lineterminator="\n")
        self._rows.writerow(_columns(self._top_k))

    def write(self, result: Result) -> None:
        """Write a line."""
        cells = _cells(result, self._classes, self._top_k)
        if self._on_terminal:
            # A name may hold orders to a terminal; in a file it stays as it is.
            cells = [printable(cell) if isinstance(cell, str) else cell for cell in cells]
        self._rows.writerow(cells)

    def close(self) -> None:
        """Write out what Python holds back."""
        self._file.flush()


class ParquetWriter:
    """The columns of `CsvWriter`, typed."""

    def __init__(self, path: Path, classes: Sequence[SignClass], top_k: int) -> None:
        """Write to a file.

        Raises:
            MissingExtraError: If pyarrow is not installed.
        """
        require_parquet()
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._classes = classes
        self._top_k = min(top_k, len(classes))
        self._schema = pa.schema([(name, _type(name)) for name in _columns(self._top_k)])
        self._file = pq.ParquetWriter(path, self._schema)
        self._held: list[list[Cell]] = []

    def write(self, result: Result) -> None:
        """Hold a row back until its group is full."""
        # Parquet's strings are UTF-8.
        cells = _cells(result, self._classes, self._top_k)
        self._held.append([_as_text(cell) if isinstance(cell, str) else cell for cell in cells])
        if len(self._held) == ROWS_OF_A_GROUP:
            self._write_group()

    def close(self) -> None:
        """Write the last group and the end of the file."""
        if self._held:
            self._write_group()
        self._file.close()

    def _write_group(self) -> None:
        import pyarrow as pa

        held, self._held = self._held, []
        columns = zip(*held, strict=True)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._file.write_table(pa.table(arrays, schema=self._schema))


def require_parquet() -> None:
    """Raise a MissingExtraError if pyarrow is not installed."""
    try:
        import pyarrow.parquet  # noqa: F401 - that it is there
    except ImportError as error:
        raise MissingExtraError("Parquet needs pyarrow. Install it: pip install 'roadsigns[parquet]'") from error


def _values(result: Result, classes: Sequence[SignClass]) -> dict[str, object]:
    values: dict[str, object] = {"path": result.name}
    if result.box is not None:
        values["box"] = result.box
    if isinstance(result.outcome, ImageError):
        return {**values, "error": str(result.outcome)}
    prediction = result.outcome
    sign = classes[prediction.class_id]
    return {
        **values,
        "class_id": prediction.class_id,
        "name": prediction.name,
        "name_de": sign.name_de,
        "sign_number": sign.sign_number,
        "probability": prediction.probability,
        "top_k": [
            {"class_id": entry.class_id, "name": entry.name, "probability": entry.probability}
            for entry in prediction.top_k
        ],
    }


def _columns(top_k: int) -> list[str]:
    runners_up = (f"{name}_{place}" for place in range(2, top_k + 1) for name in ("class_id", "name", "probability"))
    return ["path", *BOX, "class_id", "name", "name_de", "sign_number", "probability", *runners_up, "error"]


def _cells(result: Result, classes: Sequence[SignClass], top_k: int) -> list[Cell]:
    """Return a result in the order of `_columns`."""
    place: list[Cell] = [result.name, *(result.box or (None,) * len(BOX))]
    prediction = result.outcome
    if isinstance(prediction, ImageError):
        return [*place, *[None] * (len(_columns(top_k)) - len(place) - 1), str(prediction)]
    sign = classes[prediction.class_id]
    runners_up = (cell for entry in prediction.top_k[1:] for cell in (entry.class_id, entry.name, entry.probability))
    return [
        *place,
        prediction.class_id,
        prediction.name,
        sign.name_de,
        sign.sign_number,
        prediction.probability,
        *runners_up,
        None,
    ]


def _type(column: str) -> "pa.DataType":
    import pyarrow as pa

    if column in BOX:
        return pa.int64()
    if column.startswith("class_id"):
        return pa.int32()
    return pa.float32() if column.startswith("probability") else pa.string()


def _as_text(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
