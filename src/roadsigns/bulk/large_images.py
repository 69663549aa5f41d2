"""Photographs given where an image of one sign is expected."""

import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from roadsigns.bulk.entries import Entry
from roadsigns.errors import DataError
from roadsigns.preprocessing.image_size import read_size

__all__ = ["told_of_large"]

# Images of one sign are hardly ever as large, photographs hardly ever smaller.
LARGE_SIDE = 500
# Of the first so many the size is read.
LOOKED_AT = 20


def told_of_large(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield entries, and warn once if one of the first is a large image without a box."""
    left = LOOKED_AT
    for entry in entries:
        if left and entry.box is None and isinstance(entry.image, Path):
            left = 0 if _tell(entry.name, entry.image) else left - 1
        yield entry


def _tell(name: str, path: Path) -> bool:
    try:
        width, height = read_size(path)
    except DataError:
        # Predicting it says why.
        return False
    is_large = min(width, height) >= LARGE_SIDE
    if is_large:
        warnings.warn(
            f"{name} has {width}x{height} pixels and no box, and the model expects an image of one sign. "
            "`roadsigns detect` finds the signs in photographs.",
            stacklevel=2,
        )
    return is_large
