"""Which files are archives, what their members are called, and what reading a damaged one raises."""

import contextlib
import errno
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

__all__ = [
    "DAMAGE",
    "PARQUET_SUFFIX",
    "MemberError",
    "archive_stem",
    "is_archive",
    "is_tar",
    "plain_name",
    "require_tar_end",
    "zip_member_name",
]

TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
SUFFIXES = (".zip", *TAR_SUFFIXES)
PARQUET_SUFFIX = ".parquet"
# The standard library's exceptions for archives that are damaged, encrypted or no archives at all.
DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)
# Of a zip archive's member: its name is in UTF-8.
UTF_8_FLAG = 0x800
# A tar archive ends with two such blocks.
END_BLOCK = bytes(tarfile.BLOCKSIZE)


class MemberError(OSError):
    """A member that cannot be read.

    Attributes:
        hint: What to do.
    """

    def __init__(self, problem: str, hint: str) -> None:
        """Make the error: `problem` continues "The file cannot be read: "."""
        super().__init__(errno.EIO, problem)
        self.hint = hint


def is_archive(path: Path) -> bool:
    """Whether a file is taken for an archive: by its suffix."""
    return path.name.lower().endswith(SUFFIXES)


def archive_stem(path: Path) -> str:
    """Return the name of an archive without its suffix, such as "signs" of "signs.tar.gz"."""
    suffix = next(suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix))
    return path.name[: -len(suffix)]


def is_tar(path: Path) -> bool:
    """Whether a file is taken for a tar archive, compressed or not: by its suffix."""
    return path.name.lower().endswith(TAR_SUFFIXES)


def zip_member_name(member: zipfile.ZipInfo) -> str:
    """Return the name of a zip archive's member.

    Many programs write it in UTF-8 without the flag that says so, and some put backslashes between folders, which the
    format does not have in names.
    """
    name = member.filename
    if not member.flag_bits & UTF_8_FLAG:
        # Python has read it as code page 437, in which every byte is a character.
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def plain_name(name: str) -> str:
    """Return a member's path below the archive; empty where it points out of it."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return "" if ".." in parts else "/".join(parts)


def require_tar_end(archive: tarfile.TarFile) -> None:
    """Require that a tar archive is whole, after all its members were listed.

    Raises:
        ReadError: If its end mark is missing. `tarfile` takes a damaged header for the end, and so it does the end of
            the file.
    """
    if archive.fileobj is not None and archive.fileobj.read(len(END_BLOCK)) != END_BLOCK:
        raise tarfile.ReadError("its end mark is missing")
