"""A network's loss and errors on the images that were held out."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import keras
import numpy as np
import numpy.typing as npt

from roadsigns.inference.outputs import separate
from roadsigns.loading.crops import Crops
from roadsigns.types import Float32Array

__all__ = ["NOT_VALIDATED", "Result", "ValidationImages", "compare", "measure", "predict"]

VALIDATION_BATCH = 256
# TensorFlow 2.21 fails on a batch of one after training (its graph optimiser swaps the axes of a convolution).
SMALLEST_BATCH = 2
# As Keras clips probabilities before it takes their logarithm.
SMALLEST_PROBABILITY = 1e-7


@dataclass(frozen=True, slots=True)
class ValidationImages:
    """Network inputs, their labels, which of them validate (none where `index` is empty), and how many classes there
    are: the network's further outputs are kinds of unknown.
    """

    crops: Crops
    labels: npt.NDArray[np.int32]
    index: npt.NDArray[np.intp]
    num_classes: int


class Result(NamedTuple):
    """What `measure` finds. Loss in nats."""

    images: int
    errors: int
    accuracy: float
    loss: float


NOT_VALIDATED = Result(0, 0, math.nan, math.nan)


def measure(network: keras.Model, validation: ValidationImages) -> Result:
    """Run a network over the validation images."""
    return compare(predict(network, validation), validation) if len(validation.index) else NOT_VALIDATED


def compare(outputs: Float32Array, validation: ValidationImages) -> Result:
    """Compare what `predict` gave with the labels."""
    count = len(validation.index)
    labels = validation.labels[validation.index]
    probabilities = outputs[:, : validation.num_classes]
    errors = int((probabilities.argmax(axis=1) != labels).sum())
    true = probabilities[np.arange(count), labels].astype(np.float64)
    loss = -float(np.log(np.maximum(true, SMALLEST_PROBABILITY)).mean())
    return Result(count, errors, 1 - errors / count, loss)


def predict(network: keras.Model, validation: ValidationImages) -> Float32Array:
    """Return what a network gives for the validation images, of which there is at least one.

    Returns:
        Shape (images, outputs), float32; see `roadsigns.inference.outputs.separate`.
    """
    rows = []
    size = max(SMALLEST_BATCH, min(VALIDATION_BATCH, len(validation.index)))
    for start in range(0, len(validation.index), VALIDATION_BATCH):
        chosen = validation.index[start : start + VALIDATION_BATCH]
        # A last batch of another size would be compiled for.
        filled = validation.crops.batch(np.resize(chosen, size))
        rows.append(np.asarray(network.predict_on_batch(filled), np.float32)[: len(chosen)])
    return separate(np.concatenate(rows), validation.num_classes)
