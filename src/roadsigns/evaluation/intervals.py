"""An interval for accuracy that counts signs, not frames.

Frames of one physical sign are right or wrong together: 30 frames are not 30 observations. The interval is Wilson's
(1927) with the effective number of images in place of the number of images, as is done for cluster samples (Korn and
Graubard 1998; Franco et al. 2019): n divided by the design effect, which is the variance between tracks over that of
independent images.

With few errors that variance cannot be estimated, and with none it is zero, which would make every frame count. So it
is estimated with one more track, of average size and wholly wrong: with no error the tracks count exactly, n_eff =
tracks, and the more wrong tracks there are the less the added one weighs. Simulated (beta-binomial, tracks of 30,
errors 0.02 to 20 %, 600 draws each) it covers the truth in 90 to 100 % of the draws with 20 tracks and in 93 to 100 %
with 50, 260 and 421; with every frame counted, down to 2 %.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Interval", "accuracy_interval", "effective_images", "number_tracks"]

LEVEL = 0.95
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval for accuracy.

    Attributes:
        low: Fraction.
        high: Fraction.
        unit: What counts as independent: "track", or "image" where no track is known.
        effective_images: As many independent images would tell as much.
    """

    low: float
    high: float
    unit: Literal["track", "image"]
    effective_images: float


def accuracy_interval(wrong: npt.NDArray[np.bool_], tracks: npt.NDArray[np.intp] | None) -> Interval:
    """Return the interval.

    Args:
        wrong: Shape (images,), at least one.
        tracks: Track number of each image, shape (images,), from `number_tracks`; None where unknown.
    """
    units = np.arange(len(wrong)) if tracks is None else tracks
    size = effective_images(wrong, units)
    low, high = _wilson(1 - float(wrong.mean()), size)
    return Interval(low, high, "image" if tracks is None else "track", size)


def effective_images(wrong: npt.NDArray[np.bool_], tracks: npt.NDArray[np.intp]) -> float:
    """Return how many independent images would tell as much as these do. Without tracks' help: their number.

    Args:
        wrong: Shape (images,), at least one.
        tracks: Track number of each image, 0 to number of tracks - 1, none left out.
    """
    sizes = np.bincount(tracks).astype(np.float64)
    errors = np.bincount(tracks, weights=wrong)
    # Right and wrong are alike to the formula; the added track is of the rarer kind.
    rare = errors if 2 * errors.sum() <= sizes.sum() else sizes - errors
    sizes, rare = np.append(sizes, sizes.mean()), np.append(rare, sizes.mean())
    rate = rare.sum() / sizes.sum()
    count = len(sizes)
    # Variance of a ratio of totals over clusters (Cochran 1977, eq. 9.31, without finite population correction).
    variance = count / (count - 1) * np.square(rare - rate * sizes).sum() / sizes.sum() ** 2
    return float(min(len(wrong), rate * (1 - rate) / variance))


def number_tracks(keys: Sequence[Hashable | None]) -> npt.NDArray[np.intp] | None:
    """Number the tracks from 0 in order of appearance; an image without a track is a track of its own.

    Returns:
        Shape (images,), or None if no track is known.
    """
    if all(key is None for key in keys):
        return None
    numbers: dict[object, int] = {}
    # A tuple of the position equals no key: keys without a track stay apart.
    named = (("image", index) if key is None else ("track", key) for index, key in enumerate(keys))
    return np.array([numbers.setdefault(name, len(numbers)) for name in named], np.intp)


def _wilson(rate: float, size: float) -> tuple[float, float]:
    weight = Z * Z / size
    centre = (rate + weight / 2) / (1 + weight)
    half = math.sqrt(weight * (rate * (1 - rate) + weight / 4)) / (1 + weight)
    return max(0.0, centre - half), min(1.0, centre + half)
