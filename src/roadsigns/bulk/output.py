"""Output of results: streamed to standard output, or written to a file that appears when it is complete."""

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from roadsigns.bulk.result_table import TableWriter
from roadsigns.bulk.results import CsvWriter, JsonWriter, ParquetWriter, Writer, require_parquet
from roadsigns.bulk.stream import Result
from roadsigns.errors import ImageError, OutputError
from roadsigns.files import check_output_file, replace_when_done
from roadsigns.types import SignClass
from roadsigns.wording import counted, either

__all__ = ["FORMATS", "Layout", "Tally", "choose_format", "write_file", "write_stream"]

FORMATS = ("table", "json", "csv", "parquet")
SUFFIXES = {".txt": "table", ".json": "json", ".jsonl": "json", ".csv": "csv", ".parquet": "parquet"}


@dataclass(slots=True)
class Tally:
    """How many results were written, and how many of them are images that could not be read."""

    count: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of results.

    Attributes:
        format: One of `FORMATS`.
        classes: Of the model, in label order.
        top_k: How many classes a result lists.
        with_boxes: Whether entries may have boxes.
        with_decisions: Whether the model decides what is known.
    """

    format: str
    classes: tuple[SignClass, ...]
    top_k: int
    with_boxes: bool = False
    with_decisions: bool = False

    def open_text(self, file: IO[str]) -> Writer:
        """Return the writer of a format, other than Parquet, to an open file."""
        if self.format == "json":
            return JsonWriter(file, self.classes)
        if self.format == "csv":
            return CsvWriter(file, self.classes, self.top_k)
        return TableWriter(file, self.classes, with_boxes=self.with_boxes, with_decisions=self.with_decisions)


def choose_format(wanted: str | None, out: Path | None) -> str:
    """Return the requested format, or the one that a file's suffix names.

    Raises:
        OutputError: If the suffix names none, the file cannot be there, or Parquet has no file.
        MissingExtraError: If Parquet is requested and pyarrow is not installed.
    """
    chosen = wanted or (SUFFIXES.get(out.suffix.lower()) if out else "table")
    if chosen is None:
        raise OutputError(
            "The name does not say which format to write.",
            expected=f"a name that ends in {either(SUFFIXES)}, or --format",
            subject=str(out),
        )
    if out is not None:
        check_output_file(out)
    if chosen == "parquet":
        require_parquet()
        if out is None:
            raise OutputError("Parquet cannot be written to standard output.", hint="Name a file: --out FILE.parquet.")
    return chosen


def write_stream(results: Iterable[Result], file: IO[str], layout: Layout) -> Tally:
    """Write results to an open file one by one: a table in its encoding, anything else in UTF-8."""
    if isinstance(file, io.TextIOWrapper) and layout.format != "table":
        file.reconfigure(encoding="utf-8")
    tally = Tally()
    _write(results, layout.open_text(file), tally)
    return tally


def write_file(results: Iterable[Result], path: Path, layout: Layout) -> Tally:
    """Write a file that appears when all is in it; until then an earlier file stays.

    On Ctrl-C the results so far are left beside it, in NAME.partial.SUFFIX.

    Raises:
        OutputError: If it cannot be written.
    """
    tally = Tally()
    try:
        with replace_when_done(path) as temporary, _kept_on_interrupt(temporary, path, tally):
            if layout.format == "parquet":
                _write(results, ParquetWriter(temporary, layout.classes, layout.top_k), tally)
            else:
                with temporary.open("w", newline="", encoding="utf-8") as file:
                    _write(results, layout.open_text(file), tally)
    except OSError as error:
        problem = f"The results cannot be written ({error.strerror or error})."
        raise OutputError(
            problem, hint="Free some space, or name another place with --out.", subject=str(path)
        ) from error
    return tally


def _write(results: Iterable[Result], writer: Writer, tally: Tally) -> None:
    try:
        for result in results:
            writer.write(result)
            tally.count += 1
            tally.failures += isinstance(result.outcome, ImageError)
    except KeyboardInterrupt:
        writer.close()
        raise
    writer.close()


@contextmanager
def _kept_on_interrupt(temporary: Path, path: Path, tally: Tally) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        if tally.count:
            partial = path.with_suffix(f".partial{path.suffix}")
            with replace_when_done(partial) as copy:
                temporary.replace(copy)
            whole = "was not changed" if path.exists() else "was not written"
            kept = counted(tally.count, "result")
            warnings.warn(f"The results so far ({kept}) are in {partial}; {path} {whole}.", stacklevel=2)
        raise
