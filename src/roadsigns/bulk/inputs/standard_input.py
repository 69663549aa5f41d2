"""Standard input as a source: a list of images, perhaps with boxes."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.inputs.lists import entries_of, read_rows
from roadsigns.bulk.inputs.source import OTHER_PLACE, Source, images_of
from roadsigns.errors import DataError
from roadsigns.files import require_other_file

__all__ = ["STANDARD_INPUT", "open_standard_input"]

# What it is called on the command line.
STANDARD_INPUT = "-"


def open_standard_input(*, out: Path | None = None, whole: bool = False) -> Source:
    """Open standard input.

    Args:
        out: The file that will be written. If it is one of the images, reading the entries raises an OutputError.
        whole: Whether the list is read to its end now, so that its images are known.

    Raises:
        DataError: If it is closed, or is no such list.
    """
    # None if the parent process closed it.
    if sys.stdin is None:
        raise DataError("Standard input is closed.", hint="Pass a list of images, or name them on the command line.")
    has_boxes, rows = read_rows(sys.stdin.buffer, "standard input", plain=True)
    entries = entries_of(rows, Path(), "standard input")
    if out is not None:
        entries = _other_than(out, entries)
    # It may be a file: `roadsigns predict - < list.txt`.
    source = Source(entries, "Standard input was empty.", has_boxes=has_boxes, files=(Path("/dev/stdin"),))
    if not whole:
        return source
    known = list(entries)
    return replace(source, entries=known, count=len(known), images=images_of(known))


def _other_than(out: Path, entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if isinstance(entry.image, Path):
            require_other_file(out, entry.image, hint=OTHER_PLACE)
        yield entry
