"""The whole graph of an export in Keras: crops in, probabilities out, with scaling and temperature inside.

The Keras and LiteRT formats are written from it, as ONNX and OpenVINO are from `roadsigns.onnx_writer`.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from roadsigns.errors import ModelError
from roadsigns.keras_import import import_keras
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.onnx_writer.graph import INPUT, OUTPUT, UNKNOWN_OUTPUT, WHITE

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
    if metadata.unknown_kinds:
        return keras.Model(crops, _two_outputs(network, metadata)(images), name=network.name)
    scaled = network if metadata.temperature == 1 else _with_temperature(network, metadata.temperature)
    return keras.Model(crops, scaled(images), name=network.name)


def _two_outputs(network: "keras.Model", metadata: ModelMetadata) -> "keras.Model":
    """Return a network that puts out "probabilities" and "unknown", see `roadsigns.inference.outputs.separate`.

    Both are computed from the logits: LiteRT's int8 does not divide.
    """
    keras = import_keras()
    last = _require_softmax(network, "has kinds of unknown")
    logits = keras.layers.Dense(last.units, dtype="float32", use_bias=last.use_bias, name="logits")
    values = logits(last.input)
    logits.set_weights([array / metadata.temperature for array in last.get_weights()])
    classes = len(metadata.classes)
    softmax = keras.ops.softmax
    outputs = {OUTPUT: softmax(values[:, :classes]), UNKNOWN_OUTPUT: softmax(values)[:, classes:]}
    return keras.Model(network.inputs[0], outputs, name=network.name)


def _with_temperature(network: "keras.Model", temperature: float) -> "keras.Model":
    """Divide the logits by the temperature, by dividing the last layer's weights (Guo et al. 2017)."""
    keras = import_keras()
    last = _require_softmax(network, f"has a temperature of {temperature}")
    scaled = keras.models.clone_model(network)
    # With or without a bias.
    weights, head = network.get_weights(), len(last.get_weights())
    scaled.set_weights([*weights[:-head], *(array / temperature for array in weights[-head:])])
    return scaled


def _require_softmax(network: "keras.Model", what: str) -> Any:
    keras = import_keras()
    last = network.layers[-1]
    if not isinstance(last, keras.layers.Dense) or last.activation is not keras.activations.softmax:
        raise ModelError(
            f"The network '{network.name}' {what} and ends in the layer '{last.name}'.",
            expected="a Dense layer with a softmax, whose logits are known",
        )
    return last
