"""Paired significance tests for two models on the same images; the unit is the track. Pure arrays.

The frames of one sign are right or wrong together, so 30 frames are one observation.

- Errors: a two-sided sign-flip permutation test over tracks (Fisher 1935; Good 2005, "Permutation, parametric and
  bootstrap tests of hypotheses"). If A and B were equally good, the difference of each track could as well have the
  other sign.
- Mostly misread tracks: McNemar's test (1947), exact. Of the tracks that only one of the two mostly misreads, each
  would get half.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["PERMUTATIONS", "PairedTracks", "mcnemar_p", "pair_tracks", "permutation_p_text", "sign_flip_p"]

PERMUTATIONS = 10_000
# More are counted by kind: one by one they take minutes, and gigabytes.
MANY_TRACKS = 10_000
# Permutations drawn together: 1,000 times GTSRB's 1,307 tracks are 10 MB.
CHUNK = 1000


@dataclass(frozen=True, slots=True, eq=False)
class PairedTracks:
    """The errors of two models on the same images, track by track.

    Attributes:
        frames: Number of frames of each track, int64, shape (tracks,).
        errors_a: How many of them A misreads, shape (tracks,).
        errors_b: How many of them B misreads, shape (tracks,).
    """

    frames: npt.NDArray[np.int64]
    errors_a: npt.NDArray[np.int64]
    errors_b: npt.NDArray[np.int64]

    @property
    def change(self) -> npt.NDArray[np.int64]:
        """Errors of B minus those of A, shape (tracks,): negative where B is better."""
        return self.errors_b - self.errors_a

    @property
    def mostly_misread_a(self) -> npt.NDArray[np.bool_]:
        """Tracks of which A misreads more than half of the frames, shape (tracks,)."""
        return 2 * self.errors_a > self.frames

    @property
    def mostly_misread_b(self) -> npt.NDArray[np.bool_]:
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
    """Return the two-sided p-value of the sign-flip permutation test on the sum of differences.

    Neither the order of the differences nor swapping A and B changes it.

    Args:
        differences: One for each track, integers, shape (tracks,).
        permutations: How many times signs are drawn. The observed signs count as one more, so that no p is 0
            (Phipson and Smyth 2010, "Permutation p-values should never be zero").
        seed: Random seed of the signs.
    """
    # A 0 has no sign. Sorted absolute values: the signs are drawn anyway.
    sizes = np.sort(np.abs(differences[differences != 0])).astype(np.float64)
    observed: int = abs(int(differences.sum()))
    rng = np.random.default_rng(seed)
    as_far = 0
    if len(sizes) > MANY_TRACKS:
        # Of tracks that differ equally, only how many are turned round counts.
        kinds, counts = np.unique(sizes, return_counts=True)
        for _ in range(permutations):
            turned = rng.binomial(counts, 0.5)
            as_far += int(abs((counts - 2 * turned) @ kinds) >= observed)
        return (as_far + 1) / (permutations + 1)
    for start in range(0, permutations, CHUNK):
        signs = rng.integers(0, 2, (min(CHUNK, permutations - start), len(sizes)), np.int8) * 2 - 1
        # Integers, which floats hold exactly.
        as_far += int((np.abs(signs @ sizes) >= observed).sum())
    return (as_far + 1) / (permutations + 1)


def permutation_p_text(p: float, *, permutations: int = PERMUTATIONS) -> str:
    """Return the p-value of a permutation test for people: "p = 0.03", or "p ≤ 0.0001" where no draw came as far.

    Args:
        p: From `sign_flip_p`.
        permutations: How many were drawn. More of them could show a smaller p.
    """
    is_smallest = p <= 1 / (permutations + 1)
    return f"p {'≤' if is_smallest else '='} {p:.2g}"


def mcnemar_p(only_a: int, only_b: int) -> float:
    """Return the two-sided p-value of McNemar's exact test, a binomial test on the discordant tracks.

    Args:
        only_a: Number of tracks that only A mostly misreads.
        only_b: Number of tracks that only B mostly misreads.
    """
    total = only_a + only_b
    if total > MANY_TRACKS:
        # Integers of so many digits take hours, and logarithms are exact to more digits than anybody reads.
        counts = np.arange(1, min(only_a, only_b) + 1, dtype=np.float64)
        logs = np.append(0.0, np.cumsum(np.log(total - counts + 1) - np.log(counts))) - total * math.log(2)
        return min(1.0, float(2 * np.exp(logs).sum()))
    tail = sum(math.comb(total, count) for count in range(min(only_a, only_b) + 1))
    return min(1.0, float(2 * tail / 2**total))
