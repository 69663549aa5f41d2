"""Which images an export in whole numbers of eight bits is calibrated on, and which tell what it has lost."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roadsigns.errors import DataError
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.types import DataSet, Sample

__all__ = ["CALIBRATION_IMAGES", "CalibrationChoice", "choose_calibration"]

# Enough that ranges hardly change with the seed; measured in docs/exports.md.
CALIBRATION_IMAGES = 512
# Both networks over all of GTSRB would be minutes.
JUDGED_IMAGES = 10_000
SEED = 0


@dataclass(frozen=True, slots=True)
class CalibrationChoice:
    """Images for a calibration.

    Attributes:
        calibration: Training images, as many of each class as of any other while there are some.
        judged: The images that the loss is told on: held out in training where there are some.
        seen: Whether the network was trained on those too, or that is unknown.
    """

    calibration: tuple[Sample, ...]
    judged: tuple[Sample, ...]
    seen: bool


def choose_calibration(data: DataSet, metadata: ModelMetadata) -> CalibrationChoice:
    """Choose from a data set, the same each time.

    Args:
        data: Labelled images of the model's classes.
        metadata: Tells which tracks of which source the network was trained on.

    Raises:
        DataError: If the classes are others.
    """
    ours, theirs = [sign.name for sign in metadata.classes], [sign.name for sign in data.classes]
    if ours != theirs:
        raise DataError(
            f"The data have {len(theirs)} classes ({', '.join(theirs[:3])}, ...), the model {len(ours)} "
            f"({', '.join(ours[:3])}, ...). Give the data that it was trained on."
        )
    same_source = data.source == metadata.source
    trained = [sample for sample in data.samples if same_source and sample.track_key in metadata.trained_on]
    chosen = set(_evenly(trained or list(data.samples)))
    held_out = [sample for sample in data.samples if sample.track_key not in metadata.trained_on]
    known = same_source and bool(trained) and bool(held_out)
    # With few images the same ones must do for both.
    others = [sample for sample in data.samples if sample not in chosen] or list(data.samples)
    judged = _in_chance_order(held_out if known else others)[:JUDGED_IMAGES]
    return CalibrationChoice(tuple(sorted(chosen, key=_path)), tuple(sorted(judged, key=_path)), not known)


def _path(sample: Sample) -> Path:
    return sample.path


def _in_chance_order(samples: list[Sample]) -> list[Sample]:
    return [samples[index] for index in np.random.default_rng(SEED).permutation(len(samples)).tolist()]


def _evenly(samples: list[Sample]) -> list[Sample]:
    """Take one image of each class after the other, in an order of chance."""
    rank: dict[int, int] = {}
    ranked: list[tuple[int, int, Sample]] = []
    for sample in _in_chance_order(samples):
        rank[sample.class_id] = rank.get(sample.class_id, -1) + 1
        ranked.append((rank[sample.class_id], len(ranked), sample))
    return [sample for _, _, sample in sorted(ranked, key=lambda entry: entry[:2])[:CALIBRATION_IMAGES]]
