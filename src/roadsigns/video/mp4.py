"""What an MP4 or MOV file says of itself: whether it is whole, and when it was recorded.

Its parts ("boxes": ISO/IEC 14496-12, section 4.2) have a size, a name of four letters, and content.
"""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, NamedTuple

__all__ = ["is_unfinished", "recorded_at"]

# MP4 counts seconds from here.
EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
# Writers that do not know the time give 0, others the beginning of their own clock.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LONG, TO_THE_END = 1, 0
# Of sizes and names, in bytes; a size of 64 bits follows the name.
HEAD, LONG_HEAD = 8, 16


class Part(NamedTuple):
    """A part of the file: its name, and where its content begins and ends."""

    name: bytes
    start: int
    end: int


def is_unfinished(path: Path) -> bool:
    """Whether this is an MP4 whose index was never written, as when a camera loses its power."""
    with path.open("rb") as file:
        names = [part.name for part in _parts(file, 0, path.stat().st_size)]
    return bool({b"ftyp", b"mdat", b"wide"} & set(names[:3])) and b"moov" not in names


def recorded_at(path: Path) -> datetime | None:
    """Return when the recording began, as the camera says; None if the file does not tell or is no MP4."""
    with path.open("rb") as file:
        for movie in _parts(file, 0, path.stat().st_size):
            if movie.name != b"moov":
                continue
            for part in _parts(file, movie.start, movie.end):
                if part.name == b"mvhd":
                    file.seek(part.start)
                    return _creation(file.read(12))
    return None


def _creation(head: bytes) -> datetime | None:
    """The time in a movie's head: after version and flags, in 32 or 64 bits."""
    form = ">4xQ" if head[:1] == b"\1" else ">4xL"
    if len(head) < struct.calcsize(form):
        return None
    (seconds,) = struct.unpack_from(form, head)
    try:
        time = EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return time if time >= EARLIEST else None


def _parts(file: BinaryIO, start: int, end: int) -> Iterator[Part]:
    """Yield the parts between two places, as far as they make sense."""
    while start + HEAD <= end:
        file.seek(start)
        head = file.read(LONG_HEAD)
        if len(head) < HEAD:
            return
        size, name = struct.unpack_from(">L4s", head)
        begin = start + HEAD
        if size == LONG and len(head) == LONG_HEAD:
            (size,) = struct.unpack_from(">Q", head, HEAD)
            begin = start + LONG_HEAD
        stop = end if size == TO_THE_END else start + size
        if stop < begin:
            return
        yield Part(name, begin, min(stop, end))
        start = stop
