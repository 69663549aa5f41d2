"""Tables of labelled images: CSV files, and Parquet files as Hugging Face publishes them, read to plain rows."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadsigns.archives.formats import DAMAGE, PARQUET_SUFFIX
from roadsigns.archives.parquet_images import image_column
from roadsigns.archives.paths import open_text, parquet_file
from roadsigns.errors import DataError

__all__ = ["TABLE_SUFFIXES", "Table", "open_table"]

TABLE_SUFFIXES = (".csv", ".tsv", PARQUET_SUFFIX)
SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was opened; its images are not.

    Attributes:
        path: The file.
        header: The names of the columns.
        image: The column that holds the images themselves; None where there is none.
        class_names: {column: names of its numbers}, as Hugging Face's metadata tell.
    """

    path: Path
    header: tuple[str, ...]
    image: str | None
    class_names: Mapping[str, Sequence[str]]

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield the number and the fields of every row; for the column of images, the path in it or None.

        Numbers are lines of a CSV file, the header being line 1, and positions in a Parquet file, from 0.

        Raises:
            DataError: If the file breaks off or is not a table from some line on.
        """
        try:
            yield from self._parquet_rows() if self.path.suffix.lower() == PARQUET_SUFFIX else self._csv_rows()
        except (*DAMAGE, csv.Error) as error:
            raise _unreadable(self.path, error) from error

    def _csv_rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        with open_text(self.path) as file:
            separator = _separator(file.readline())
            lines: list[str] = []
            reader = csv.reader(_recorded(file, lines), delimiter=separator)
            for fields in reader:
                if len(lines) > 1 and (len(fields) != len(self.header) or "".join(lines).count('"') % 2):
                    # The header is read apart.
                    raise _open_quote(self.path, reader.line_num + 2 - len(lines))
                lines.clear()
                if any(map(str.strip, fields)):
                    yield reader.line_num + 1, fields

    def _parquet_rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        wanted = [name for name in self.header if name != self.image]
        file = parquet_file(self.path)
        row = 0
        for batch in file.iter_batches(columns=[*wanted, *self._image_path(file.schema_arrow)]):
            columns = {name: batch.column(index).to_pylist() for index, name in enumerate(batch.schema.names)}
            if self.image is not None:
                cells = columns.get(self.image)
                columns[self.image] = (
                    [cell and cell.get("path") for cell in cells] if cells else [None] * batch.num_rows
                )
            for fields in zip(*(columns[name] for name in self.header), strict=True):
                yield row, fields
                row += 1

    def _image_path(self, schema: Any) -> list[str]:
        """Return the column of the images' paths alone, without their bytes."""
        if self.image is None:
            return []
        kind = schema.field(self.image).type
        has_path = hasattr(kind, "num_fields") and any(
            kind.field(index).name == "path" for index in range(kind.num_fields)
        )
        return [f"{self.image}.path"] if has_path else []


def open_table(path: Path) -> Table:
    """Open a table and read its header.

    Raises:
        DataError: If it cannot be read.
        MissingExtraError: If it is a Parquet file and pyarrow is not installed.
    """
    try:
        if path.suffix.lower() == PARQUET_SUFFIX:
            schema = parquet_file(path).schema_arrow
            image = image_column(schema, subject=str(path))
            return Table(path, tuple(schema.names), image, _class_names(schema.metadata or {}))
        with open_text(path) as file:
            first = file.readline()
            header = next(csv.reader([first], delimiter=_separator(first)), [])
            return Table(path, tuple(name.strip() for name in header), None, {})
    except (*DAMAGE, csv.Error) as error:
        raise _unreadable(path, error) from error


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _recorded(lines: Iterable[str], seen: list[str]) -> Iterator[str]:
    """Yield lines, and append each to a list too."""
    for line in lines:
        seen.append(line)
        yield line


def _open_quote(path: Path, line: int) -> DataError:
    return DataError(
        "A quotation mark opens in this line and does not close in it, so that it swallows the lines that follow.",
        expected="a quotation mark at both ends of a field, or at none",
        hint="Close it, or remove it.",
        subject=f"{path}, line {line}",
    )


def _unreadable(path: Path, error: Exception) -> DataError:
    if isinstance(error, UnicodeDecodeError):
        return DataError("The table is not in UTF-8.", hint="Save it as CSV in UTF-8.", subject=str(path))
    reason = getattr(error, "strerror", None) or error
    return DataError(f"The table cannot be read ({reason}).", expected="a CSV or Parquet file", subject=str(path))


def _class_names(metadata: Mapping[bytes, bytes]) -> dict[str, Sequence[str]]:
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        return {
            name: feature["names"]
            for name, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and feature.get("names")
        }
    except (KeyError, TypeError, ValueError):
        return {}
