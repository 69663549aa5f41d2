"""Photographs among images of single signs: a hint that another command finds the signs in them."""

import io
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from roadsigns.bulk.entries import Entry
from roadsigns.errors import DataError
from roadsigns.preprocessing.image_size import read_size, size_of

__all__ = ["PHOTOGRAPH_SIDE", "warn_of_photographs"]

# Crops of signs are smaller, those of GTSRB up to about 250 pixels a side.
PHOTOGRAPH_SIDE = 400
# No smaller file is looked into: headers of a thousand crops would take a tenth of a second to read.
MIN_BYTES = 10_000


def warn_of_photographs(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield entries, and warn once of an image without a box that is too large to be a crop of one sign."""
    remaining = iter(entries)
    for entry in remaining:
        if size := _size_of_photograph(entry):
            warnings.warn(
                f"{entry.name} has {size[0]}x{size[1]} pixels and no box, so it is read as one sign. "
                "`roadsigns detect` finds the signs of a photograph.",
                stacklevel=2,
            )
            yield entry
            break
        yield entry
    yield from remaining


def _size_of_photograph(entry: Entry) -> tuple[int, int] | None:
    """Return width and height of an image of more than `PHOTOGRAPH_SIDE` both ways; None of any other."""
    if entry.box is not None:
        return None
    try:
        if isinstance(entry.image, bytes):
            size = size_of(io.BytesIO(entry.image), name=entry.name) if len(entry.image) >= MIN_BYTES else (0, 0)
        elif isinstance(entry.image, Path) and _may_be_large(entry.image):
            size = read_size(entry.image)
        else:
            return None
    except DataError:
        # The prediction will say why.
        return None
    return size if min(size) > PHOTOGRAPH_SIDE else None


def _may_be_large(path: Path) -> bool:
    try:
        return path.stat().st_size >= MIN_BYTES
    except (OSError, ValueError):
        # It lies in an archive.
        return True
