"""Figures of scenes with 95 % intervals, by resampling whole runs of scenes.

Neighbouring scenes show one street: a sign that is missed in one is missed in the next. So the unit that is resampled
is the run (cluster bootstrap; see `roadsigns.evaluation.intervals`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.intervals import LEVEL

__all__ = ["RESAMPLES", "Estimate", "estimate"]

RESAMPLES = 1000
# Narrower than this is rounding.
NO_WIDTH = 1e-9

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % percentile interval.

    Attributes:
        value: The figure.
        low: Lower end; None with fewer than two runs, and where all draws give one value, as where no sign is missed:
            that does not say how far the figure may be off.
        high: Upper end; None likewise.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends; None where there is no interval."""
        return None if self.low is None or self.high is None else (self.low, self.high)


def estimate(
    figures: Callable[[Floats], Floats], runs: npt.NDArray[np.intp], *, resamples: int, seed: int
) -> list[Estimate | None]:
    """Compute figures of all scenes, and of as many runs drawn with replacement, again and again.

    Args:
        figures: Computes the figures, shape (figures,), from how often each scene counts, shape (images,). NaN where
            there is nothing to measure, such as the recall of signs that do not occur.
        runs: Number of the run of each scene, 0 to number of runs - 1, none left out, shape (images,).
        resamples: How many times.
        seed: Random seed of the draws.

    Returns:
        One for each figure; None where it is NaN. Draws that leave nothing to measure are passed over.
    """
    values = figures(np.ones(len(runs)))
    count = int(runs.max()) + 1
    if count < 2:  # noqa: PLR2004 - one run, drawn again and again, has no spread
        return [None if np.isnan(value) else Estimate(value, None, None) for value in values.tolist()]
    rng = np.random.default_rng(seed)
    drawn = np.empty((resamples, len(values)))
    for row in drawn:
        times = np.bincount(rng.integers(0, count, count), minlength=count)
        row[:] = figures(times[runs].astype(np.float64))
    return [_with_interval(value, column) for value, column in zip(values.tolist(), drawn.T, strict=True)]


def _with_interval(value: float, drawn: Floats) -> Estimate | None:
    if np.isnan(value):
        return None
    measured = drawn[~np.isnan(drawn)]
    if not len(measured):
        return Estimate(value, None, None)
    low, high = np.quantile(measured, ((1 - LEVEL) / 2, (1 + LEVEL) / 2)).tolist()
    return Estimate(value, low, high) if high - low > NO_WIDTH else Estimate(value, None, None)
