"""The choice of images for the calibration and the evaluation of an int8 export."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roadsigns.datasets.class_match import require_same_classes
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.types import DataSet, Sample

__all__ = ["CALIBRATION_IMAGES", "CalibrationChoice", "choose_calibration"]

# Enough that the ranges hardly depend on the seed.
CALIBRATION_IMAGES = 512
# Running both networks over all of GTSRB would take minutes.
EVALUATION_IMAGES = 10_000
SEED = 0


@dataclass(frozen=True, slots=True)
class CalibrationChoice:
    """Images for an int8 export.

    Attributes:
        calibration: Training images, balanced over the classes as far as there are enough.
        evaluation: Images to count errors on: those held out in training where there are any.
        seen: Whether the network was trained on the evaluation images, or that is unknown.
    """

    calibration: tuple[Sample, ...]
    evaluation: tuple[Sample, ...]
    seen: bool


def choose_calibration(data: DataSet, metadata: ModelMetadata) -> CalibrationChoice:
    """Choose images from a data set, the same ones each time.

    Args:
        data: Labelled images of the model's classes.
        metadata: The model's; it records which tracks of which source the network was trained on.

    Raises:
        DataError: If the data set has other classes than the model.
    """
    require_same_classes(
        [sign.name for sign in metadata.classes],
        [sign.name for sign in data.classes],
        us="the model",
        them="the data set",
        hint="Give the data that the model was trained on.",
    )
    same_source = data.source == metadata.source
    # A model that was fine-tuned has learned from the signs of the first one, too.
    learned = metadata.learned_tracks(data.source, [sign.name for sign in data.classes]) or frozenset()
    trained = [sample for sample in data.samples if same_source and sample.track_key in metadata.trained_on]
    chosen = set(_balanced(trained or list(data.samples)))
    held_out = [sample for sample in data.samples if sample.track_key and sample.track_key not in learned]
    known = same_source and bool(trained) and bool(held_out)
    # With few images, the same ones must serve for both.
    others = [sample for sample in data.samples if sample not in chosen] or list(data.samples)
    evaluation = _shuffled(held_out if known else others)[:EVALUATION_IMAGES]
    return CalibrationChoice(tuple(sorted(chosen, key=_path)), tuple(sorted(evaluation, key=_path)), not known)


def _path(sample: Sample) -> Path:
    return sample.path


def _shuffled(samples: list[Sample]) -> list[Sample]:
    return [samples[index] for index in np.random.default_rng(SEED).permutation(len(samples)).tolist()]


def _balanced(samples: list[Sample]) -> list[Sample]:
    """Take one image of each class in turn, in random order."""
    rank: dict[int, int] = {}
    ranked: list[tuple[int, int, Sample]] = []
    for sample in _shuffled(samples):
        rank[sample.class_id] = rank.get(sample.class_id, -1) + 1
        ranked.append((rank[sample.class_id], len(ranked), sample))
    return [sample for _, _, sample in sorted(ranked, key=lambda entry: entry[:2])[:CALIBRATION_IMAGES]]
