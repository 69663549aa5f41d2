"""Tiles: parts of a picture that the network looks at, in few sizes: memory and the time to compile are bounded.

Tiles of a large picture overlap. Each owns the boxes whose middle lies in its part of the picture, where parts meet in
the middle of an overlap; so a box is seen whole by the tile that owns it, see `LONGEST_BOX`.
"""

import math
from itertools import pairwise
from typing import NamedTuple

__all__ = ["LARGEST_TILE", "LONGEST_BOX", "Tile", "padded", "tiles_of"]

# Of tiles, in pixels, divisible by 32: close enough that a picture is padded little, and few enough that a runtime
# which compiles for each size does so seldom. 640x480, 1280x720, 1360x800, 1920x1080 and their thirds fit.
SIDES = (
    *(32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 480, 544, 608, 672, 736, 800, 896, 992, 1088),
    *(1184, 1280, 1376, 1536, 1664, 1792, 1920),
)
LARGEST_TILE = SIDES[-1]
OVERLAP = 256
# The middle of a box is known to a few pixels only: near a border both tiles own it, and duplicates are suppressed.
SLACK = 16
# Boxes up to this side are seen whole by the tile that owns them.
LONGEST_BOX = OVERLAP - 2 * SLACK


class Span(NamedTuple):
    """A tile along one axis: where it starts, how long it is, and between what its boxes have their middle."""

    start: int
    length: int
    low: float
    high: float


class Tile(NamedTuple):
    """A part of a picture.

    Attributes:
        across: Along x, in pixels of the picture.
        down: Along y.
        whole: Whether it is the whole picture.
    """

    across: Span
    down: Span
    whole: bool


def tiles_of(height: int, width: int) -> list[Tile]:
    """Return the tiles of a picture, row by row: the picture itself if no side is longer than `LARGEST_TILE`."""
    rows, columns = _spans(height), _spans(width)
    whole = len(rows) == len(columns) == 1
    return [Tile(across, down, whole) for down in rows for across in columns]


def padded(side: int) -> int:
    """Return the least side of a tile that holds so many pixels, at most `LARGEST_TILE`."""
    return next(each for each in SIDES if each >= side)


def _spans(length: int) -> list[Span]:
    if length <= LARGEST_TILE:
        return [Span(0, length, -math.inf, math.inf)]
    count = math.ceil((length - OVERLAP) / (LARGEST_TILE - OVERLAP))
    # The least side with which so many tiles reach from end to end.
    side = padded(math.ceil((length + (count - 1) * OVERLAP) / count))
    starts = [number * (length - side) // (count - 1) for number in range(count)]
    borders = [(start + side + following) / 2 for start, following in pairwise(starts)]
    lows = [-math.inf, *(border - SLACK for border in borders)]
    highs = [*(border + SLACK for border in borders), math.inf]
    return [Span(start, side, low, high) for start, low, high in zip(starts, lows, highs, strict=True)]
