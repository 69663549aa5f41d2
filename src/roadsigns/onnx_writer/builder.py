"""What each of Keras's activations is in ONNX, and what nodes are written into."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from roadsigns.errors import ModelError

if TYPE_CHECKING:
    import keras

__all__ = ["ACTIVATIONS", "IMAGE_RANK", "GraphBuilder", "activate", "array_of"]

# Images are (batch, height, width, channels) in Keras and (batch, channels, height, width) in ONNX.
IMAGE_RANK = 4


class GraphBuilder(Protocol):
    """What the functions here write into."""

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator with one output; returns the output's name."""

    def weight(self, variable: Any, array: npt.NDArray[Any] | None = None) -> str:
        """Add one of the network's weights, in ONNX's layout if that is given; returns its name."""

    def constant(self, array: npt.NDArray[Any]) -> str:
        """Add what is no weight of the network; returns its name."""

    def softmax(self, layer: "keras.Layer", value: str) -> str:
        """Add a softmax, of the network's logits divided by its temperature."""


def array_of(variable: Any) -> npt.NDArray[Any]:
    """Return a weight's values, on whichever back-end they are: PyTorch's give themselves to no `np.asarray`."""
    from keras import ops

    return np.asarray(ops.convert_to_numpy(variable))


def activate(graph: GraphBuilder, layer: Any, value: str) -> str:
    """Write the activation at a layer's end.

    Raises:
        ModelError: If there is no way to write it.
    """
    name = layer.activation.__name__
    if name not in ACTIVATIONS:
        raise ModelError(
            f"The layer '{layer.name}' has the activation {name}, which is not written to ONNX. "
            f"Known are: {', '.join(ACTIVATIONS)}."
        )
    return ACTIVATIONS[name](graph, layer, value)


def _gelu(graph: GraphBuilder, value: str) -> str:
    # ONNX has it as one operator from opset 20 on, later than the rest of this needs.
    error = graph.node("Erf", graph.node("Mul", value, graph.constant(np.asarray(np.sqrt(0.5), np.float32))))
    grown = graph.node("Add", error, graph.constant(np.asarray(1, np.float32)))
    return graph.node("Mul", graph.node("Mul", value, grown), graph.constant(np.asarray(0.5, np.float32)))


def _clip(graph: GraphBuilder, value: str) -> str:
    ends = (graph.constant(np.asarray(end, np.float32)) for end in (0, 6))
    return graph.node("Clip", value, *ends)


ACTIVATIONS: dict[str, Callable[[GraphBuilder, Any, str], str]] = {
    "linear": lambda _, __, value: value,
    "relu": lambda graph, _, value: graph.node("Relu", value),
    "relu6": lambda graph, _, value: _clip(graph, value),
    "sigmoid": lambda graph, _, value: graph.node("Sigmoid", value),
    "tanh": lambda graph, _, value: graph.node("Tanh", value),
    "silu": lambda graph, _, value: graph.node("Mul", value, graph.node("Sigmoid", value)),
    "gelu": lambda graph, _, value: _gelu(graph, value),
    "hard_sigmoid": lambda graph, _, value: graph.node("HardSigmoid", value, alpha=1 / 6, beta=0.5),
    "hard_silu": lambda graph, _, value: graph.node("HardSwish", value),
    "softmax": lambda graph, layer, value: graph.softmax(layer, value),
}
