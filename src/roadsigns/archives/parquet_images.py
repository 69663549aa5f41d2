"""Parquet files with images in a column, as Hugging Face's datasets publish them: `{bytes, path}`, or bytes alone."""

import errno
import functools
import io
import os
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

from roadsigns.archives.entry import Entry
from roadsigns.archives.formats import DAMAGE, MemberError
from roadsigns.errors import DataError, MissingExtraError

__all__ = ["ParquetImages", "image_column", "import_parquet", "row_name"]

# Columns of bytes that are called so are images; else any column of bytes is.
NAMES = ("image", "img", "picture", "bytes")


def import_parquet() -> Any:
    """Return the module `pyarrow.parquet`.

    Raises:
        MissingExtraError: If it is not installed.
    """
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError(
            "Parquet files need pyarrow, which is not installed.", hint="Install it: pip install 'roadsigns[parquet]'"
        ) from error
    return pyarrow.parquet


def row_name(row: int) -> str:
    """Return what the image in a row is called."""
    return f"{row:06d}"


def image_column(schema: Any, *, subject: str = "") -> str | None:
    """Return the name of the column that holds the images; None where there is none.

    Args:
        schema: A `pyarrow.Schema`.
        subject: The file, for the error.

    Raises:
        DataError: If there are several.
    """
    import pyarrow as pa

    def is_struct_of_bytes(kind: Any) -> bool:
        fields = [kind.field(index) for index in range(kind.num_fields)] if pa.types.is_struct(kind) else []
        return any(field.name == "bytes" and is_bytes(field.type) for field in fields)

    def is_bytes(kind: Any) -> bool:
        return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))

    structs = [field.name for field in schema if is_struct_of_bytes(field.type)]
    plain = [field.name for field in schema if is_bytes(field.type)]
    found = structs or [name for name in plain if name.lower() in NAMES] or plain
    if len(found) > 1:
        raise DataError(
            f"The Parquet file has several columns of images: {', '.join(found)}.",
            expected="one image in each row",
            hint="Write it again with one of these columns.",
            subject=subject,
        )
    return next(iter(found), None)


class ParquetImages:
    """The images of a Parquet file, by the names that `row_name` gives their rows. See `members.Archive`."""

    def __init__(self, source: Path | bytes, subject: str) -> None:
        """Open a file.

        Args:
            source: The file, or its content where it is a member of an archive.
            subject: What errors call it.
        """
        self._source = source
        file = self.file()
        self._column = image_column(file.schema_arrow, subject=subject)
        metadata = file.metadata
        groups = [metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)]
        self._starts = [0, *accumulate(groups)]

    def file(self) -> Any:
        """Open it anew, as a `pyarrow.parquet.ParquetFile`: a reader is not safe in several threads."""
        parquet = import_parquet()
        return parquet.ParquetFile(io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source)

    def scan(self, folder: str) -> list[Entry]:
        """Refuse: rows are listed with their labels, by the layout that reads the file."""
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), folder)

    def open(self, name: str) -> IO[bytes]:
        """Open the image of a row. See `members.Archive`."""
        row = int(name) if name.isdecimal() else -1
        if self._column is None or not 0 <= row < self._starts[-1]:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        group = bisect_right(self._starts, row) - 1
        try:
            value = _read_group(self, self._column, group)[row - self._starts[group]].as_py()
        except DAMAGE as error:
            raise MemberError("its Parquet file is damaged", "Fetch the Parquet file or write it again.") from error
        content = value.get("bytes") if isinstance(value, dict) else value
        if content is None:
            raise MemberError("the row holds no image", "Give the row an image, or leave it out.")
        return io.BytesIO(content)


@functools.lru_cache(maxsize=4)
def _read_group(images: ParquetImages, column: str, group: int) -> Any:
    """Read the images of one row group."""
    return images.file().read_row_group(group, columns=[column]).column(0).combine_chunks()
