"""Thresholds of the known score: what a model file needs to call a sign unknown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roadsigns.errors import ModelError
from roadsigns.model_files.conformal_quantiles import is_supported
from roadsigns.model_files.shares import SLACK, ExchangeableUnit, descends, read_shares, require_unit

__all__ = ["DEFAULT_KEEP", "KnownThresholds"]

DEFAULT_KEEP = 0.99
TINY = 1e-6


@dataclass(frozen=True, slots=True)
class KnownThresholds:
    """The known score that keeps a share of the known signs, for several shares, and what they were computed on.

    Attributes:
        unit: What counts as independent: groups of look-alike tracks; tracks where there are no groups; else images.
        units: How many of them there were.
        thresholds: By share of known signs kept, such as {0.99: 0.87}: an image whose known score is below the
            threshold is unknown.
    """

    unit: ExchangeableUnit
    units: int
    thresholds: Mapping[float, float]

    @property
    def default(self) -> float:
        """The share to keep unless another is asked for: 0.99, or the largest that there is a threshold for."""
        return min(DEFAULT_KEEP, max(self.thresholds))

    def share_for(self, keep: float) -> float:
        """Return the least share that there is a threshold for and that is no smaller than the one asked for.

        Args:
            keep: Above 0, at most the largest share that there is a threshold for.

        Raises:
            ModelError: If it is out of range.
        """
        fitting = [share for share in self.thresholds if share >= keep - SLACK]
        if not 0 < keep < 1 or not fitting:
            raise ModelError(
                f"The model has no threshold that keeps {keep:g} of the known signs. Calibrated on {self.units:,} "
                f"{self.unit}s, it has thresholds for shares up to {max(self.thresholds):g}."
                if 0 < keep < 1
                else f"The share of known signs to keep is {keep:g}.",
                expected=f"above 0, at most {max(self.thresholds):g}",
            )
        return min(fitting)

    def at(self, keep: float) -> float:
        """Return the threshold that keeps at least a share of the known signs; see `share_for`."""
        return self.thresholds[self.share_for(keep)]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON, where a share is a text."""
        thresholds = {str(share): threshold for share, threshold in sorted(self.thresholds.items())}
        return {"unit": self.unit, "units": self.units, "thresholds": thresholds}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "KnownThresholds":
        """Return the thresholds whose `as_dict` these values are.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: If a value is missing, unknown, of another type or out of
                range.
        """
        thresholds = read_shares(values["thresholds"])
        # The comparisons are False for NaN. Known scores of earlier versions could be a little below 0. Who keeps more
        # must not refuse more.
        if not all(-TINY <= value <= 1 for value in thresholds.values()) or not descends(thresholds.values()):
            raise ValueError(f"the thresholds of its known score are {thresholds}")
        require_unit(values)
        if not is_supported(max(thresholds), values["units"]):
            raise ValueError(f"{values['units']} units are too few for a threshold that keeps {max(thresholds):g}")
        return cls(**{**values, "thresholds": thresholds})
