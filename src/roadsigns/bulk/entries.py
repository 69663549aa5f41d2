"""What a prediction is asked for: images by name, one after the other, wherever they come from."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from roadsigns.errors import ImageError
from roadsigns.types import Box

__all__ = ["Entry", "Extent", "Source", "add_extents"]


class Entry(NamedTuple):
    """One image, or one sign in it.

    Attributes:
        name: What the output calls it.
        image: The file, its bytes, or why there are none.
        box: Where the sign is; None for the whole image.
        local: Its name within its folder or archive, by which a table may know it.
    """

    name: str
    image: Path | bytes | ImageError
    box: Box | None = None
    local: str = ""


class Extent(NamedTuple):
    """How much there is of something that has not been read yet.

    Attributes:
        entries: How many.
        longest: Length of the longest name.
    """

    entries: int
    longest: int


def add_extents(extents: Iterable[Extent | None]) -> Extent | None:
    """Return the extent of all together, None if that of any is unknown."""
    entries = longest = 0
    for extent in extents:
        if extent is None:
            return None
        entries += extent.entries
        longest = max(longest, extent.longest)
    return Extent(entries, longest)


class Source(Protocol):
    """Somewhere that entries come from. Its entries are read once, in memory that does not grow with their number."""

    @property
    def has_boxes(self) -> bool:
        """Whether its entries may have boxes."""

    def extent(self) -> Extent | None:
        """How much there is, if that is quickly told; otherwise None."""

    def entries(self) -> Iterator[Entry]:
        """Yield the entries. What cannot be read is an entry too, with the reason."""
