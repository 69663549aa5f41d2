"""Where captions go: beside their boxes, inside the picture, and on nothing else where there is room."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from roadsigns.types import Box

__all__ = ["place_captions"]

# Rings of places around a box, in heights of the caption, and places along each side of a ring.
RINGS, PLACES = 7, 9
# The cost of a pixel of a sign or of another caption that is hidden; and of each pixel of the caption for a ring
# farther away, for a place off the middle of the side, and for one above or below, where posts have their next sign.
HIDES, FARTHER, OFF_MIDDLE, STACKED = 10.0, 0.2, 0.05, 0.03
# Captions that came early make room for later ones.
ROUNDS = 3

IntArray = npt.NDArray[np.int64]


def place_captions(
    sizes: Sequence[tuple[int, int]], boxes: Sequence[Box], *, picture: tuple[int, int], gap: int
) -> list[Box]:
    """Return a place for each caption.

    Args:
        sizes: Their widths and heights, no larger than the picture.
        boxes: The sign that each belongs to.
        picture: Width and height.
        gap: Pixels between a box and its caption.
    """
    signs = np.array(boxes, np.int64).reshape(-1, 4)
    ways = [_places(size, box, picture, gap) for size, box in zip(sizes, boxes, strict=True)]
    # What is hidden of signs stays the same.
    costs = [places[1] + HIDES * _shared(places[0], signs) for places in ways]
    chosen = np.zeros((0, 4), np.int64)
    for turn in range(ROUNDS):
        for number, (places, _) in enumerate(ways):
            others = np.delete(chosen, number, axis=0) if turn else chosen
            best = places[np.argmin(costs[number] + HIDES * _shared(places, others))]
            chosen = np.insert(others, number, best, axis=0)
    return [Box(*map(int, place)) for place in chosen]


def _places(
    size: tuple[int, int], box: Box, picture: tuple[int, int], gap: int
) -> tuple[IntArray, npt.NDArray[np.float64]]:
    """Return places inside the picture, shape (places, 4), and what they cost however free they are."""
    width, height = size
    corners, costs = [], []
    for ring in range(RINGS):
        away = gap + ring * height
        left, above = box.x1 - away - width, box.y1 - away - height
        right, below = box.x2 + away, box.y2 + away
        for along in np.linspace(0, 1, PLACES):
            off = FARTHER * ring + OFF_MIDDLE * abs(2 * along - 1)
            x, y = left + along * (right - left), above + along * (below - above)
            corners += [(right, y), (left, y), (x, below), (x, above)]
            costs += [off, off, off + STACKED, off + STACKED]
    first = np.rint(np.array(corners)).astype(np.int64)
    first = np.clip(first, 0, np.array(picture) - size)
    return np.concatenate([first, first + size], axis=1), np.array(costs) * (width * height)


def _shared(places: IntArray, others: IntArray) -> IntArray:
    """Return how many pixels each place shares with all the others."""
    low = np.maximum(places[:, np.newaxis, :2], others[np.newaxis, :, :2])
    high = np.minimum(places[:, np.newaxis, 2:], others[np.newaxis, :, 2:])
    shared: IntArray = np.prod(np.maximum(high - low, 0), axis=2).sum(axis=1)
    return shared
