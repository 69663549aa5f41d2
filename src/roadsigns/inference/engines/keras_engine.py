"""A network in Keras: what was trained, as it was trained."""

from pathlib import Path

import numpy as np

from roadsigns.errors import ModelError
from roadsigns.inference.engine import CropBatch, Float32Array
from roadsigns.inference.load_network import load_network
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.preprocessing.prepare import to_unit

__all__ = ["KerasEngine", "apply_temperature"]

SMALLEST = np.float32(1e-30)


class KerasEngine:
    """See `Engine`. The back-end shares the cores out by itself, so both ways of running are one.

    Args:
        path: A .keras file, or an .onnx file, whose network is built anew.
        metadata: What it says of itself.
    """

    name = "keras"

    def __init__(self, path: Path, metadata: ModelMetadata) -> None:
        self._network = load_network(path)
        self._temperature = metadata.temperature
        expected = (None, metadata.image_size, metadata.image_size, 3), (None, len(metadata.classes))
        found = self._network.input_shape, self._network.output_shape
        if found != expected:
            raise ModelError(
                f"{path} maps {found[0]} to {found[1]}, not {expected[0]} to {expected[1]}. "
                "Its metadata belongs to another network; train it again or fetch it again."
            )

    def run_low_latency(self, crops: CropBatch) -> Float32Array:
        """See `Engine`."""
        # Called directly: `predict` would first trace a function, half a second for a single image.
        probabilities = np.asarray(self._network(to_unit(crops), training=False), np.float32)
        return apply_temperature(probabilities, self._temperature)

    def run_high_throughput(self, crops: CropBatch) -> Float32Array:
        """See `Engine`."""
        return self.run_low_latency(crops)


def apply_temperature(probabilities: Float32Array, temperature: float) -> Float32Array:
    """Divide the logits by the temperature; probabilities tell them up to a constant, which a softmax forgets.

    Args:
        probabilities: Shape (count, num_classes), float32.
        temperature: Above 0; below 1 the largest grows.
    """
    if temperature == 1:
        return probabilities
    logits = np.log(np.maximum(probabilities, SMALLEST)) / np.float32(temperature)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
