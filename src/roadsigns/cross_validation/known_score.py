"""Thresholds of the known score of a recipe, from the known signs of its cross-validation, and how many they keep."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from roadsigns.cross_validation.temperature import Temperature
from roadsigns.evaluation.conformal import cross_fitted_quantiles, units_needed
from roadsigns.evaluation.decision_thresholds import SHARES, known_thresholds, units_of
from roadsigns.evaluation.intervals import Interval, coverage_interval
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.model_files.shares import ExchangeableUnit
from roadsigns.types import SMALLEST_PROBABILITY, Float32Array

__all__ = ["JudgedShare", "KnownScores", "LeftOutShare", "measure_thresholds"]

Float64Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JudgedShare:
    """A share of known signs to keep with its threshold, judged on units that did not set it.

    Attributes:
        share: The promised share, such as 0.99.
        threshold: The known score from which on an image shows a known sign; what the model file gets.
        kept: Mean over the units of the share of their images that is kept, each at the threshold of the others.
        interval: 95 % interval of that, by unit.
        kept_images: Share of all images that is kept so.
    """

    share: float
    threshold: float
    kept: float
    interval: Interval
    kept_images: float

    def as_dict(self) -> dict[str, object]:
        """Return the fields for JSON: fractions, not percent."""
        return {**asdict(self), "interval": self.interval.as_dict()}


@dataclass(frozen=True, slots=True)
class LeftOutShare:
    """A share of known signs that the cross-validation gives no threshold for.

    Attributes:
        share: Such as 0.999.
        needed: How many units it needs, with one to judge.
    """

    share: float
    needed: int


@dataclass(frozen=True, slots=True)
class KnownScores:
    """The thresholds of a recipe.

    Attributes:
        thresholds: What a model file holds of them.
        shares: Each share, judged.
    """

    thresholds: KnownThresholds
    shares: tuple[JudgedShare, ...]

    @property
    def left_out(self) -> tuple[LeftOutShare, ...]:
        """The shares without a threshold, for want of units."""
        missing = (share for share in SHARES if share not in self.thresholds.thresholds)
        return tuple(LeftOutShare(share, _units_needed(share)) for share in missing)

    def as_dict(self) -> dict[str, object]:
        """Return everything as JSON holds it: fractions, not percent."""
        thresholds = self.thresholds
        return {
            "unit": thresholds.unit,
            "units": thresholds.units,
            "shares": [share.as_dict() for share in self.shares],
            "left_out": [asdict(one) for one in self.left_out],
        }


def measure_thresholds(temperature: Temperature) -> KnownScores | None:
    """Set the thresholds of a cross-validation's known scores, and judge them.

    A threshold is a conformal quantile: of the images of a new group, the promised share is kept.

    Args:
        temperature: Fitted on it.

    Returns:
        None if its models have no kinds of unknown, or there are too few signs for any threshold.
    """
    cross = temperature.cross
    rows = [row for _, part in sorted(cross.parts.items()) for row in part.rows]
    unit, units = units_of(rows, cross.record.classes, cross.record.source)
    outputs = [(one.probabilities, one.unknown) for one in temperature.outputs.values() if one.unknown is not None]
    if len(outputs) < len(temperature.outputs):
        return None
    final = _known_scores(outputs, [temperature.value] * len(outputs))
    judged = _known_scores(outputs, list(temperature.folds.values()))
    thresholds = known_thresholds(final, units, unit)
    if thresholds is None:
        return None
    shares = {share for share in SHARES if thresholds.units >= _units_needed(share)}
    kept = {share: value for share, value in thresholds.thresholds.items() if share in shares}
    if not kept:
        return None
    judgements = (_judge(share, threshold, -judged, units, unit) for share, threshold in kept.items())
    return KnownScores(replace(thresholds, thresholds=kept), tuple(judgements))


def _units_needed(share: float) -> int:
    # One unit at least is judged by the others.
    return units_needed(share) + 1


def _judge(
    share: float, threshold: float, judged: Float64Array, units: npt.NDArray[np.intp], unit: ExchangeableUnit
) -> JudgedShare:
    """Judge a share. The scores are negative: a conformal quantile bounds them from above."""
    quantiles, _ = cross_fitted_quantiles(judged, units, share)
    lost = judged > quantiles
    sizes = np.bincount(units)
    lost_of_unit = np.bincount(units, lost) / sizes
    return JudgedShare(
        share=share,
        threshold=threshold,
        kept=1 - float(lost_of_unit.mean()),
        interval=coverage_interval(lost_of_unit, unit),
        kept_images=1 - float(lost.mean()),
    )


def _known_scores(outputs: Sequence[tuple[Float32Array, Float32Array]], temperatures: Sequence[float]) -> Float64Array:
    """Return the known score of each image at its fold's temperature."""
    return np.concatenate(
        [_at_temperature(*one, temperature) for one, temperature in zip(outputs, temperatures, strict=True)]
    )


def _at_temperature(probabilities: Float32Array, unknown: Float32Array, temperature: float) -> Float64Array:
    """Return 1 minus the sum of the kinds of unknown, once the logits of all outputs are divided by a temperature."""
    known = 1 - unknown.sum(axis=1, dtype=np.float64)
    joint = np.concatenate([probabilities * known[:, np.newaxis], unknown.astype(np.float64)], axis=1)
    powers = np.maximum(joint, SMALLEST_PROBABILITY) ** (1 / temperature)
    classes = probabilities.shape[1]
    score: Float64Array = powers[:, :classes].sum(axis=1) / powers.sum(axis=1)
    return score
