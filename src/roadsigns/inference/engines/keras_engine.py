"""The Keras engine: runs the network as it was trained."""

import os
from pathlib import Path

import numpy as np

from roadsigns.errors import ModelError
from roadsigns.inference.engine import CropBatch
from roadsigns.inference.engines.keras_gradient import log_odds_gradients
from roadsigns.inference.forks import require_own_process
from roadsigns.inference.load_network import load_network
from roadsigns.inference.outputs import separate
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.preprocessing.prepare import to_unit
from roadsigns.types import SMALLEST_PROBABILITY, Float32Array

__all__ = ["KerasEngine", "apply_temperature"]


class KerasEngine:
    """See `Engine`. The back-end distributes its work over the cores by itself, so both ways of running are the same.

    Args:
        path: A .keras file, or an .onnx file, whose network is then rebuilt in Keras.
        metadata: The file's metadata.

    Raises:
        MissingExtraError: If Keras is not installed.
        ModelError: If the file does not load, or its network does not match its metadata.
    """

    name = "keras"

    def __init__(self, path: Path, metadata: ModelMetadata) -> None:
        self._network = load_network(path)
        self._loaded_in = os.getpid()
        self._temperature = metadata.temperature
        self._num_classes = len(metadata.classes)
        expected = (None, metadata.image_size, metadata.image_size, 3), (None, metadata.outputs)
        found = self._network.input_shape, self._network.output_shape
        if found != expected:
            raise ModelError(
                f"The network maps {found[0]} to {found[1]}, but its metadata belongs to another network.",
                expected=f"{expected[0]} to {expected[1]}",
                hint="Train it or download it again.",
                subject=str(path),
            )

    def run_low_latency(self, crops: CropBatch) -> Float32Array:
        """See `Engine`."""
        require_own_process(self._loaded_in, "Keras")
        # Called directly: Keras's `predict` would first trace a function, which takes half a second.
        from keras import ops

        outputs = ops.convert_to_numpy(self._network(to_unit(crops), training=False))
        probabilities = np.asarray(outputs, np.float32)
        return separate(apply_temperature(probabilities, self._temperature), self._num_classes)

    def run_high_throughput(self, crops: CropBatch) -> Float32Array:
        """See `Engine`."""
        return self.run_low_latency(crops)

    def log_odds_gradients(self, crops: Float32Array, class_id: int) -> Float32Array:
        """See `Differentiable`."""
        require_own_process(self._loaded_in, "Keras")
        if self._num_classes == 1:
            return np.zeros_like(crops)
        return log_odds_gradients(
            self._network, crops, class_id, num_classes=self._num_classes, temperature=self._temperature
        )


def apply_temperature(probabilities: Float32Array, temperature: float) -> Float32Array:
    """Apply temperature scaling: divide the logits by a temperature (Guo et al. 2017).

    The logits are recovered from the probabilities up to a constant, which the softmax cancels.

    Args:
        probabilities: Shape (count, num_classes), float32.
        temperature: Above 0; below 1 makes the largest probability larger.

    Returns:
        The calibrated probabilities, of the same shape and type.
    """
    if temperature == 1:
        return probabilities
    logits = np.log(np.maximum(probabilities, np.float32(SMALLEST_PROBABILITY))) / np.float32(temperature)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
