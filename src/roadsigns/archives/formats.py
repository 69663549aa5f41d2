"""Which files are archives, what their members are called, and what reading a damaged one raises."""

import contextlib
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

__all__ = ["DAMAGE", "PARQUET_SUFFIX", "is_archive", "is_tar", "require_tar_end", "zip_member_name"]

TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
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
# Of a zip archive's member: it was packed on DOS or Windows.
DOS = 0
# A tar archive ends with two such blocks.
END_BLOCK = bytes(tarfile.BLOCKSIZE)


def is_archive(path: Path) -> bool:
    """Whether a file is taken for an archive: by its suffix."""
    return path.name.lower().endswith((".zip", *TAR_SUFFIXES))


def is_tar(path: Path) -> bool:
    """Whether a file is taken for a tar archive, compressed or not: by its suffix."""
    return path.name.lower().endswith(TAR_SUFFIXES)


def zip_member_name(member: zipfile.ZipInfo) -> str:
    """Return the name of a zip archive's member.

    Many programs write it in UTF-8 without the flag that says so, and some on Windows put backslashes between folders.
    """
    name = member.filename
    if not member.flag_bits & UTF_8_FLAG:
        # Python has read it as code page 437, in which every byte is a character.
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/") if member.create_system == DOS else name


def require_tar_end(archive: tarfile.TarFile) -> None:
    """Require that a tar archive is whole, after all its members were listed.

    Raises:
        ReadError: If its end mark is missing. `tarfile` takes a damaged header for the end, and so it does the end of
            the file.
    """
    if archive.fileobj is not None and archive.fileobj.read(len(END_BLOCK)) != END_BLOCK:
        raise tarfile.ReadError("its end mark is missing")
