"""Paths that may lead into an archive: "signs.zip/stop/1.png" is the member stop/1.png of signs.zip.

A Parquet file in an archive leads on to its rows: "signs.zip/train.parquet/000012".

Each function tries the file system first, and looks for an archive only where that says that a part of the path is a
file and not a folder.
"""

import functools
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

from roadsigns.archives.formats import PARQUET_SUFFIX, is_archive
from roadsigns.archives.members import Archive, index_archive, index_parquet
from roadsigns.archives.parquet_images import ParquetImages, import_parquet
from roadsigns.errors import DataError
from roadsigns.files import disk_has, disk_has_file, disk_has_folder, require_file

__all__ = ["DirEntry", "is_file", "is_folder", "open_file", "open_text", "parquet_file", "scan", "stat"]

Opened = TypeVar("Opened", bound=Archive)


class DirEntry(Protocol):
    """A file or folder in a folder."""

    @property
    def name(self) -> str:
        """Its name."""

    def is_dir(self) -> bool:
        """Whether it is a folder."""


def scan(path: Path) -> Iterable[DirEntry]:
    """List a folder.

    Raises:
        OSError: If it is not there or cannot be read.
        DataError: If it lies in an archive that is damaged.
    """
    try:
        with os.scandir(path) as entries:
            return list(entries)
    except NotADirectoryError:
        archive, name = _inside(path)
        if archive is None:
            raise
        return archive.scan(name)


def open_file(path: Path) -> IO[bytes]:
    """Open a file for reading.

    Raises:
        OSError: If it is not there or cannot be read, or is a pipe or a device that may never end.
        DataError: If it lies in an archive that is damaged.
        MissingExtraError: If it lies in a Parquet file and pyarrow is not installed.
    """
    try:
        require_file(path)
        return path.open("rb", buffering=0)
    except NotADirectoryError:
        archive, name = _inside(path)
        if archive is None:
            raise
        return archive.open(name)


def open_text(path: Path) -> io.TextIOWrapper:
    """Open a file as UTF-8 text, with or without a byte order mark; line ends stay. Errors as `open_file`."""
    file = open_file(path)
    buffered = io.BufferedReader(file) if isinstance(file, io.RawIOBase) else file
    return io.TextIOWrapper(buffered, encoding="utf-8-sig", newline="")


def parquet_file(path: Path) -> Any:
    """Open a Parquet file, which may lie in an archive, as a `pyarrow.parquet.ParquetFile`.

    Raises:
        OSError: If it is not there or cannot be read.
        DataError: If it, or its archive, is damaged.
        MissingExtraError: If pyarrow is not installed.
    """
    if disk_has_file(path):
        return import_parquet().ParquetFile(path)
    return _undamaged(_opened_member(path.absolute(), *_version(path), os.getpid())).file()


def is_file(path: Path) -> bool:
    """Whether a file is there. In a folder that may not be read there is none, which listing it reports."""
    return disk_has_file(path) or _kind(path) is False


def is_folder(path: Path) -> bool:
    """Whether a folder, or an archive, is there."""
    return disk_has_folder(path) or _kind(path) is True


def stat(path: Path) -> os.stat_result:
    """Return the size and times of a file; those of the archive for a file in one. Raises an OSError as `os.stat`."""
    try:
        return path.stat()
    except NotADirectoryError:
        found = _archive_of(path)
        if found is None:
            raise
        return stat(found)


def _kind(path: Path) -> bool | None:
    """Whether a path into an archive is a folder; None where there is nothing."""
    archive, name = _inside(path)
    if archive is None or isinstance(archive, ParquetImages):
        return None
    if not name:
        return True
    parent, _, base = name.rpartition("/")
    try:
        return next((entry.is_dir() for entry in archive.scan(parent) if entry.name == base), None)
    except OSError:
        return None


def _archive_of(path: Path) -> Path | None:
    """Return the archive that a path leads into, or that it is; of a Parquet file in another archive, the inner one."""
    for candidate in (path, *path.parents):
        if candidate.suffix.lower() == PARQUET_SUFFIX and not disk_has(candidate):
            # Perhaps a member of an archive, which the path leads through.
            if candidate != path and is_file(candidate):
                return candidate
        elif is_archive(candidate) or candidate.suffix.lower() == PARQUET_SUFFIX:
            return candidate if disk_has_file(candidate) else None
    return None


def _inside(path: Path) -> tuple[Archive | None, str]:
    """Return the archive that a path leads into, and the path in it."""
    found = _archive_of(path)
    if found is None:
        return None, ""
    opened = _opened if disk_has_file(found) else _opened_member
    archive = _undamaged(opened(found.absolute(), *_version(found), os.getpid()))
    return archive, "" if path == found else path.relative_to(found).as_posix()


def _undamaged(opened: Opened | DataError) -> Opened:
    """Return an archive, or raise what was found when it was opened: a copy, since others raise it too."""
    if isinstance(opened, DataError):
        raise opened.about(opened.subject)
    return opened


def _version(path: Path) -> tuple[int, int]:
    """Return what changes with a file: its time and size; those of the archive for a file in one."""
    status = stat(path)
    return status.st_mtime_ns, status.st_size


@functools.lru_cache(maxsize=16)
def _opened(path: Path, changed: int, size: int, process: int) -> Archive | DataError:
    # A forked process must not share the position in the file with its parent.
    try:
        return index_archive(path)
    except DataError as error:
        # A damaged archive would otherwise be unpacked again for each of its images.
        return error


@functools.lru_cache(maxsize=4)
def _opened_member(path: Path, changed: int, size: int, process: int) -> ParquetImages | DataError:
    """Open a Parquet file in an archive. It is read from its end, so that it is held in memory, whole."""
    try:
        with open_file(path) as file:
            return index_parquet(file.read(), path)
    except DataError as error:
        return error
