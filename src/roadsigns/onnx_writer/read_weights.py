"""The weights of an ONNX file read back into the order and layout of Keras.

Built-in models are ONNX files only: this is how one is fine-tuned or exported to another format.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.errors import ModelError
from roadsigns.onnx_writer.builder import GraphBuilder, import_onnx, weight_name
from roadsigns.onnx_writer.graph import INPUT, add_network

if TYPE_CHECKING:
    import keras

__all__ = ["stored_weights"]

KERNEL_RANK = 4
# Attributes of a convolution or pooling that do not follow from the shapes of its weights.
WINDOW = ("kernel_shape", "strides", "pads")


def stored_weights(content: bytes, network: "keras.Model") -> list[npt.NDArray[np.float32]]:
    """Return the weights in an ONNX file of `onnx_model`.

    Args:
        content: The file.
        network: A Keras network of the same architecture.

    Returns:
        Arrays for `network.set_weights`.

    Raises:
        ModelError: If their shapes are not the network's, or the file's network has other strides, padding or pooling.
        MissingExtraError: If onnx is not installed.
    """
    onnx = import_onnx()
    graph = onnx.load_model_from_string(content).graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    weights = []
    for index, variable in enumerate(network.weights):
        tensor = tensors.get(weight_name(index))
        array = None if tensor is None else _in_keras_layout(onnx.numpy_helper.to_array(tensor))
        if array is None or array.shape != tuple(variable.shape):
            raise ModelError(
                f"The ONNX file has no weight {index} of shape {tuple(variable.shape)} for '{variable.path}'.",
                expected=f"a network '{network.name}' that roadsigns wrote",
                hint="Export the model again.",
            )
        weights.append(array)
    own = GraphBuilder(network)
    add_network(own, network, INPUT)
    if _windows(graph.node) != _windows(own.nodes):
        raise ModelError(
            f"The ONNX file has the weights of a network '{network.name}', but other strides, padding or pooling: "
            "another version of roadsigns wrote it.",
            hint="It still predicts. To train or export with this version, train its recipe again.",
        )
    return weights


def _in_keras_layout(array: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(array.transpose(2, 3, 1, 0) if array.ndim == KERNEL_RANK else array, np.float32)


def _windows(nodes: Iterable[Any]) -> list[tuple[str, dict[str, list[int]]]]:
    """Return type and window of each convolution and pooling; networks of equal weights may differ in them."""
    windows = [
        (node.op_type, {given.name: list(given.ints) for given in node.attribute if given.name in WINDOW})
        for node in nodes
        if node.op_type in ("Conv", "MaxPool")
    ]
    return sorted(windows, key=repr)
