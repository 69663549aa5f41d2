"""Data parallelism on a CPU: each core computes its own part of a batch, all with the same weights.

TensorFlow by itself spreads every operation over the cores, one after the other; the small ones, and the wait at the
end of each, leave a core idle for an eighth of the time (docs/experiments/0024-batch-parts-per-core.md).
"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from roadsigns.cpu import available_cores
from roadsigns.training.optimization.device import find_device

__all__ = ["choose_parts", "fill_parts", "in_parts"]

# Measured on two cores: parts of 16 images, as in the tutorial's batches, gain nothing, parts of 64 an eighth. More
# cores were not measured, and TensorFlow spreads its operations over them as ever.
MEASURED_CORES, MIN_IMAGES = 2, 32


def choose_parts(batch_size: int) -> int:
    """Return in how many parts a batch is trained fastest here; TensorFlow then computes each operation on one core.

    That holds for the rest of the process, and can only be set before TensorFlow computes anything: 1 where it is too
    late, and on other back-ends and accelerators, which share the work out by themselves.

    Args:
        batch_size: Images of a batch, at least 1.
    """
    cores = available_cores()
    if cores != MEASURED_CORES or batch_size < cores * MIN_IMAGES:
        return 1
    if keras.backend.backend() != "tensorflow" or find_device().is_accelerator:
        return 1
    import tensorflow as tf

    threads = tf.config.threading
    try:
        threads.set_intra_op_parallelism_threads(1)
        threads.set_inter_op_parallelism_threads(cores)
    except RuntimeError:  # TensorFlow has begun, with other numbers
        return 1
    return cores


def in_parts(network: keras.Model, parts: int) -> keras.Model:
    """Return a model that runs a network on each part of a batch, independently, and joins what comes out.

    Args:
        network: A functional model of one input and one output, both with the batch first. The weights stay its own.
        parts: How many, at least 1; 1 returns the network itself.
    """
    if parts == 1:
        return network
    images = keras.Input(network.input_shape[1:])
    outputs = [network(_Part(index, parts)(images)) for index in range(parts)]
    return keras.Model(images, keras.layers.Concatenate(axis=0, dtype="float32")(outputs), name=network.name)


def fill_parts(
    images: npt.NDArray[np.float32], labels: npt.NDArray[np.int32], parts: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """Return batches that leave no part empty, which TensorFlow cannot train on: with each image several times.

    The mean of the loss, and so the step, is that of the batch.

    Args:
        images: Shape (steps, batch, ...), float32.
        labels: Shape (steps, batch), int32.
        parts: How many, at least 1.
    """
    if labels.shape[1] >= parts:
        return images, labels
    return np.repeat(images, parts, axis=1), np.repeat(labels, parts, axis=1)


class _Part(keras.layers.Layer):
    """One of several equal parts of a batch; of a batch that does not divide, some parts have an image more."""

    def __init__(self, index: int, parts: int) -> None:
        super().__init__(dtype="float32")
        self.index = index
        self.parts = parts

    def call(self, images: Any) -> Any:
        count = ops.shape(images)[0]
        return images[self.index * count // self.parts : (self.index + 1) * count // self.parts]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (None, *input_shape[1:])
