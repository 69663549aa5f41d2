"""The whole graph of an export, as Keras has it: crops in, probabilities out, scaling and temperature inside.

What `onnx_graph` is to ONNX and OpenVINO, this is to Keras and LiteRT. Both begin and end alike; parity proves it.
"""

from typing import TYPE_CHECKING

import numpy as np

from roadsigns.errors import ModelError
from roadsigns.keras_import import import_keras
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.onnx_writer.graph import INPUT, WHITE

if TYPE_CHECKING:
    import keras

__all__ = ["whole_network"]


def whole_network(network: "keras.Model", metadata: ModelMetadata) -> "keras.Model":
    """Put what a caller would otherwise have to know around a network.

    Args:
        network: Maps RGB in [0, 1], shape (batch, image_size, image_size, 3), to probabilities; its last layer is a
            Dense one with a softmax.
        metadata: Its preparation and temperature.

    Returns:
        Maps crops, of the preparation's `crop_type`, to probabilities (batch, num_classes), float32, in Keras's own
        layers only.

    Raises:
        ModelError: If the network ends otherwise, which matters where it has a temperature.
    """
    keras = import_keras()
    dtype = np.dtype(metadata.as_preparation().crop_type).name
    crops = keras.Input((metadata.image_size, metadata.image_size, 3), dtype=dtype, name=INPUT)
    images = keras.layers.Rescaling(1 / WHITE, dtype="float32", name="levels")(crops) if dtype == "uint8" else crops
    cooled = network if metadata.temperature == 1 else _with_temperature(network, metadata.temperature)
    return keras.Model(crops, cooled(images), name=network.name)


def _with_temperature(network: "keras.Model", temperature: float) -> "keras.Model":
    """Divide the logits by the temperature, by dividing the last layer's weights (Guo et al. 2017)."""
    keras = import_keras()
    last = network.layers[-1]
    if not isinstance(last, keras.layers.Dense) or last.activation is not keras.activations.softmax:
        raise ModelError(
            f"The network '{network.name}' has a temperature of {temperature} and ends in '{last.name}'. Expected a "
            "Dense layer with a softmax, whose logits are divided by it."
        )
    cooled = keras.models.clone_model(network)
    *before, kernel, bias = network.get_weights()
    cooled.set_weights([*before, kernel / temperature, bias / temperature])
    return cooled
