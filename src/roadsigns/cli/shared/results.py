"""What the commands share that read many images: formats of output, progress, and where results go."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from roadsigns.bulk.output import Layout, Tally
    from roadsigns.bulk.stream import Result
    from roadsigns.progress import Advance

__all__ = ["json_option", "requested_format", "show_progress", "threads_option", "with_progress", "write"]

Found = TypeVar("Found")

json_option = click.option(
    "--json", "as_json", is_flag=True, help="The same as --format json: one JSON object per line."
)
threads_option = click.option(
    "--threads", type=click.IntRange(1), help="Number of worker threads.  [default: one per core]"
)


def requested_format(wanted: str | None, *, as_json: bool) -> str | None:
    """Return the format that --format and --json ask for; None for neither.

    Raises:
        click.UsageError: If they ask for different ones.
    """
    if as_json and wanted not in (None, "json"):
        raise click.UsageError(f"--json and --format {wanted} cannot be combined.")
    return "json" if as_json else wanted


def write(results: "Iterator[Result[Found]]", out: Path | None, layout: "Layout[Found]") -> "Tally":
    """Write results to a file, or to standard output."""
    from roadsigns.bulk.output import write_file, write_stream

    if out is not None:
        return write_file(results, out, layout)
    return write_stream(results, sys.stdout, layout)


def with_progress(results: "Iterator[Result[Found]]", advance: "Advance") -> "Iterator[Result[Found]]":
    """Yield results, each one step of a progress bar."""
    for result in results:
        advance()
        yield result


def show_progress(description: str, total: int | None, *, out: Path | None) -> AbstractContextManager["Advance"]:
    """Return a progress bar; none where the results appear on the same terminal, which it would break up."""
    from roadsigns.progress import progress

    return nullcontext(_no_advance) if out is None and sys.stdout.isatty() else progress(description, total=total)


def _no_advance(steps: int = 1, *, note: str = "") -> None:
    """Show no progress."""
