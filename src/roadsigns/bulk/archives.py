"""Images in zip and tar archives, read one by one. Nothing is unpacked to disk, so a name can do no harm."""

import bz2
import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self, cast

from roadsigns.bulk.entries import Entry, Extent
from roadsigns.bulk.unpacking import BYTES_OF_HEADERS, Unpacked
from roadsigns.errors import DataError, ImageError
from roadsigns.image_files import is_image_name
from roadsigns.preprocessing.decode import MAX_BYTES, read_bytes

__all__ = ["Archive", "is_archive"]

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")

# A zip archive's own list of entries is read at once and takes 0.5 kB of memory for each, four times its size on disk.
# 100 MB are a million entries with names of 30 letters.
MAX_LIST_BYTES = 100_000_000
END_OF_LIST = struct.Struct("<4s4H2LH")
END_OF_LARGE_LIST = struct.Struct("<4sQ2H2L4Q")
LONGEST_COMMENT = 0xFFFF
UNKNOWN_SIZE = 0xFFFFFFFF

OPENERS: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
}
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED = 0x0001 | 0x0040 | 0x2000
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError, RuntimeError)
TAR_DAMAGE = (tarfile.TarError, lzma.LZMAError, zlib.error, struct.error, EOFError, ValueError, OverflowError)


def is_archive(path: Path) -> bool:
    """Whether a file is taken for an archive: by its suffix. What kind it is, its content tells."""
    return path.name.lower().endswith(SUFFIXES)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive file, plain or packed, as a source of images, in the order in which they were put in.

    Image files are told as in folders: by suffix, nothing hidden. An entry that cannot be read is an entry with the
    reason, and so is the end of an archive that breaks off.
    """

    path: Path
    has_boxes: bool = False

    def extent(self) -> Extent | None:
        """None: a tar archive would have to be read to its end."""
        try:
            with self.path.open("rb") as file:
                if not _is_zip(file):
                    return None
                _require_short_list(file, self.path)
                with zipfile.ZipFile(file) as archive:
                    members = (member for member in archive.infolist() if not member.is_dir())
                    lengths = [len(member.filename) for member in members if _is_wanted(member.filename)]
        except (OSError, DataError, *DAMAGE):
            # Told of when it is read.
            return None
        return Extent(len(lengths), len(f"{self.path}/") + max(lengths, default=0))

    def entries(self) -> Iterator[Entry]:
        """Yield the images, each read into memory."""
        try:
            with self.path.open("rb") as file:
                yield from self._zip_entries(file) if _is_zip(file) else self._tar_entries(file)
        except OSError as error:
            yield self._broken(f"cannot be read: {error.strerror or error}. Check the path and its permissions.")
        except DataError as error:
            yield self._broken(str(error))
        except (*TAR_DAMAGE, *DAMAGE) as error:
            yield self._broken(
                f"is no zip or tar archive, or a damaged one ({error}). What came before was read; fetch it again."
            )

    def _broken(self, problem: str) -> Entry:
        return Entry(str(self.path), ImageError(f"{self.path} {problem}"))

    def _zip_entries(self, file: IO[bytes]) -> Iterator[Entry]:
        _require_short_list(file, self.path)
        size = self.path.stat().st_size
        unpacked = Unpacked(file, packed=lambda: size)
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if not member.is_dir() and _is_wanted(member.filename):
                    name = f"{self.path}/{member.filename}"
                    unpacked.count(min(member.file_size, MAX_BYTES))
                    yield Entry(name, _zip_member(archive, member, name), local=member.filename)

    def _tar_entries(self, file: IO[bytes]) -> Iterator[Entry]:
        with _unpacking(file) as unpacked, _open_tar(unpacked) as archive:
            while member := _next(archive, unpacked):
                if not member.isdir() and _is_wanted(member.name):
                    name = f"{self.path}/{member.name}"
                    yield Entry(name, _tar_member(archive, member, name), local=member.name)


def _is_wanted(name: str) -> bool:
    folders = PurePosixPath(name).parts
    hidden = any(part.startswith(".") and part != ".." for part in folders)
    return bool(folders) and not hidden and is_image_name(folders[-1])


def _is_zip(file: IO[bytes]) -> bool:
    start = file.read(4)
    file.seek(0)
    # The second is an empty archive's.
    return start in (b"PK\3\4", b"PK\5\6")


def _require_short_list(file: IO[bytes], path: Path) -> None:
    """Look how long a zip archive's list of entries is, before all of it is read."""
    size = file.seek(0, 2)
    start = max(size - END_OF_LIST.size - LONGEST_COMMENT, 0)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at >= 0 and len(tail) - at >= END_OF_LIST.size:
        list_bytes = END_OF_LIST.unpack_from(tail, at)[5]
        # Of an archive with more than 65,535 entries or 4 GB: a longer record, and where it is, before this one.
        large = tail.rfind(b"PK\6\6", 0, at)
        if large >= 0 and at - large >= END_OF_LARGE_LIST.size:
            list_bytes = max(END_OF_LARGE_LIST.unpack_from(tail, large)[8], list_bytes % UNKNOWN_SIZE)
        if list_bytes > MAX_LIST_BYTES:
            raise DataError(
                f"has a list of entries of {list_bytes} bytes, more than the {MAX_LIST_BYTES} that are read at once. "
                "Pack the images as tar, of which any number are read."
            )
    file.seek(0)


def _zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes | ImageError:
    if member.flag_bits & ENCRYPTED:
        return ImageError(f"{name} is encrypted. Pack it without a password.")
    if member.compress_type not in METHODS:
        return ImageError(f"{name} is packed in a way that is not read here. Pack it with deflate, as zip does.")
    if member.file_size > MAX_BYTES:
        return _too_large(name, member.file_size)
    try:
        with archive.open(member) as file:
            return read_bytes(file, name=name)
    except ImageError as error:
        return error
    except (OSError, *DAMAGE) as error:
        return ImageError(f"{name} cannot be read ({error}). The archive is damaged; fetch it again.")


def _tar_member(archive: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> bytes | ImageError:
    if member.islnk() or member.issym():
        return ImageError(
            f"{name} is a link, to {member.linkname}, and links are not followed. Pack the image itself: tar has "
            "--dereference and --hard-dereference."
        )
    if not member.isreg():
        return ImageError(f"{name} is no file but a device or a pipe. Pack images.")
    if member.size > MAX_BYTES:
        return _too_large(name, member.size)
    file = archive.extractfile(member)
    # Not None: it is a regular file. What it raises breaks the archive off.
    return b"" if file is None else read_bytes(file, name=name)


def _too_large(name: str, size: int) -> ImageError:
    return ImageError(f"{name} has {size} bytes, more than the {MAX_BYTES} that are read. Scale the image down.")


@contextmanager
def _unpacking(file: IO[bytes]) -> Iterator[Unpacked]:
    """Read a packed file's content, however it is packed."""
    start = file.read(6)
    file.seek(0)
    opener = next((opener for magic, opener in OPENERS.items() if start.startswith(magic)), None)
    if opener is None:
        yield Unpacked(file, packed=file.tell)
    else:
        with opener(file) as content:
            yield Unpacked(content, packed=file.tell)


def _open_tar(unpacked: Unpacked) -> tarfile.TarFile:
    # Opening reads the first header.
    unpacked.allow(BYTES_OF_HEADERS)
    return tarfile.open(fileobj=cast("Any", unpacked), mode="r|", tarinfo=_Header)


def _next(archive: tarfile.TarFile, unpacked: Unpacked) -> tarfile.TarInfo | None:
    """Read on to the next header, with a bound on what stands before it."""
    # tarfile keeps them all.
    members: list[tarfile.TarInfo] = archive.members  # type: ignore[attr-defined]
    last = members[-1] if members else None
    members.clear()
    # What was not asked for is read over.
    unpacked.allow(BYTES_OF_HEADERS + (last.size if last and last.isreg() and not last.issparse() else 0))
    member = archive.next()
    unpacked.allow(None)
    return member


class _Header(tarfile.TarInfo):
    """A header whose damage is told of: tarfile takes a broken one for the archive's end, except at its start."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """See `tarfile.TarInfo.frombuf`."""
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise DataError(
                f"is no zip or tar archive, or breaks off ({error}). What came before was read; fetch it again."
            ) from error
