"""Images that are nearly alike though no file is: saved again, scaled, brightened, or a sign taken for two.

Two pictures are compared as grey thumbnails of 12x12 pixels by the correlation of their grey levels, which brightness
and contrast do not change. How both were chosen, by looking at pairs of GTSRB's 39,209 images:

- Of 768 million pairs, 119 from different tracks reach 0.995, all of tracks 39 and 40 of class 9: one sign, one drive.
  The next reach 0.9932: dark signs before the sky, such as an 80 and a 120. So no pair is wrong, and some are missed:
  tracks 15 and 16 of class 9 are one sign too (0.9912).
- Of copies made of 1,500 of the images it finds over 99 % at twice the size, 95 % at 32x32 pixels, 30 % at half the
  size; 95 % with gamma 0.7, 94 % at half the brightness; 96, 90, 86 and 77 % as JPEG of quality 95, 85, 75 and 50 (dark
  pictures are the others); 57 % blurred by a pixel, 8 % with a pixel cut off all around, none mirrored.
- Neighbouring frames of one track reach it in 2 % of cases: it finds copies, not films.
- Each at the first threshold above its wrong pairs, thumbnails of 8, 10 and 24 pixels mostly find fewer copies. Those
  of 14 and 16 find up to 4 % more of some kinds and fewer blurred ones, for 1.4 and 1.8 times the memory.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.progress import Advance, progress

__all__ = ["MAX_PAIRS", "MIN_CONTRAST", "MIN_CORRELATION", "NearPairs", "contrast_of", "near_pairs"]

MIN_CORRELATION = 0.995
# Standard deviation of a thumbnail in grey levels; below it rounding decides. GTSRB's faintest image has 1.7.
MIN_CONTRAST = 1.0
# Where the search stops: so many are no accident, and a million blank pictures would make 5e11.
MAX_PAIRS = 1_000_000

# Cosine waves that pairs are first compared in, horizontal and vertical ones added up to so many half waves. These 20
# waves hold 74 % of what is in GTSRB's thumbnails, and leave 15,000 pairs to compare in full.
MAX_HALF_WAVES = 5
SAMPLE = 1_000
# A block of distances is 8 MB.
ROWS, COLUMNS = 512, 4096
# Distances in float32 are off by a millionth.
SLACK = 1e-4

Float32Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class NearPairs:
    """Pairs of nearly equal pictures.

    Attributes:
        first: Index of one, int64, shape (pairs,).
        second: Index of the other, larger than the first, int64, shape (pairs,).
        correlation: Of their thumbnails, float32, shape (pairs,).
        complete: False where the search stopped at `MAX_PAIRS`.
    """

    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    correlation: Float32Rows
    complete: bool


def contrast_of(thumbnails: npt.NDArray[np.uint8]) -> Float32Rows:
    """Return the standard deviation of each thumbnail in grey levels, shape (images,)."""
    contrast = np.empty(len(thumbnails), np.float32)
    for block in _blocks(0, len(thumbnails), COLUMNS):
        contrast[block] = thumbnails[block].std(axis=1)
    return contrast


def near_pairs(
    thumbnails: npt.NDArray[np.uint8], units: npt.NDArray[np.int64], among: npt.NDArray[np.int64]
) -> NearPairs:
    """Find all pairs of different units whose thumbnails correlate by `MIN_CORRELATION` or more.

    Every thumbnail is a vector of length 1, and correlation is nearness: |a - b|^2 = 2 - 2 correlation. Projecting onto
    a few directions makes no distance longer, so that images go into slabs by their first coordinate, are sorted by
    their second inside a slab, and meet only those within reach in both.

    Args:
        thumbnails: Grey squares, shape (images, side**2), uint8. Those below `MIN_CONTRAST` are passed over.
        units: What likeness is no news inside of, shape (images,).
        among: Indices of the images to compare, ascending.

    Returns:
        Pairs of indices into `thumbnails`, the nearest first; at most about `MAX_PAIRS`.
    """
    reach = math.sqrt(2 - 2 * MIN_CORRELATION + SLACK)
    chosen = among[contrast_of(thumbnails)[among] >= MIN_CONTRAST]
    points, starts = _slabs(thumbnails, chosen, reach)
    found: list[NearPairs] = []
    count = 0
    with progress("Comparing", total=len(chosen)) as advance:
        for left, right in _meetings(points, starts, reach, advance):
            pairs = _compare(thumbnails, units, chosen[left], chosen[right])
            if len(pairs.first):
                found.append(pairs)
                count += len(pairs.first)
            if count >= MAX_PAIRS:
                break
    return _joined(found, complete=count < MAX_PAIRS)


def _slabs(
    thumbnails: npt.NDArray[np.uint8], chosen: npt.NDArray[np.int64], reach: float
) -> tuple[Float32Rows, npt.NDArray[np.int64]]:
    """Project, and order `chosen` in place: by slab of the first coordinate, then by the second coordinate.

    Returns:
        Points in that order with 1 and the squared length as two more columns, float32, shape (chosen, waves + 2), and
        where each slab starts, with the end as a last one.
    """
    axes = _waves(thumbnails[chosen[:: max(1, len(chosen) // SAMPLE)]])
    plane = _projected(thumbnails, chosen, axes[:, :2])
    # A coordinate of a vector of length 1 lies between -1 and 1; one slab more on either side is for rounding.
    slabs = np.floor((plane[:, 0] + 1) / reach).astype(np.int32) + 1
    order = np.lexsort((plane[:, 1], slabs))
    chosen[:] = chosen[order]
    starts = np.searchsorted(slabs[order], np.arange(math.ceil(2 / reach) + 4))
    return _projected(thumbnails, chosen, axes), starts


def _waves(thumbnails: npt.NDArray[np.uint8]) -> Float32Rows:
    """Return long cosine waves, orthonormal, shape (side**2, waves), those first in which thumbnails differ most."""
    side = math.isqrt(thumbnails.shape[1])
    cosines = np.cos(np.pi * np.outer(np.arange(side) + 0.5, np.arange(side)) / side)
    cosines /= np.linalg.norm(cosines, axis=0)
    waves = np.stack(
        [
            np.outer(cosines[:, down], cosines[:, across]).ravel()
            for down in range(side)
            for across in range(side)
            if 1 <= down + across <= MAX_HALF_WAVES
        ],
        axis=1,
    ).astype(np.float32)
    variances = (_unit_vectors(thumbnails) @ waves).var(axis=0) if len(thumbnails) else np.zeros(waves.shape[1])
    return np.ascontiguousarray(waves[:, np.argsort(-variances, kind="stable")])


def _projected(thumbnails: npt.NDArray[np.uint8], chosen: npt.NDArray[np.int64], axes: Float32Rows) -> Float32Rows:
    """Project onto axes; 1 and the squared length are two more columns."""
    points = np.ones((len(chosen), axes.shape[1] + 2), np.float32)
    for block in _blocks(0, len(chosen), COLUMNS):
        points[block, :-2] = _unit_vectors(thumbnails[chosen[block]]) @ axes
    points[:, -1] = np.square(points[:, :-2]).sum(axis=1)
    return points


def _unit_vectors(thumbnails: npt.NDArray[np.uint8]) -> Float32Rows:
    vectors = thumbnails.astype(np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _meetings(
    points: Float32Rows, starts: npt.NDArray[np.int64], reach: float, advance: Advance
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Yield positions of pairs of points within reach of each other, each pair once."""
    for slab in range(len(starts) - 1):
        for rows in _blocks(int(starts[slab]), int(starts[slab + 1]), ROWS):
            low, high = points[rows.start, 1] - reach, points[rows.stop - 1, 1] + reach
            for other in (slab, slab + 1):
                begin, end = (int(starts[min(edge, len(starts) - 1)]) for edge in (other, other + 1))
                first, last = begin + np.searchsorted(points[begin:end, 1], (low, high))
                for columns in _blocks(max(int(first), rows.start), int(last), COLUMNS):
                    yield _within_reach(points, rows, columns, reach)
            advance(rows.stop - rows.start)


def _within_reach(
    points: Float32Rows, rows: slice, columns: slice, reach: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    here = points[rows]
    # |a - b|^2 = -2ab + |a|^2 + |b|^2 as one product.
    factors = np.hstack([-2 * here[:, :-2], here[:, -1:], here[:, -2:-1]])
    row, column = np.divmod(np.flatnonzero(factors @ points[columns].T <= reach**2), columns.stop - columns.start)
    row, column = row + rows.start, column + columns.start
    once = row < column
    return row[once], column[once]


def _compare(
    thumbnails: npt.NDArray[np.uint8],
    units: npt.NDArray[np.int64],
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
) -> NearPairs:
    apart = units[left] != units[right]
    left, right = left[apart], right[apart]
    correlation = np.empty(len(left), np.float32)
    for block in _blocks(0, len(left), COLUMNS):
        vectors = _unit_vectors(thumbnails[left[block]]), _unit_vectors(thumbnails[right[block]])
        correlation[block] = np.einsum("ij,ij->i", *vectors)
    near = correlation >= MIN_CORRELATION
    left, right = left[near], right[near]
    return NearPairs(np.minimum(left, right), np.maximum(left, right), correlation[near], complete=True)


def _joined(found: list[NearPairs], *, complete: bool) -> NearPairs:
    none = np.empty(0, np.int64)
    first = np.concatenate([none, *(pairs.first for pairs in found)])
    second = np.concatenate([none, *(pairs.second for pairs in found)])
    correlation = np.concatenate([np.empty(0, np.float32), *(pairs.correlation for pairs in found)])
    order = np.lexsort((second, first, -correlation))
    return NearPairs(first[order], second[order], correlation[order], complete)


def _blocks(start: int, end: int, length: int) -> Iterator[slice]:
    for begin in range(start, end, length):
        yield slice(begin, min(begin + length, end))
