"""Computes the conformal quantiles of a recipe on the probabilities of its cross-validation, and judges their sets."""

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.cross_validation.store import CrossValidation
from roadsigns.cross_validation.temperature import Temperature
from roadsigns.errors import RunError
from roadsigns.evaluation.calibration import log_probabilities, logits_of
from roadsigns.evaluation.conformal import (
    SetMetrics,
    conformal_quantile,
    cross_fitted_quantiles,
    require_units,
    set_metrics,
    units_needed,
)
from roadsigns.evaluation.decision_thresholds import LEVELS, units_of
from roadsigns.inference.prediction_sets import nonconformity_scores, set_members
from roadsigns.model_files.conformal_quantiles import SCORE, ConformalQuantiles
from roadsigns.model_files.shares import ExchangeableUnit

__all__ = ["ConformalSets", "JudgedLevel", "LeftOutLevel", "measure_sets"]


@dataclass(frozen=True, slots=True)
class JudgedLevel:
    """A level with its quantile, and its sets judged on units that did not calibrate them.

    Attributes:
        level: The promised probability, such as 0.99.
        quantile: Computed on all units at the temperature fitted on all folds; what the model file gets.
        mean_size_as_stored: Mean number of classes in the sets that this quantile and temperature give.
        single_as_stored: Share of the images whose set then has one class.
        parts: Into how many parts the units were dealt to judge: 2, or one for each unit where halves are too few. Each
            part is judged at the quantile of the others.
        metrics: The metrics of the sets so judged, each fold at the temperature fitted on the others.
    """

    level: float
    quantile: float
    mean_size_as_stored: float
    single_as_stored: float
    parts: int
    metrics: SetMetrics

    def as_dict(self) -> dict[str, object]:
        """Return the fields for JSON: fractions, not percent."""
        return {**asdict(self), "metrics": self.metrics.as_dict()}


@dataclass(frozen=True, slots=True)
class LeftOutLevel:
    """A level that the cross-validation cannot support.

    Attributes:
        level: The probability, such as 0.999.
        needed: How many units it needs, with one to judge.
    """

    level: float
    needed: int

    def as_dict(self) -> dict[str, object]:
        """Return the fields for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ConformalSets:
    """Prediction sets of a recipe.

    Attributes:
        names: Of the classes, in label order.
        unit: What counts as independent.
        units: How many of them there are.
        levels: Those that the cross-validation supports.
        left_out: The others.
    """

    names: tuple[str, ...]
    unit: ExchangeableUnit
    units: int
    levels: tuple[JudgedLevel, ...]
    left_out: tuple[LeftOutLevel, ...]

    @property
    def quantiles(self) -> ConformalQuantiles | None:
        """What a model file holds of them; None if no level is supported."""
        quantiles = {one.level: one.quantile for one in self.levels}
        return ConformalQuantiles(SCORE, self.unit, self.units, quantiles) if quantiles else None

    def as_dict(self) -> dict[str, object]:
        """Return everything as JSON holds it: fractions, not percent."""
        return {
            "score": SCORE,
            "unit": self.unit,
            "units": self.units,
            "levels": [one.as_dict() for one in self.levels],
            "left_out": [one.as_dict() for one in self.left_out],
        }


def measure_sets(temperature: Temperature, levels: Sequence[float] | None = None) -> ConformalSets:
    """Compute the quantiles of a cross-validation and judge their sets.

    Args:
        temperature: Fitted on it.
        levels: Each above 0, below 1; None for `LEVELS`, as far as the cross-validation supports them.

    Raises:
        RunError: If one of the `levels` is not supported.
    """
    cross = temperature.cross
    rows = [row for _, part in sorted(cross.parts.items()) for row in part.rows]
    unit, units = units_of(rows, cross.record.classes, cross.record.source)
    count = int(units.max()) + 1
    wanted = tuple(sorted(set(LEVELS if levels is None else levels)))
    if levels is not None:
        for level in wanted:
            _require(level, count, unit, cross)
    # One unit at least is judged by the others.
    supported = [level for level in wanted if count > units_needed(level)]
    labels = np.array([row.class_id for row in rows], np.intp)
    folds = [logits_of(one.probabilities) for one in temperature.outputs.values()]
    final = _probabilities(folds, [temperature.value] * len(folds))
    judged = _probabilities(folds, list(temperature.folds.values()))
    final_scores, judged_scores = (nonconformity_scores(each, labels) for each in (final, judged))
    levels_judged = []
    for level in supported:
        quantiles, parts = cross_fitted_quantiles(judged_scores, units, level)
        metrics = set_metrics(judged, labels, units, quantiles, unit=unit)
        quantile = conformal_quantile(final_scores, units, level)
        sizes = set_members(final, quantile).sum(axis=1)
        levels_judged.append(
            JudgedLevel(level, quantile, float(sizes.mean()), float((sizes == 1).mean()), parts, metrics)
        )
    if unit == "group" and cross.record.by == "track":
        warnings.warn(
            "The folds were made by track, so their models have seen look-alike signs, and the coverage of prediction "
            "sets is flattered. Cross-validate with --by group.",
            stacklevel=3,
        )
    return ConformalSets(
        cross.record.classes,
        unit,
        count,
        tuple(levels_judged),
        tuple(LeftOutLevel(level, units_needed(level) + 1) for level in wanted if level not in supported),
    )


def _require(level: float, count: int, unit: ExchangeableUnit, cross: CrossValidation) -> None:
    try:
        require_units(count, level, noun=unit, judged=True)
    except RunError as error:
        raise error.about(str(cross.folder)) from None


def _probabilities(folds: Sequence[npt.NDArray[np.float64]], temperatures: Sequence[float]) -> npt.NDArray[np.float64]:
    parts = [log_probabilities(logits, temperature) for logits, temperature in zip(folds, temperatures, strict=True)]
    probabilities: npt.NDArray[np.float64] = np.exp(np.concatenate(parts))
    return probabilities
