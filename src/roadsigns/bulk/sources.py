"""The arguments of `roadsigns predict`: files, folders, patterns, archives, tables and standard input, as entries."""

import glob
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from roadsigns.bulk.archives import count_images, is_archive, read_archive
from roadsigns.bulk.box_table import BoxTable
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.lists import as_image_error, entries_of, read_rows
from roadsigns.errors import DataError, ImageError
from roadsigns.image_files import find_images, natural_order
from roadsigns.types import Box
from roadsigns.wording import counted

__all__ = ["STANDARD_INPUT", "Sources", "open_sources"]

STANDARD_INPUT = "-"
HOLDS_NONE = "holds no images (.ppm, .png, .jpg)"


@dataclass(frozen=True, slots=True)
class Source:
    """One place that entries come from.

    Attributes:
        entries: Iterated once. What cannot be read is an entry too, with the reason.
        if_empty: The sentence to say if there are none.
        count: How many there are; None if it is unknown before reading them.
        has_boxes: Whether some may have boxes.
    """

    entries: Iterable[Entry]
    if_empty: str
    count: int | None = None
    has_boxes: bool = False


class Sources:
    """Several sources one after the other, with one box for all or boxes from a table.

    Attributes:
        count: How many entries there are; None if it is unknown before reading them.
        has_boxes: Whether entries may have boxes.
    """

    def __init__(self, sources: Sequence[Source], table: BoxTable | None = None, box: Box | None = None) -> None:
        self._sources = sources
        self._table = table
        self._box = box
        self.count = None if table and table.repeats else _total(sources)
        self.has_boxes = table is not None or box is not None or any(source.has_boxes for source in sources)

    def entries(self) -> Iterator[Entry]:
        """Yield all entries; warn of sources without any, and of boxes without an image.

        Raises:
            DataError: If there are no entries at all.
        """
        if self._table is None:
            yield from self._plain_entries()
            return
        yield from self._table.apply(self._plain_entries())
        unused, first = self._table.unused()
        if unused:
            warnings.warn(
                f"No image was read for {counted(unused, 'row')} of boxes; the first is for '{first}'.", stacklevel=2
            )

    def _plain_entries(self) -> Iterator[Entry]:
        total = 0
        for source in self._sources:
            before = total
            for entry in source.entries:
                total += 1
                yield entry if self._box is None else entry._replace(box=self._box)
            if total == before:
                warnings.warn(source.if_empty, stacklevel=2)
        if total == 0:
            raise _nothing()


def open_sources(
    given: Sequence[str], *, box: tuple[int, int, int, int] | None = None, boxes: Path | None = None
) -> Sources:
    """Turn what was given on the command line into entries.

    Args:
        given: Files, folders, patterns, archives, CSV files, or "-" for standard input.
        box: Where the sign is, (x1, y1, x2, y2), x2 and y2 exclusive.
        boxes: A CSV file of boxes for them.

    Raises:
        DataError: If none of them exists or they hold nothing, or the table or standard input cannot be used.
    """
    table = None if boxes is None else BoxTable(boxes)
    opened = [_open(name) for name in given]
    if not any(
        name == STANDARD_INPUT or Path(name).exists() or (_is_pattern(name) and source.count != 0)
        for name, source in zip(given, opened, strict=True)
    ):
        hint = "Give image files, folders, archives, or patterns of them."
        raise DataError("No such file or folder.", hint=hint, subject=", ".join(given))
    sources = Sources(opened, table, None if box is None else Box(*box))
    if sources.count == 0:
        raise _nothing()
    return sources


def _open(name: str) -> Source:
    if name == STANDARD_INPUT:
        return _standard_input()
    if _is_pattern(name):
        return _pattern(name)
    return _folder(Path(name)) if Path(name).is_dir() else _file(Path(name))


def _is_pattern(name: str) -> bool:
    # A file may be called "sign[1].png".
    return glob.has_magic(name) and not Path(name).exists()


def _file(path: Path) -> Source:
    if is_archive(path) and path.is_file():
        return Source(read_archive(path), f"The archive {path} {HOLDS_NONE}.", count_images(path))
    if path.suffix.lower() == ".csv":
        return _table(path)
    # If it does not exist, reading it says so.
    return Source([Entry(str(path), path, local=path.name)], "", 1)


def _folder(path: Path) -> Source:
    problems: list[OSError] = []
    images = find_images(path, onerror=problems.append)
    entries = [Entry(str(image), image, local=image.relative_to(path).as_posix()) for image in images]
    entries += [_unreadable(str(problem.filename), problem) for problem in problems]
    return Source(entries, f"The folder {path} {HOLDS_NONE}.", len(entries))


def _pattern(pattern: str) -> Source:
    found = glob.glob(pattern, recursive=True)  # noqa: PTH207 - Path.glob shows hidden files and takes no absolute pattern
    sources = [_file(Path(name)) for name in sorted(found, key=natural_order) if not Path(name).is_dir()]
    entries = chain.from_iterable(source.entries for source in sources)
    has_boxes = any(source.has_boxes for source in sources)
    return Source(entries, f"No file matches {pattern}.", _total(sources), has_boxes)


def _table(path: Path) -> Source:
    try:
        with path.open("rb") as file:
            has_boxes, rows = read_rows(file, str(path))
            entries = list(entries_of(rows, path.parent, str(path)))
            return Source(entries, f"The table {path} has no rows.", len(entries), has_boxes)
    except OSError as error:
        return Source([_unreadable(str(path), error)], "", 1)
    except DataError as error:
        return Source([Entry(str(path), as_image_error(error))], "", 1)


def _standard_input() -> Source:
    # None if the parent process closed it.
    if sys.stdin is None:
        raise DataError("Standard input is closed.", hint="Pass a list of images, or name them on the command line.")
    has_boxes, rows = read_rows(sys.stdin.buffer, "standard input", plain=True)
    entries = entries_of(rows, Path(), "standard input")
    return Source(entries, "Standard input was empty.", has_boxes=has_boxes)


def _total(sources: Iterable[Source]) -> int | None:
    counts = [source.count for source in sources]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _unreadable(name: str, error: OSError) -> Entry:
    problem = f"The file or folder cannot be read ({error.strerror})."
    return Entry(name, ImageError(problem, hint="Check the path and its permissions.", subject=name))


def _nothing() -> DataError:
    return DataError("There is nothing to predict.", hint="Give image files, folders or archives, or a list of them.")
