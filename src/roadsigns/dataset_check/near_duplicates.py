"""Near duplicates: images saved again, scaled or brightened, or one sign counted as two tracks.

Two pictures are compared as grey thumbnails of 12x12 pixels by the correlation of their grey levels, which brightness
and contrast do not change. How both were chosen, by looking at pairs of GTSRB's 39,209 images:

- Of 768 million pairs, 119 from different tracks reach 0.995, all of tracks 39 and 40 of class 9: one sign, one drive.
  The next reach 0.9932: dark signs before the sky, such as an 80 and a 120. So no pair is wrong, and some are missed:
  tracks 15 and 16 of class 9 are one sign too (0.9912).
- Of copies made of 1,500 of the images it finds over 99 % at twice the size, 95 % at 32x32 pixels, 30 % at half the
  size; 95 % with gamma 0.7, 94 % at half the brightness; 96, 90, 86 and 77 % as JPEG of quality 95, 85, 75 and 50 (dark
  pictures are the others); 57 % blurred by a pixel, 8 % with a pixel cut off all around, none mirrored.
- Neighbouring frames of one track reach it in 2 % of cases: it finds copies, not neighbouring frames.
- Each at the first threshold above its wrong pairs, thumbnails of 8, 10 and 24 pixels mostly find fewer copies. Those
  of 14 and 16 find up to 4 % more of some kinds and fewer blurred ones, for 1.4 and 1.8 times the memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.progress import progress

__all__ = ["MAX_PAIRS", "MIN_CONTRAST", "MIN_CORRELATION", "NearPairs", "contrast_of", "near_pairs"]

MIN_CORRELATION = 0.995
# Standard deviation of a thumbnail in grey levels; below it rounding decides. GTSRB's faintest image has 1.7.
MIN_CONTRAST = 1.0
# Where the search stops: so many are no accident, and a million blank pictures would make 5e11.
MAX_PAIRS = 1_000_000
# A block of correlations has 16 MB.
ROWS, COLUMNS = 1024, 4096


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
    correlation: npt.NDArray[np.float32]
    complete: bool


def contrast_of(thumbnails: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return the standard deviation of each thumbnail in grey levels, shape (images,)."""
    contrast = np.empty(len(thumbnails), np.float32)
    for block in _blocks(0, len(thumbnails), COLUMNS):
        contrast[block] = thumbnails[block].std(axis=1)
    return contrast


def near_pairs(
    thumbnails: npt.NDArray[np.uint8], units: npt.NDArray[np.int64], among: npt.NDArray[np.int64]
) -> NearPairs:
    """Find all pairs of different units whose thumbnails correlate by `MIN_CORRELATION` or more.

    Compares all with all, a block at a time: the correlation of two thumbnails is the dot product of their unit
    vectors.

    Args:
        thumbnails: Grey squares, shape (images, side**2), uint8. Those below `MIN_CONTRAST` are passed over.
        units: Groups of images that are similar by nature, such as tracks: a number for each image, shape (images,).
        among: Indices of the images to compare, ascending.

    Returns:
        Pairs of indices into `thumbnails`, the nearest first. The search stops soon after `MAX_PAIRS`.
    """
    chosen = among[contrast_of(thumbnails)[among] >= MIN_CONTRAST]
    vectors = thumbnails[chosen].astype(np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    vectors /= np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))]
    count = 0
    with progress("Comparing", total=len(chosen)) as advance:
        for rows in _blocks(0, len(chosen), ROWS):
            for columns in _blocks(rows.start, len(chosen), COLUMNS):
                if count >= MAX_PAIRS:
                    break
                correlation = vectors[rows] @ vectors[columns].T
                # On two axes, np.nonzero takes three times as long.
                near = np.flatnonzero(correlation >= MIN_CORRELATION)
                row, column = np.divmod(near, columns.stop - columns.start)
                first, second = chosen[row + rows.start], chosen[column + columns.start]
                wanted = (first < second) & (units[first] != units[second])
                found.append((first[wanted], second[wanted], correlation.ravel()[near[wanted]]))
                count += int(wanted.sum())
            advance(rows.stop - rows.start)
    first, second, correlation = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((second, first, -correlation))
    return NearPairs(first[order], second[order], correlation[order], complete=count < MAX_PAIRS)


def _blocks(start: int, end: int, length: int) -> Iterator[slice]:
    for begin in range(start, end, length):
        yield slice(begin, min(begin + length, end))
