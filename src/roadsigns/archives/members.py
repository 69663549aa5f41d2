"""The members of one archive, listed once and then read in any order, from several threads at once."""

import bz2
import errno
import gzip
import io
import logging
import lzma
import os
import shutil
import tarfile
import tempfile
import warnings
import weakref
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

from roadsigns.archives.entry import Entry
from roadsigns.archives.formats import (
    DAMAGE,
    PARQUET_SUFFIX,
    MemberError,
    is_tar,
    plain_name,
    require_tar_end,
    zip_member_name,
)
from roadsigns.archives.parquet_images import ParquetImages
from roadsigns.errors import DataError
from roadsigns.printable import printable
from roadsigns.wording import counted

__all__ = ["Archive", "index_archive", "index_parquet"]

logger = logging.getLogger(__name__)

# No image and no table of annotations is that large.
LARGEST_MEMBER = 1_000_000_000
# What the system says where the temporary file finds no room.
NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
# So many members that are not read are named.
NAMED = 3
OPENERS: Mapping[tuple[str, ...], Callable[[Path], Any]] = {
    (".gz", ".tgz"): gzip.open,
    (".bz2", ".tbz2"): bz2.open,
    (".xz", ".txz"): lzma.open,
}


class Archive(Protocol):
    """An archive that was listed."""

    def scan(self, folder: str) -> list[Entry]:
        """List a folder, "" for the archive itself. Raises an OSError if there is none of that name."""

    def open(self, name: str) -> IO[bytes]:
        """Open a member for reading. Raises an OSError if there is none of that name, or it cannot be read."""


def index_archive(path: Path) -> Archive:
    """List the members of a zip, tar or Parquet file.

    Raises:
        DataError: If it is damaged or no such file, or there is no room to decompress it.
        MissingExtraError: If it is a Parquet file and pyarrow is not installed.
    """
    if path.suffix.lower() == PARQUET_SUFFIX:
        return index_parquet(path, path)
    try:
        return _TarMembers(path) if is_tar(path) else _ZipMembers(path)
    except DAMAGE as error:
        if isinstance(error, OSError) and _refused(error):
            raise _unreadable("archive", error.strerror, path) from error
        raise DataError(
            "The archive cannot be read.",
            expected="a whole zip or tar archive without a password",
            hint="Fetch it or pack it again.",
            subject=str(path),
        ) from error


def index_parquet(source: Path | bytes, path: Path) -> ParquetImages:
    """Open a Parquet file.

    Args:
        source: The file, or its content.
        path: What errors call it.

    Raises:
        DataError: If it is damaged or no such file.
        MissingExtraError: If pyarrow is not installed.
    """
    try:
        return ParquetImages(source, str(path))
    except DAMAGE as error:
        if isinstance(error, OSError) and _refused(error):
            # pyarrow's own text repeats the path.
            raise _unreadable("Parquet file", os.strerror(error.errno or 0), path) from error
        raise DataError(
            "The Parquet file cannot be read.",
            expected="a whole Parquet file",
            hint="Fetch it or write it again.",
            subject=str(path),
        ) from error


def _refused(error: OSError) -> bool:
    """Whether the system has refused to read. A damaged archive may ask it for what lies before the file's start."""
    return error.errno not in {None, errno.EINVAL}


def _unreadable(kind: str, reason: str | None, path: Path) -> DataError:
    return DataError(
        f"The {kind} cannot be read ({reason}).", hint="Check the path and its permissions.", subject=str(path)
    )


class _Index:
    """Which folders an archive has, and what lies in each."""

    def __init__(self, names: Iterable[str], folders: Iterable[str]) -> None:
        self._folders: dict[str, dict[str, bool]] = {"": {}}
        # Empty ones too: they may be classes.
        for folder in folders:
            self._add_folder(folder)
        for name in names:
            folder, _, base = name.rpartition("/")
            # Of a file and a folder of one name, the folder.
            self._add_folder(folder).setdefault(base, False)

    def _add_folder(self, folder: str) -> dict[str, bool]:
        entries = self._folders.get(folder)
        if entries is None:
            entries = self._folders[folder] = {}
            parent, _, base = folder.rpartition("/")
            self._add_folder(parent)[base] = True
        return entries

    def scan(self, folder: str) -> list[Entry]:
        if folder not in self._folders:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), folder)
        return [Entry(name, is_folder) for name, is_folder in self._folders[folder].items()]


Member = TypeVar("Member", zipfile.ZipInfo, tarfile.TarInfo)


def _collect(path: Path, listed: Iterable[tuple[str, bool, Member]]) -> tuple[dict[str, Member], _Index]:
    """Index the members of an archive, and warn once of those that are not read.

    Args:
        path: The archive.
        listed: The name of each member, whether it is a folder, and the member.

    Returns:
        The files by their plain names, of several with one name the last; and which folder holds what.
    """
    members: dict[str, Member] = {}
    folders: list[str] = []
    outside: list[str] = []
    repeated: list[str] = []
    for full, is_folder, member in listed:
        name = plain_name(full)
        if is_folder:
            folders.append(name)
        elif not name:
            outside.append(full)
        else:
            if name in members:
                repeated.append(name)
            members[name] = member
    parts = [
        f"{counted(len(names), 'member')} {why} ({', '.join(names[:NAMED])}{', ...' if len(names) > NAMED else ''})"
        for names, why in ((outside, "with .. in the name"), (repeated, "whose name comes again later"))
        if names
    ]
    if parts:
        # The names may hold anything, control characters too.
        warnings.warn(printable(f"Not read from {path}: {' and '.join(parts)}."), stacklevel=2)
    return members, _Index(members, folders)


class _ZipMembers:
    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        listed = ((zip_member_name(info), info) for info in self._zip.infolist())
        self._members, self._index = _collect(path, ((name, name.endswith("/"), info) for name, info in listed))

    def scan(self, folder: str) -> list[Entry]:
        return self._index.scan(folder)

    def open(self, name: str) -> IO[bytes]:
        member = self._members.get(name)
        if member is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        if member.file_size > LARGEST_MEMBER:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        try:
            # Read at once, so that damage is an OSError wherever it is.
            return io.BytesIO(self._zip.read(member))
        except DAMAGE as error:
            raise MemberError(
                "its archive is damaged or has a password", "Pack the archive again, without a password."
            ) from error


class _TarMembers:
    """A tar archive; a compressed one, which can only be read from its start, is decompressed to a temporary file."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("rb")
        if not path.name.lower().endswith(".tar"):
            self._file.close()
            self._file = _decompressed(path)
        weakref.finalize(self, self._file.close)
        with tarfile.open(fileobj=self._file, mode="r:") as archive:
            listed = ((member.name, member.isdir(), member) for member in archive)
            self._members, self._index = _collect(path, listed)
            require_tar_end(archive)

    def scan(self, folder: str) -> list[Entry]:
        return self._index.scan(folder)

    def open(self, name: str) -> IO[bytes]:
        member = self._members.get(name)
        # The name of a hard link's other end; tar packs the second of two equal files so.
        if member is not None and member.islnk():
            member = self._members.get(plain_name(member.linkname))
        if member is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        if not member.isreg():
            raise OSError(errno.EINVAL, "it is a link or a device, which are not read from archives")
        if member.size > LARGEST_MEMBER:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return io.BytesIO(self._content(member))

    def _content(self, member: tarfile.TarInfo) -> bytes | bytearray:
        """Read a file. Unlike seek and read, pread is safe from several threads."""
        descriptor, place = self._file.fileno(), member.offset_data
        # (offset, size) of each block; typeshed takes it for bytes.
        blocks: Any = member.sparse
        if blocks is None:
            return os.pread(descriptor, member.size, place)
        # Blocks of zeros are left out of it.
        content = bytearray(max(member.size, 0))
        for offset, size in blocks:
            if not 0 <= offset <= offset + size <= member.size:
                raise MemberError("its archive is damaged", "Fetch the archive or pack it again.")
            content[offset : offset + size] = os.pread(descriptor, size, place)
            place += size
        return content


def _decompressed(path: Path) -> IO[bytes]:
    logger.info("Decompressing %s to a temporary file, to read its members in any order.", path)
    # Deleted by the system when it is closed, also if the process dies.
    copy = tempfile.TemporaryFile(prefix="roadsigns-")  # noqa: SIM115 - open as long as the archive
    opener = next(opener for suffixes, opener in OPENERS.items() if path.name.lower().endswith(suffixes))
    try:
        with opener(path) as stream:
            shutil.copyfileobj(stream, copy)
        copy.seek(0)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise DataError(
            f"The archive cannot be decompressed to a temporary file ({error.strerror}).",
            hint=f"Make room in {tempfile.gettempdir()}, name another folder in the variable TMPDIR, or unpack it.",
            subject=str(path),
        ) from error
    return copy
