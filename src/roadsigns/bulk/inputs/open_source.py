"""A file, a folder, a pattern, an archive or a table as a source."""

import glob
import logging
from itertools import chain
from pathlib import Path

from roadsigns.archives.formats import PARQUET_SUFFIX, is_archive
from roadsigns.archives.paths import is_file, is_folder, open_file
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.inputs.archives import count_images, find_members, read_archive
from roadsigns.bulk.inputs.lists import as_image_error, entries_of, read_rows
from roadsigns.bulk.inputs.parquet import images_in_parquet, read_parquet
from roadsigns.bulk.inputs.source import Source, images_of, total_count
from roadsigns.errors import DataError, ImageError
from roadsigns.files import disk_has, disk_has_file, disk_has_folder, require_file
from roadsigns.image_files import find_folder_links, find_images, natural_order
from roadsigns.preprocessing.decode import FORMATS
from roadsigns.wording import counted

__all__ = ["exists", "is_pattern", "open_source"]

logger = logging.getLogger(__name__)

HOLDS_NONE = f"holds no images ({FORMATS})"


def open_source(name: str) -> Source:
    """Open what was named on the command line. What does not exist is an entry, with the reason when it is read."""
    if is_pattern(name):
        return _pattern(name)
    path = Path(name)
    if disk_has_folder(path):
        return _folder(path)
    return _folder_of_archive(path) if not disk_has(path) and is_folder(path) else _file(path)


def exists(path: Path) -> bool:
    """Whether there is such a file or folder, perhaps in an archive."""
    return disk_has(path) or is_file(path) or is_folder(path)


def is_pattern(name: str) -> bool:
    """Whether a name is a pattern. A file may be called "sign[1].png"."""
    return glob.has_magic(name) and not exists(Path(name))


def _file(path: Path) -> Source:
    if is_archive(path) and disk_has_file(path):
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
        boxed, rows = images_in_parquet(table)
        has_boxes |= boxed
        entries += rows
    return Source(entries, f"The folder {path} {HOLDS_NONE}.", len(entries), has_boxes)


def _is_parquet(name: str) -> bool:
    return name.lower().endswith(PARQUET_SUFFIX) and not name.startswith(".")


def _pattern(pattern: str) -> Source:
    found = glob.glob(pattern, recursive=True)  # noqa: PTH207 - Path.glob shows hidden files and takes no absolute pattern
    sources = [_file(Path(name)) for name in sorted(found, key=natural_order) if not disk_has_folder(Path(name))]
    entries = chain.from_iterable(source.entries for source in sources)
    has_boxes = any(source.has_boxes for source in sources)
    files = tuple(file for source in sources for file in source.files)
    images = tuple(image for source in sources for image in source.images)
    return Source(entries, f"No file matches {pattern}.", total_count(sources), has_boxes, files, images)


def _table(path: Path) -> Source:
    try:
        if not is_file(path):
            require_file(path)
        has_boxes, entries = read_parquet(path) if _is_parquet(path.name) else _read_csv(path)
        images = images_of(entries)
        return Source(entries, f"The table {path} has no rows.", len(entries), has_boxes, (path, *images), images)
    except OSError as error:
        return Source([_unreadable(str(path), error)], "", 1, files=(path,))
    except DataError as error:
        return Source([Entry(str(path), as_image_error(error))], "", 1, files=(path,))


def _read_csv(path: Path) -> tuple[bool, list[Entry]]:
    with path.open("rb") if disk_has(path) else open_file(path) as file:
        has_boxes, rows = read_rows(file, str(path))
        return has_boxes, list(entries_of(rows, path.parent, str(path)))


def _unreadable(name: str, error: OSError) -> Entry:
    problem = f"The file or folder cannot be read ({error.strerror})."
    return Entry(name, ImageError(problem, hint="Check the path and its permissions.", subject=name))
