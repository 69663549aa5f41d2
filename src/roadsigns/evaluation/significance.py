"""Two sets of predictions of the same images: which tracks are won and lost, and is it more than chance?

Both tests are paired, and their unit is the track: 30 frames of one sign are right or wrong together.

- Errors: a sign-flip permutation test (Fisher 1935; Good 2005, "Permutation, parametric and bootstrap tests of
  hypotheses"). If A and B were equally good, each track's difference might as well have the other sign.
- Wrong tracks: McNemar's test (1947), exact. Of the tracks that only one of the two gets wrong, each would get half.

Pure arrays: sees no model and reads no file.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["PERMUTATIONS", "PairedTracks", "mcnemar_p", "pair_tracks", "sign_flip_p"]

PERMUTATIONS = 10_000
# Signs drawn together: 1,000 times GTSRB's 1,307 tracks are 10 MB.
CHUNK = 1000


@dataclass(frozen=True, slots=True, eq=False)
class PairedTracks:
    """Two readings of the same images, track by track.

    Attributes:
        frames: Of each track, int64, shape (tracks,).
        errors_a: Misread by A, shape (tracks,).
        errors_b: Misread by B, shape (tracks,).
    """

    frames: npt.NDArray[np.int64]
    errors_a: npt.NDArray[np.int64]
    errors_b: npt.NDArray[np.int64]

    @property
    def change(self) -> npt.NDArray[np.int64]:
        """Errors of B less those of A, shape (tracks,): below 0 where B wins."""
        return self.errors_b - self.errors_a

    @property
    def wrong_a(self) -> npt.NDArray[np.bool_]:
        """Tracks of which A misreads more than half of the frames, shape (tracks,)."""
        return 2 * self.errors_a > self.frames

    @property
    def wrong_b(self) -> npt.NDArray[np.bool_]:
        """Tracks of which B misreads more than half of the frames, shape (tracks,)."""
        return 2 * self.errors_b > self.frames


def pair_tracks(
    wrong_a: npt.NDArray[np.bool_], wrong_b: npt.NDArray[np.bool_], tracks: npt.NDArray[np.intp]
) -> PairedTracks:
    """Count frames and errors of each track.

    Args:
        wrong_a: Which images A misreads, shape (images,).
        wrong_b: Which images B misreads, in the same order.
        tracks: Track number of each image, 0 to number of tracks - 1, none left out.
    """
    frames, errors_a, errors_b = (
        np.bincount(tracks, weights=weights).astype(np.int64) for weights in (None, wrong_a, wrong_b)
    )
    return PairedTracks(frames, errors_a, errors_b)


def sign_flip_p(differences: npt.NDArray[np.integer], *, permutations: int = PERMUTATIONS, seed: int = 0) -> float:
    """Return how probable a sum this far from 0 is if each difference had its sign by chance (two-sided).

    Neither the order of the differences nor exchanging A and B changes it.

    Args:
        differences: Of each track, whole numbers, shape (tracks,).
        permutations: How many times signs are drawn. The observed ones count as one more, so that no p is 0
            (Phipson and Smyth 2010, "Permutation p-values should never be zero").
        seed: Of the signs.
    """
    # A 0 has no sign. Sizes alone, sorted: signs are drawn anyway.
    sizes = np.sort(np.abs(differences[differences != 0])).astype(np.float64)
    observed: int = abs(int(differences.sum()))
    rng = np.random.default_rng(seed)
    as_far = 0
    for start in range(0, permutations, CHUNK):
        signs = rng.integers(0, 2, (min(CHUNK, permutations - start), len(sizes)), np.int8) * 2 - 1
        # Whole numbers: floats hold them exactly.
        as_far += int((np.abs(signs @ sizes) >= observed).sum())
    return (as_far + 1) / (permutations + 1)


def mcnemar_p(only_a: int, only_b: int) -> float:
    """Return how probable so unequal a division is if each of these tracks had been either's by chance (two-sided).

    Args:
        only_a: Tracks that only A gets wrong.
        only_b: Tracks that only B gets wrong.
    """
    total = only_a + only_b
    tail = sum(math.comb(total, count) for count in range(min(only_a, only_b) + 1))
    return min(1.0, float(2 * tail / 2**total))
