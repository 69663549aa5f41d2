"""Output of results: streamed to standard output, or written to a file that appears when it is complete."""

import io
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Generic, TypeVar

from roadsigns.bulk.fields import ResultFields
from roadsigns.bulk.results import CsvWriter, JsonWriter, ParquetWriter, Writer, require_parquet
from roadsigns.bulk.stream import Result
from roadsigns.errors import ImageError, OutputError
from roadsigns.files import check_output_file, replace_when_done
from roadsigns.wording import counted, either

__all__ = ["FORMATS", "Layout", "Tally", "choose_format", "write_file", "write_results", "write_stream"]

FORMATS = ("table", "json", "csv", "parquet")
# Formats that end with what follows from all results.
FILES_ONLY = {"parquet": ("Parquet", ".parquet"), "coco": ("COCO's JSON", ".json")}
Found = TypeVar("Found")
SUFFIXES = {".txt": "table", ".json": "json", ".jsonl": "json", ".csv": "csv", ".parquet": "parquet"}


@dataclass(slots=True)
class Tally:
    """How many results were written, and how many of them are images that could not be read."""

    count: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Layout(Generic[Found]):
    """The layout of results.

    Attributes:
        format: One of `FORMATS`, or another one that `open_other` opens.
        fields: Of a result, in JSON, CSV and Parquet.
        open_other: Returns the writer of any other format, such as the table, to an open file.
    """

    format: str
    fields: ResultFields[Found]
    open_other: Callable[[IO[str]], Writer[Found]]

    def open_text(self, file: IO[str]) -> Writer[Found]:
        """Return the writer of a format, other than Parquet, to an open file."""
        if self.format == "json":
            return JsonWriter(file, self.fields)
        if self.format == "csv":
            return CsvWriter(file, self.fields)
        return self.open_other(file)


def choose_format(wanted: str | None, out: Path | None) -> str:
    """Return the requested format, or the one that a file's suffix names.

    Raises:
        OutputError: If the suffix names none, the file cannot be there, or a format that needs a file has none.
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
    if out is None and chosen in FILES_ONLY:
        title, suffix = FILES_ONLY[chosen]
        raise OutputError(f"{title} cannot be written to standard output.", hint=f"Name a file: --out FILE{suffix}.")
    return chosen


def write_stream(results: Iterable[Result[Found]], file: IO[str], layout: Layout[Found]) -> Tally:
    """Write results to an open file one by one: a table in its encoding, anything else in UTF-8."""
    if isinstance(file, io.TextIOWrapper) and layout.format != "table":
        file.reconfigure(encoding="utf-8")
    tally = Tally()
    write_results(results, layout.open_text(file), tally)
    return tally


def write_file(results: Iterable[Result[Found]], path: Path, layout: Layout[Found]) -> Tally:
    """Write a file that appears when all is in it; until then an earlier file stays.

    On Ctrl-C the results so far are left beside it, in NAME.partial.SUFFIX.

    Raises:
        OutputError: If it cannot be written.
    """
    tally = Tally()
    try:
        with replace_when_done(path) as temporary, _kept_on_interrupt(temporary, path, tally):
            if layout.format == "parquet":
                write_results(results, ParquetWriter(temporary, layout.fields), tally)
            else:
                with temporary.open("w", newline="", encoding="utf-8") as file:
                    write_results(results, layout.open_text(file), tally)
    except OSError as error:
        problem = f"The results cannot be written ({error.strerror or error})."
        raise OutputError(
            problem, hint="Free some space, or name another place with --out.", subject=str(path)
        ) from error
    return tally


def write_results(results: Iterable[Result[Found]], writer: Writer[Found], tally: Tally) -> None:
    """Write results and end what is written, also after Ctrl-C, and count them."""
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
