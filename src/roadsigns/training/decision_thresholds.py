"""The thresholds of a trained model, from the images that were held out."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from roadsigns.evaluation.conformal import units_needed
from roadsigns.evaluation.decision_thresholds import LEVELS, SHARES, conformal_quantiles, known_thresholds, units_of
from roadsigns.inference.decide import known_scores
from roadsigns.model_files.model_file import copy_with_metadata, read_metadata
from roadsigns.types import Float32Array, Sample, labelled_image
from roadsigns.wording import counted

__all__ = ["add_thresholds"]

MORE = "A cross-validation holds out every image once: see how-to/calibrate in the documentation."
WITHOUT = f"Predictions have a known score and no decision. {MORE}"


def add_thresholds(model: Path, outputs: Float32Array | None, samples: Sequence[Sample], *, source: str) -> None:
    """Write into a model file from which known score on an image shows a known sign, and its prediction sets.

    Does nothing to a model without kinds of unknown. Where too few images are held out, the model gets no thresholds,
    and what it cannot do is told.

    Args:
        model: A .keras file.
        outputs: What it gives for the held-out images, shape (images, outputs), float32; None where none is held out.
        samples: The held-out images.
        source: Of the data set.
    """
    metadata = read_metadata(model)
    if not metadata.unknown_kinds:
        return
    if outputs is None:
        print(f"No threshold of the known score: no image is held out. {WITHOUT}", file=sys.stderr)
        return
    rows = [labelled_image(sample) for sample in samples]
    unit, units = units_of(rows, [sign.name for sign in metadata.classes], source)
    classes = len(metadata.classes)
    thresholds = known_thresholds(known_scores(outputs[:, classes:]), units, unit)
    labels = np.array([sample.class_id for sample in samples])
    sets = conformal_quantiles(outputs[:, :classes], labels, units, unit)
    copy_with_metadata(model, replace(metadata, known_thresholds=thresholds, conformal=sets), model)
    held_out = f"{counted(len(set(units.tolist())), unit)} held out"
    if thresholds is None:
        least = units_needed(min(SHARES))
        print(f"No threshold of the known score: {held_out}, {least} are needed. {WITHOUT}", file=sys.stderr)
        return
    keep = thresholds.default
    print(
        f"Signs are known from a score of {thresholds.at(keep):.4f} on, which keeps {100 * keep:g} % of the known ones "
        f"({held_out}).",
        file=sys.stderr,
    )
    if sets is None:
        needed = units_needed(min(LEVELS))
        print(
            f"No prediction is called uncertain: sets of classes take {counted(needed, unit)}. {MORE}", file=sys.stderr
        )
