"""The whole graph of an export in Keras: crops in, probabilities out, with scaling and temperature inside.

The Keras and LiteRT formats are written from it, as ONNX and OpenVINO are from `roadsigns.onnx_writer`.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from roadsigns.errors import ModelError
from roadsigns.keras_import import import_keras
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.onnx_writer.graph import INPUT, OUTPUT, SMALLEST_PROBABILITY, UNKNOWN_OUTPUT, WHITE

if TYPE_CHECKING:
    import keras

__all__ = ["keras_graph"]


def keras_graph(network: "keras.Model", metadata: ModelMetadata) -> "keras.Model":
    """Add scaling and temperature to a network.

    Args:
        network: Maps RGB in [0, 1], shape (batch, image_size, image_size, 3), to probabilities; its last layer is a
            Dense one with a softmax.
        metadata: Its preparation and temperature.

    Returns:
        Maps crops, of the preparation's `crop_type`, to probabilities (batch, num_classes), float32; where the model
        has kinds of unknown, to a dict of "probabilities" and "unknown". All layers but the network's own are Keras's.

    Raises:
        ModelError: If the network has a temperature and ends in another layer.
    """
    keras = import_keras()
    dtype = np.dtype(metadata.as_preparation().crop_type).name
    crops = keras.Input((metadata.image_size, metadata.image_size, 3), dtype=dtype, name=INPUT)
    images = keras.layers.Rescaling(1 / WHITE, dtype="float32", name="levels")(crops) if dtype == "uint8" else crops
    scaled = network if metadata.temperature == 1 else _with_temperature(network, metadata.temperature)
    joint = scaled(images)
    outputs = _separate(joint, len(metadata.classes)) if metadata.unknown_kinds else joint
    return keras.Model(crops, outputs, name=network.name)


def _separate(joint: Any, num_classes: int) -> dict[str, Any]:
    """Calculate what `roadsigns.inference.outputs.separate` does, as two outputs."""
    ops = import_keras().ops
    known = ops.maximum(joint[:, :num_classes], SMALLEST_PROBABILITY)
    return {OUTPUT: known / ops.sum(known, axis=1, keepdims=True), UNKNOWN_OUTPUT: joint[:, num_classes:]}


def _with_temperature(network: "keras.Model", temperature: float) -> "keras.Model":
    """Divide the logits by the temperature, by dividing the last layer's weights (Guo et al. 2017)."""
    keras = import_keras()
    last = network.layers[-1]
    if not isinstance(last, keras.layers.Dense) or last.activation is not keras.activations.softmax:
        raise ModelError(
            f"The network '{network.name}' has a temperature of {temperature} and ends in the layer '{last.name}'.",
            expected="a Dense layer with a softmax, whose logits the temperature divides",
        )
    scaled = keras.models.clone_model(network)
    # With or without a bias.
    weights, head = network.get_weights(), len(last.get_weights())
    scaled.set_weights([*weights[:-head], *(array / temperature for array in weights[-head:])])
    return scaled
