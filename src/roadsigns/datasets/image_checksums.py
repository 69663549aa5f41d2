"""Checksums of image files: a model remembers by them which images without a track it was trained on."""

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from roadsigns.archives.paths import open_file
from roadsigns.cpu import available_cores
from roadsigns.errors import RoadsignsError
from roadsigns.types import Sample

__all__ = ["MAX_CHECKSUMS", "checksums_of", "remembered"]

# Bytes of SHA-256; two of a million different images agree with a probability below one in ten million.
BYTES = 8
# Two megabytes in a model file.
MAX_CHECKSUMS = 100_000


def checksums_of(samples: Sequence[Sample]) -> frozenset[str] | None:
    """Return the checksums by which a model remembers the images that it was trained on.

    Returns:
        None where their tracks identify all of them, where there are more than `MAX_CHECKSUMS`, or where one cannot
        be read.
    """
    paths = {sample.path for sample in samples}
    if all(sample.track is not None for sample in samples) or len(paths) > MAX_CHECKSUMS:
        return None
    checksums = frozenset(_checksums(paths))
    return None if "" in checksums else checksums


def remembered(samples: Sequence[Sample], checksums: frozenset[str]) -> list[Path]:
    """Return the image files of these samples, in their order, that have one of these checksums."""
    if not checksums:
        return []
    paths = list(dict.fromkeys(sample.path for sample in samples))
    return [path for path, checksum in zip(paths, _checksums(paths), strict=True) if checksum in checksums]


def _checksums(paths: Iterable[Path]) -> list[str]:
    """Return the first bytes of the SHA-256 of each file, as hexadecimal digits; empty where it cannot be read."""
    with ThreadPoolExecutor(available_cores()) as pool:
        return list(pool.map(_checksum, paths))


def _checksum(path: Path) -> str:
    try:
        with open_file(path) as file:
            digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]
    except (OSError, RoadsignsError):
        return ""
    return digest.hexdigest()[: 2 * BYTES]
