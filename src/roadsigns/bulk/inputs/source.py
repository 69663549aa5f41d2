"""A source of images: one place that entries come from."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from roadsigns.bulk.entries import Entry

__all__ = ["OTHER_PLACE", "Source", "images_of", "total_count"]

# The hint where results would be written over what is read.
OTHER_PLACE = "Name another place with --out."


@dataclass(frozen=True, slots=True)
class Source:
    """One place that entries come from.

    Attributes:
        entries: Iterated once. What cannot be read is an entry too, with the reason.
        if_empty: The sentence to say if there are none.
        count: How many there are; None if it is unknown before reading them.
        has_boxes: Whether some may have boxes.
        files: The files that are read, as far as they are known before reading them; none of a folder.
        images: The images that are named, one by one, by a pattern or in a table, as far as they are known likewise.
    """

    entries: Iterable[Entry]
    if_empty: str
    count: int | None = None
    has_boxes: bool = False
    files: tuple[Path, ...] = ()
    images: tuple[Path, ...] = ()


def total_count(sources: Iterable[Source]) -> int | None:
    """Return how many entries sources have together; None if it is unknown of one of them."""
    counts = [source.count for source in sources]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def images_of(entries: Iterable[Entry]) -> tuple[Path, ...]:
    """Return the images that are files; of the others there are contents or errors."""
    return tuple(entry.image for entry in entries if isinstance(entry.image, Path))
