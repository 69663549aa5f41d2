"""The arguments of `roadsigns predict`: files, folders, patterns, archives, tables and standard input, as entries."""

import glob
import logging
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from roadsigns.archives.formats import PARQUET_SUFFIX, is_archive
from roadsigns.archives.paths import is_file, is_folder, open_file
from roadsigns.bulk.archives import count_images, find_members, on_disk, read_archive
from roadsigns.bulk.box_table import BoxTable
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.lists import as_image_error, entries_of, read_rows
from roadsigns.bulk.parquet_input import read_parquet
from roadsigns.errors import DataError, ImageError
from roadsigns.files import require_file, require_other_file, require_outside, require_outside_of_images
from roadsigns.image_files import find_folder_links, find_images, natural_order
from roadsigns.preprocessing.decode import FORMATS
from roadsigns.types import Box
from roadsigns.wording import counted

__all__ = ["STANDARD_INPUT", "Sources", "open_sources"]

logger = logging.getLogger(__name__)

STANDARD_INPUT = "-"
# Of what was given, in an error.
NAMED = 5
OTHER_PLACE = "Name another place with --out."
HOLDS_NONE = f"holds no images ({FORMATS})"


@dataclass(frozen=True, slots=True)
class Source:
    """One place that entries come from.

    Attributes:
        entries: Iterated once. What cannot be read is an entry too, with the reason.
        if_empty: The sentence to say if there are none.
        count: How many there are; None if it is unknown before reading them.
        has_boxes: Whether some may have boxes.
        files: The files that are read, as far as they are known before reading them; none of a folder.
        images: The images that are named, one by one, by a pattern or in a table, as far as they are known likewise.
    """

    entries: Iterable[Entry]
    if_empty: str
    count: int | None = None
    has_boxes: bool = False
    files: tuple[Path, ...] = ()
    images: tuple[Path, ...] = ()


class Sources:
    """Several sources one after the other, with one box for all or boxes from a table.

    Attributes:
        count: How many entries there are; None if it is unknown before reading them.
        has_boxes: Whether entries may have boxes.
    """

    def __init__(
        self, given: Sequence[str], sources: Sequence[Source], table: BoxTable | None = None, box: Box | None = None
    ) -> None:
        self._given = given
        self._sources = sources
        self._table = table
        self._box = box
        self.count = None if table and table.repeats else _total(sources)
        self.has_boxes = table is not None or box is not None or any(source.has_boxes for source in sources)

    def require_outside(self, folder: Path, *, option: str) -> None:
        """Refuse a folder for results that lies among images that are named: one by one, by a pattern or in a table.

        Those of standard input are known only where `open_sources` was told to read it whole.

        Raises:
            OutputError: If it does.
        """
        images = chain.from_iterable(source.images for source in self._sources)
        require_outside_of_images(folder, images, hint=f"Name another place with {option}.")

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
            raise _nothing(self._given)


def open_sources(
    given: Sequence[str],
    *,
    box: tuple[int, int, int, int] | None = None,
    boxes: Path | None = None,
    out: Path | None = None,
    whole_list: bool = False,
) -> Sources:
    """Turn what was given on the command line into entries.

    Args:
        given: Files, folders, patterns, archives, CSV files, or "-" for standard input.
        box: Where the sign is, (x1, y1, x2, y2), x2 and y2 exclusive.
        boxes: A CSV file of boxes for them.
        out: The file that will be written; it must not be or lie in what is read.
        whole_list: Whether standard input is read to its end now, so that its images are known.

    Raises:
        DataError: If none of them exists or they hold nothing, or the table or standard input cannot be used.
        OutputError: If `out` is one of the files that are read, or lies in a folder that is.
    """
    if out is not None:
        for folder in filter(Path.is_dir, map(Path, given)):
            require_outside(out, folder, hint=OTHER_PLACE, kind="folder of images")
    table = None if boxes is None else BoxTable(boxes)
    opened = [_open(name, out, whole_list=whole_list) for name in given]
    if out is not None:
        read = [on_disk(file) for source in opened for file in source.files]
        require_other_file(out, *read, *([] if boxes is None else [boxes]), hint=OTHER_PLACE)
    if not any(
        name == STANDARD_INPUT or _exists(Path(name)) or (_is_pattern(name) and source.count != 0)
        for name, source in zip(given, opened, strict=True)
    ):
        hint = "Give image files, folders, archives, or patterns of them."
        raise DataError("No such file or folder.", hint=hint, subject=_list(given))
    sources = Sources(given, opened, table, None if box is None else Box(*box))
    if sources.count == 0:
        raise _nothing(given)
    return sources


def _open(name: str, out: Path | None, *, whole_list: bool) -> Source:
    if name == STANDARD_INPUT:
        return _standard_input(out, whole=whole_list)
    if _is_pattern(name):
        return _pattern(name)
    path = Path(name)
    if path.is_dir():
        return _folder(path)
    return _folder_of_archive(path) if not path.exists() and is_folder(path) else _file(path)


def _exists(path: Path) -> bool:
    """Whether there is such a file or folder, perhaps in an archive."""
    return path.exists() or is_file(path) or is_folder(path)


def _is_pattern(name: str) -> bool:
    # A file may be called "sign[1].png".
    return glob.has_magic(name) and not _exists(Path(name))


def _file(path: Path) -> Source:
    if is_archive(path) and path.is_file():
        return Source(read_archive(path), f"The archive {path} {HOLDS_NONE}.", count_images(path), files=(path,))
    if path.suffix.lower() in {".csv", PARQUET_SUFFIX}:
        return _table(path)
    # If it does not exist, reading it says so.
    return Source([Entry(str(path), path, local=path.name)], "", 1, files=(path,), images=(path,))


def _folder_of_archive(path: Path) -> Source:
    images = find_members(path)
    entries = [Entry(str(image), image, local=image.relative_to(path).as_posix()) for image in images]
    return Source(entries, f"The folder {path} {HOLDS_NONE}.", len(entries), files=(path,))


def _folder(path: Path) -> Source:
    problems: list[OSError] = []
    images = find_images(path, onerror=problems.append)
    entries = [Entry(str(image), image, local=image.relative_to(path).as_posix()) for image in images]
    links = sum(1 for _ in find_folder_links(path))
    if links:
        logger.info("%s: %s followed.", path, counted(links, "link") + " to folders")
    entries += [_unreadable(str(problem.filename), problem) for problem in problems]
    has_boxes = False
    for table in find_images(path, wanted=_is_parquet):
        boxed, rows = read_parquet(table)
        has_boxes |= boxed
        entries += rows
    return Source(entries, f"The folder {path} {HOLDS_NONE}.", len(entries), has_boxes)


def _is_parquet(name: str) -> bool:
    return name.lower().endswith(PARQUET_SUFFIX) and not name.startswith(".")


def _pattern(pattern: str) -> Source:
    found = glob.glob(pattern, recursive=True)  # noqa: PTH207 - Path.glob shows hidden files and takes no absolute pattern
    sources = [_file(Path(name)) for name in sorted(found, key=natural_order) if not Path(name).is_dir()]
    entries = chain.from_iterable(source.entries for source in sources)
    has_boxes = any(source.has_boxes for source in sources)
    files = tuple(file for source in sources for file in source.files)
    images = tuple(image for source in sources for image in source.images)
    return Source(entries, f"No file matches {pattern}.", _total(sources), has_boxes, files, images)


def _table(path: Path) -> Source:
    try:
        if not is_file(path):
            require_file(path)
        has_boxes, entries = read_parquet(path) if _is_parquet(path.name) else _read_csv(path)
        images = _images_of(entries)
        return Source(entries, f"The table {path} has no rows.", len(entries), has_boxes, (path, *images), images)
    except OSError as error:
        return Source([_unreadable(str(path), error)], "", 1, files=(path,))
    except DataError as error:
        return Source([Entry(str(path), as_image_error(error))], "", 1, files=(path,))


def _read_csv(path: Path) -> tuple[bool, list[Entry]]:
    with path.open("rb") if path.exists() else open_file(path) as file:
        has_boxes, rows = read_rows(file, str(path))
        return has_boxes, list(entries_of(rows, path.parent, str(path)))


def _images_of(entries: Iterable[Entry]) -> tuple[Path, ...]:
    return tuple(entry.image for entry in entries if isinstance(entry.image, Path))


def _standard_input(out: Path | None, *, whole: bool) -> Source:
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
    return replace(source, entries=known, count=len(known), images=_images_of(known))


def _other_than(out: Path, entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if isinstance(entry.image, Path):
            require_other_file(out, entry.image, hint=OTHER_PLACE)
        yield entry


def _total(sources: Iterable[Source]) -> int | None:
    counts = [source.count for source in sources]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _unreadable(name: str, error: OSError) -> Entry:
    problem = f"The file or folder cannot be read ({error.strerror})."
    return Entry(name, ImageError(problem, hint="Check the path and its permissions.", subject=name))


def _nothing(given: Sequence[str]) -> DataError:
    return DataError(
        "There is no image here.",
        expected=f"image files ({FORMATS})",
        hint="Give image files, folders or archives, or a list of them.",
        subject=_list(given),
    )


def _list(given: Sequence[str]) -> str:
    names = ["standard input" if name == STANDARD_INPUT else name for name in given[:NAMED]]
    more = f" and {len(given) - NAMED} more" if len(given) > NAMED else ""
    return ", ".join(names) + more
