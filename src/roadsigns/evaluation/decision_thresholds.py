"""The thresholds that a model decides by, from its outputs for held-out images: known, uncertain or unknown."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from roadsigns.datasets.groups import groups_of
from roadsigns.datasets.registry import known_spec
from roadsigns.evaluation.conformal import conformal_quantile, units_needed
from roadsigns.evaluation.intervals import number_tracks
from roadsigns.inference.prediction_sets import nonconformity_scores
from roadsigns.model_files.conformal_quantiles import SCORE, ConformalQuantiles
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.model_files.shares import ExchangeableUnit
from roadsigns.types import LabelledImage, TrackKey

__all__ = ["LEVELS", "SHARES", "conformal_quantiles", "known_thresholds", "units_of"]

# Of known signs to keep, and of prediction sets that hold the truth.
SHARES = (0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
LEVELS = (0.99, 0.999)

Units = npt.NDArray[np.intp]


def units_of(rows: Sequence[LabelledImage], classes: Sequence[str], source: str) -> tuple[ExchangeableUnit, Units]:
    """Return what is exchangeable, and the number of each image's unit, shape (images,).

    Those are groups of look-alike tracks where the data set has a table of them, or tracks, or images.

    Args:
        rows: The images.
        classes: Names of the classes, in label order.
        source: Of the images.
    """
    spec = known_spec(classes)
    groups = groups_of(spec) if spec and spec.name == source else {}
    keys = [
        None if row.track is None else (row.class_id, groups.get(TrackKey(row.class_id, row.track), row.track))
        for row in rows
    ]
    units = number_tracks(keys)
    if units is None:
        return "image", np.arange(len(rows))
    return "group" if groups else "track", units


def known_thresholds(scores: npt.NDArray[np.floating], units: Units, unit: ExchangeableUnit) -> KnownThresholds | None:
    """Set a threshold for each of `SHARES`: a conformal quantile, which keeps that share of the images of a new unit.

    Args:
        scores: How known each held-out image is, shape (images,); all show known signs.
        units: Number of each image's unit, shape (images,).
        unit: What the units are.

    Returns:
        Those that there are enough units for; None if there are enough for none.
    """
    count = len(np.unique(units))
    bounds = {
        share: -conformal_quantile(-scores.astype(np.float64), units, share)
        for share in SHARES
        if count >= units_needed(share)
    }
    return KnownThresholds(unit, count, bounds) if bounds else None


def conformal_quantiles(
    probabilities: npt.NDArray[np.floating], labels: npt.NDArray[np.integer], units: Units, unit: ExchangeableUnit
) -> ConformalQuantiles | None:
    """Compute the quantile of each of `LEVELS`.

    Args:
        probabilities: Of held-out images, shape (images, num_classes).
        labels: True class ids, shape (images,).
        units: Number of each image's unit, shape (images,).
        unit: What the units are.

    Returns:
        Those that there are enough units for; None if there are enough for none.
    """
    count = len(np.unique(units))
    scores = nonconformity_scores(probabilities, labels)
    quantiles = {level: conformal_quantile(scores, units, level) for level in LEVELS if count >= units_needed(level)}
    return ConformalQuantiles(SCORE, unit, count, quantiles) if quantiles else None
