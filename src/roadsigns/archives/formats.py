"""Which files are archives, and what reading a damaged one raises."""

import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

__all__ = ["DAMAGE", "PARQUET_SUFFIX", "TAR_SUFFIXES", "is_archive", "is_tar"]

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


def is_archive(path: Path) -> bool:
    """Whether a file is taken for an archive: by its suffix."""
    return path.name.lower().endswith((".zip", *TAR_SUFFIXES))


def is_tar(path: Path) -> bool:
    """Whether a file is taken for a tar archive, compressed or not: by its suffix."""
    return path.name.lower().endswith(TAR_SUFFIXES)
