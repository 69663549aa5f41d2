"""Image files of a folder, listed in natural order."""

import heapq
import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from roadsigns.preprocessing.decode import IMAGE_SUFFIXES

__all__ = ["find_folder_links", "find_images", "in_natural_order", "is_hidden", "is_image_name", "natural_order"]

# Of macOS's archives, Synology's disks, Linux's file systems, Windows's disks and Python.
SYSTEM_NAMES = frozenset(
    {"__MACOSX", "@eaDir", "lost+found", "System Volume Information", "$RECYCLE.BIN", "__pycache__"}
)
# Names sorted at once, 25 MB with their keys. A folder of more is listed again for each further part.
HELD = 50_000


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """Sort key in which numbers inside names count as numbers: "sign 2" comes before "sign 10"."""
    parts = re.split(r"(\d+)", name)
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts if part]


def in_natural_order(names: Callable[[], Iterable[str]]) -> Iterator[str]:
    """Yield names in natural order, in constant memory.

    Args:
        names: Lists them, each once. It is called again for every `HELD` names.
    """
    last: list[tuple[int, int, str]] = []
    while True:
        remaining = (name for name in names() if natural_order(name) > last) if last else names()
        part = heapq.nsmallest(HELD, remaining, key=natural_order)
        yield from part
        if len(part) < HELD:
            return
        last = natural_order(part[-1])


def is_hidden(name: str) -> bool:
    """Whether a file or folder is hidden, or one that systems and tools put between people's files."""
    return name.startswith(".") or name in SYSTEM_NAMES


def is_image_name(name: str) -> bool:
    """Whether a file name is that of an image: it has an image's suffix and is not hidden."""
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES  # noqa: PTH122 - pathlib takes ten times as long


def find_images(
    folder: Path, *, onerror: Callable[[OSError], None] | None = None, wanted: Callable[[str], bool] = is_image_name
) -> Iterator[Path]:
    """Yield the image files in a folder and below it, in natural order, each folder's own files first.

    Images are recognised by their suffix, in any case. Hidden files and folders, pipes and devices are skipped. Links
    to folders are followed, and no folder is read twice, so that a circle of links ends. Memory does not grow with the
    number of files.

    Args:
        folder: The folder to search.
        onerror: Called with the error of a folder that cannot be read; the folder is skipped.
        wanted: Whether a file of this name is yielded.
    """
    for parent in _folders(str(folder)):
        problems: list[OSError] = []
        for name in in_natural_order(partial(_file_names, parent, wanted, problems.append)):
            yield Path(parent, name)
        if problems and onerror:
            onerror(problems[0])


def find_folder_links(folder: Path) -> Iterator[Path]:
    """Yield the links to folders that `find_images` follows, in no order."""
    for parent in _folders(str(folder)):
        for entry in _entries(parent, None):
            if not is_hidden(entry.name) and entry.is_symlink() and Path(entry).is_dir():
                yield Path(entry)


def _folders(folder: str) -> Iterator[str]:
    """Yield a folder and those below it, each once. Not recursive: nesting may be deeper than Python's limit."""
    waiting: list[Iterator[str]] = [iter([folder])]
    seen: set[tuple[int, int]] = set()
    while waiting:
        parent = next(waiting[-1], None)
        if parent is None:
            waiting.pop()
            continue
        if not _is_new(parent, seen):
            continue
        yield parent
        waiting.append(_below(parent))


def _is_new(folder: str, seen: set[tuple[int, int]]) -> bool:
    try:
        status = os.stat(folder)  # noqa: PTH116 - pathlib takes ten times as long
    except OSError:
        # Listing it reports the error.
        return True
    key = (status.st_dev, status.st_ino)
    if key in seen:
        return False
    seen.add(key)
    return True


def _below(parent: str) -> Iterator[str]:
    for name in in_natural_order(partial(_folder_names, parent)):
        yield os.path.join(parent, name)  # noqa: PTH118 - pathlib takes ten times as long


def _file_names(parent: str, wanted: Callable[[str], bool], onerror: Callable[[OSError], None]) -> Iterator[str]:
    for entry in _entries(parent, onerror):
        if wanted(entry.name) and _may_be_read(entry):
            yield entry.name


def _may_be_read(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file, not a folder, pipe or device. A dangling link counts; reading it reports the error."""
    try:
        return entry.is_file() or (entry.is_symlink() and not Path(entry).exists())
    except OSError:
        return True


def _folder_names(parent: str) -> Iterator[str]:
    for entry in _entries(parent, None):
        if not is_hidden(entry.name) and _is_folder(entry):
            yield entry.name


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A circle of links, or a folder that may not be looked into.
        return False


def _entries(parent: str, onerror: Callable[[OSError], None] | None) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(parent) as entries:
            yield from entries
    except OSError as error:
        if onerror:
            onerror(error)
