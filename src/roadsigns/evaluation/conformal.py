"""Conformal calibration: the quantile by which prediction sets hold the truth with a promised probability. Pure arrays.

Frames of one sign resemble each other, so images are not exchangeable; groups of images are. The promise is for these
two layers: if all groups are exchangeable, a new one included, then **an image drawn at random from a new group has its
true class in its set with a probability of at least the level**. This holds for any finite number of groups of any
sizes and for any classifier, by hierarchical conformal prediction (Lee, Barber and Willett 2023, "Distribution-free
inference with hierarchical data", arXiv:2306.06342): the quantile is that of all scores, each weighted by 1 / (images
in its group), and of one more group whose scores are infinite. It is the finite-sample form of the pooled distribution
of Dunn, Wasserman and Ramdas (2022, "Distribution-free prediction sets for two-layer hierarchical models"). With one
image in each group it is split conformal prediction.

The probability is over calibration groups and new groups together. It need not hold for each class or kind of image.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.errors import RunError
from roadsigns.evaluation.intervals import Interval, coverage_interval
from roadsigns.inference.prediction_sets import nonconformity_scores, set_members
from roadsigns.model_files.shares import ExchangeableUnit
from roadsigns.wording import counted

__all__ = [
    "ClassCoverage",
    "SetMetrics",
    "conformal_quantile",
    "cross_fitted_quantiles",
    "level_text",
    "require_units",
    "set_metrics",
    "units_needed",
]

Float64Array = npt.NDArray[np.float64]
Units = npt.NDArray[np.intp]

# In units: sums of their weights are rounded, and so is a level.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class ClassCoverage:
    """The coverage of the prediction sets of one class's images.

    Attributes:
        class_id: The true class.
        units: How many units it has.
        images: How many images they have.
        coverage: Mean over the units of the share of images whose set holds the class.
        interval: 95 % interval of that, by unit.
        mean_size: Mean number of classes in a set.
    """

    class_id: int
    units: int
    images: int
    coverage: float
    interval: Interval
    mean_size: float

    def as_dict(self) -> dict[str, object]:
        """Return the fields for JSON."""
        return {**asdict(self), "interval": self.interval.as_dict()}


@dataclass(frozen=True, slots=True)
class SetMetrics:
    """How often prediction sets hold the truth, and how large they are.

    Attributes:
        coverage: Mean over the units of the share of images whose set holds the truth: what the level promises.
        interval: 95 % interval of that, by unit.
        image_coverage: Share of all images whose set holds the truth.
        mean_size: Mean number of classes in a set.
        largest_size: The most classes in a set.
        single: Share of the images whose set has one class.
        classes: The same by class, without classes that have no image.
    """

    coverage: float
    interval: Interval
    image_coverage: float
    mean_size: float
    largest_size: int
    single: float
    classes: tuple[ClassCoverage, ...]

    def as_dict(self) -> dict[str, object]:
        """Return everything as JSON holds it: fractions, not percent."""
        return {
            **asdict(self),
            "interval": self.interval.as_dict(),
            "classes": [one.as_dict() for one in self.classes],
        }


def level_text(level: float) -> str:
    """Format a level: 0.999 as "99.9 %"."""
    return f"{100 * level:.10g} %"


def units_needed(level: float) -> int:
    """Return how many units a level needs: the least n with level <= n / (n + 1)."""
    odds = level / (1 - level)
    return max(1, math.ceil(odds - TOLERANCE * max(1, odds)))


def conformal_quantile(scores: Float64Array, units: Units, level: float) -> float:
    """Return the quantile of nonconformity scores that promises a level for an image of a new unit.

    Args:
        scores: Of the true classes, from `nonconformity_scores`, shape (images,).
        units: Number of each image's unit, shape (images,). Each unit counts once, however many images it has.
        level: Above 0, below 1.

    Raises:
        RunError: If there are too few units for the level.
    """
    _, numbers, sizes = np.unique(units, return_inverse=True, return_counts=True)
    require_units(len(sizes), level)
    order = np.argsort(scores, kind="stable")
    return _weighted_quantile(scores[order], 1 / sizes[numbers[order]], len(sizes), level)


def cross_fitted_quantiles(
    scores: Float64Array, units: Units, level: float, *, seed: int = 0
) -> tuple[Float64Array, int]:
    """Return for each image a quantile to which no image of its unit contributed.

    Where half of the units are enough for the level, they are dealt at random to two halves, and each gets the quantile
    of the other. Where they are not, each unit gets the quantile of all others.

    Args:
        scores: As in `conformal_quantile`.
        units: As there.
        level: As there.
        seed: Random seed of the halves.

    Returns:
        Quantiles, shape (images,), and the number of parts: 2, or as many as there are units.

    Raises:
        RunError: If there are too few units to support the level without one of them.
    """
    _, numbers, sizes = np.unique(units, return_inverse=True, return_counts=True)
    count, needed = len(sizes), units_needed(level)
    require_units(count, level, judged=True)
    parts = 2 if count // 2 >= needed else count
    part_of_unit = np.random.default_rng(seed).permutation(count) % parts
    part = part_of_unit[numbers]
    order = np.argsort(scores, kind="stable")
    ascending, weights, part_of_score = scores[order], 1 / sizes[numbers[order]], part[order]
    units_of_part = np.bincount(part_of_unit)
    quantile_of_part = [
        _weighted_quantile(ascending, weights * (part_of_score != number), count - int(units_of_part[number]), level)
        for number in range(parts)
    ]
    return np.array(quantile_of_part)[part], parts


def _weighted_quantile(ascending: Float64Array, weights: Float64Array, count: int, level: float) -> float:
    """Return the quantile of scores in ascending order, with weights that add up to the number of units."""
    place = np.searchsorted(np.cumsum(weights), level * (count + 1) - TOLERANCE)
    return float(ascending[min(int(place), len(ascending) - 1)])


def require_units(count: int, level: float, *, noun: str = "unit", judged: bool = False) -> None:
    """Refuse a level that so many units cannot support.

    Args:
        count: How many there are.
        level: Above 0, below 1.
        noun: What they are, for the error.
        judged: Whether one of them at least must be left over, to be judged by the others.

    Raises:
        RunError: With the reason.
    """
    least = units_needed(level)
    needed = least + judged
    if count >= needed:
        return
    if count == least:
        problem = (
            f"{counted(count, noun)} support the level {level_text(level)} only together: none is left to judge it."
        )
    else:
        problem = (
            f"{counted(count, noun)} cannot support the level {level_text(level)}: even if all of their sets hold "
            f"the true class, the next one may miss it with a probability of 1 in {count + 1:,}."
        )
    raise RunError(
        problem,
        expected=f"at least {counted(needed, noun)}",
        hint="Ask for a lower level, or cross-validate on images of more signs.",
    )


def set_metrics(
    probabilities: npt.NDArray[np.floating],
    labels: npt.NDArray[np.integer],
    units: Units,
    quantiles: Float64Array,
    *,
    unit: ExchangeableUnit,
) -> SetMetrics:
    """Compute the metrics of prediction sets.

    Args:
        probabilities: Shape (images, num_classes), at least one image.
        labels: True class ids, shape (images,).
        units: Number of each image's unit, shape (images,).
        quantiles: Of each image, shape (images,).
        unit: What the units are.
    """
    sizes = np.empty(len(labels), np.intp)
    for quantile in np.unique(quantiles).tolist():
        rows = quantiles == quantile
        sizes[rows] = set_members(probabilities[rows], quantile).sum(axis=1)
    missed = nonconformity_scores(probabilities, labels) > quantiles
    coverage, interval, _ = _by_unit(missed, units, unit)
    return SetMetrics(
        coverage=coverage,
        interval=interval,
        image_coverage=1 - float(missed.mean()),
        mean_size=float(sizes.mean()),
        largest_size=int(sizes.max()),
        single=float((sizes == 1).mean()),
        classes=tuple(_classes(missed, sizes, labels, units, unit)),
    )


def _classes(
    missed: npt.NDArray[np.bool_],
    sizes: npt.NDArray[np.intp],
    labels: npt.NDArray[np.integer],
    units: Units,
    unit: ExchangeableUnit,
) -> Iterator[ClassCoverage]:
    for class_id in np.unique(labels).tolist():
        rows = labels == class_id
        coverage, interval, count = _by_unit(missed[rows], units[rows], unit)
        yield ClassCoverage(class_id, count, int(rows.sum()), coverage, interval, float(sizes[rows].mean()))


def _by_unit(missed: npt.NDArray[np.bool_], units: Units, unit: ExchangeableUnit) -> tuple[float, Interval, int]:
    """Return the mean coverage of the units, its interval, and how many there are."""
    _, numbers, sizes = np.unique(units, return_inverse=True, return_counts=True)
    shares = np.bincount(numbers, weights=missed) / sizes
    return 1 - float(shares.mean()), coverage_interval(shares, unit), len(sizes)
