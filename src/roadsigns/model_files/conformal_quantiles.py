"""Conformal quantiles: what a model file needs for prediction sets that hold the truth with a promised probability."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roadsigns.errors import ModelError
from roadsigns.model_files.shares import SLACK, ExchangeableUnit, descends, read_shares, require_unit
from roadsigns.wording import one_of

__all__ = ["SCORE", "ConformalQuantiles", "is_supported"]

# The score of `roadsigns.inference.prediction_sets`; another score would get another name.
SCORE = "ratio"
# 0 for the most probable class, 1 - probability for others. Sets by ratios hold those by it, at the same quantile.
EARLIER_SCORE = "lac-top"
# At 99 % an accurate model's sets have one class each, and nothing is uncertain.
DEFAULT_LEVEL = 0.999


def is_supported(level: float, units: int) -> bool:
    """Whether a number of exchangeable units is enough for a promise at this level, from 0 to 1."""
    return units > 0 and level <= units / (units + 1)


@dataclass(frozen=True, slots=True)
class ConformalQuantiles:
    """The quantiles of a model's nonconformity scores, and what they were computed on.

    Attributes:
        score: Name of the nonconformity score: "ratio" is 1 - probability / largest probability.
        unit: What counts as independent: groups of look-alike tracks; tracks where there are no groups; else images.
        units: How many of them there were.
        quantiles: By level, such as {0.99: 0.97}: a class is in the set if its score is at most the quantile.
    """

    score: str
    unit: ExchangeableUnit
    units: int
    quantiles: Mapping[float, float]

    @property
    def default(self) -> float:
        """The level to take unless another is asked for: 0.999, else the highest below it, else the lowest."""
        return max((level for level in self.quantiles if level <= DEFAULT_LEVEL), default=min(self.quantiles))

    def at(self, level: float) -> float:
        """Return the quantile of a level, such as 0.99.

        Raises:
            ModelError: If the model has none for that level.
        """
        for own, quantile in self.quantiles.items():
            if abs(own - level) <= SLACK:
                return quantile
        supported = is_supported(level, self.units)
        reason = "." if supported else f": it was calibrated on {self.units:,} {self.unit}s, too few for that level."
        levels = " ".join(f"--level {one:g}" for one in sorted({level, *self.quantiles}))
        raise ModelError(
            f"The model has no prediction sets at the level {level}{reason}",
            expected=one_of(map(str, sorted(self.quantiles))),
            hint="A cross-validation of the model's recipe gives others: "
            f"`roadsigns calibrate MODEL --on CROSS_VALIDATION {levels}`."
            if supported and level > 0
            else "",
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON, where a level is a text."""
        quantiles = {str(level): quantile for level, quantile in sorted(self.quantiles.items())}
        return {"score": self.score, "unit": self.unit, "units": self.units, "quantiles": quantiles}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ConformalQuantiles":
        """Return the quantiles whose `as_dict` these values are.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: If a value is missing, unknown, of another type or out of
                range.
        """
        if values["score"] not in {SCORE, EARLIER_SCORE}:
            raise ValueError(f"the score '{values['score']}' of its prediction sets is unknown")
        quantiles = read_shares(values["quantiles"])
        # The comparisons are False for NaN. Who promises more must not list less.
        ascending = descends(reversed(quantiles.values()))
        if not all(0 <= value <= 1 for value in quantiles.values()) or not ascending:
            raise ValueError(f"the quantiles of its prediction sets are {quantiles}")
        require_unit(values)
        if not is_supported(max(quantiles), values["units"]):
            raise ValueError(f"{values['units']} units are too few for prediction sets at {max(quantiles):g}")
        return cls(**{**values, "score": SCORE, "quantiles": quantiles})
