"""Keras layers written as ONNX nodes: one function per layer type, in a table.

The layers of the networks in `roadsigns.models` are known, and batch normalisation, which other networks have.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from roadsigns.errors import ModelError
from roadsigns.onnx_writer.builder import GraphBuilder, array_of
from roadsigns.onnx_writer.custom_layers import add_affine_sampler, add_contrast_normalization
from roadsigns.wording import one_of

if TYPE_CHECKING:
    import keras

__all__ = ["add_layer", "require_writable"]

# Images are (batch, height, width, channels) in Keras and (batch, channels, height, width) in ONNX.
IMAGE_RANK = 4


def add_layer(graph: GraphBuilder, layer: "keras.Layer", inputs: list[str]) -> str:
    """Write a layer.

    Args:
        graph: The graph to add it to.
        layer: A built Keras layer that `require_writable` accepts.
        inputs: Names of its inputs in the graph.

    Returns:
        The name of its output.

    Raises:
        ModelError: If its activation or one of its options cannot be written.
    """
    return LAYERS[type(layer).__name__](graph, layer, inputs)


def require_writable(layer: Any, *, is_layer: bool) -> None:
    """Check that a layer can be written.

    Args:
        layer: A layer, or an operation of keras.ops.
        is_layer: Whether it is a layer; some operations have names of layers.

    Raises:
        ModelError: If it cannot.
    """
    kind = type(layer).__name__
    if not (is_layer and (kind in LAYERS or kind == "InputLayer")):
        raise ModelError(
            f"The {'layer' if is_layer else 'operation'} '{layer.name}' is of type {kind}, which cannot be written to "
            "ONNX.",
            expected=one_of(LAYERS),
            hint="Use a network of these layers. A run folder predicts with any.",
        )


def _convolution(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    names = [*inputs, graph.weight(layer.kernel, array_of(layer.kernel).transpose(3, 2, 0, 1))]
    if layer.use_bias:
        names.append(graph.weight(layer.bias))
    value = graph.node(
        "Conv",
        *names,
        kernel_shape=list(layer.kernel_size),
        dilations=list(layer.dilation_rate),
        group=layer.groups,
        **_window(layer, layer.kernel_size, layer.dilation_rate),
    )
    return _activate(graph, layer, value)


def _pool(operator: str) -> "Converter":
    def convert(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
        window = _window(layer, layer.pool_size, (1, 1))
        return graph.node(operator, *inputs, kernel_shape=list(layer.pool_size), **window)

    return convert


def _window(layer: Any, size: tuple[int, int], dilation: tuple[int, int]) -> dict[str, Any]:
    """Return strides, and TensorFlow's padding in numbers: ONNX's "SAME_UPPER" is deprecated."""
    _require_channels_last(layer)
    before, after = [], []
    for side, length, stride, spread in zip(layer.input.shape[1:3], size, layer.strides, dilation, strict=True):
        reach = (length - 1) * spread + 1
        # Of a network that takes images of any size, sides are multiples of its strides.
        left = stride if side is None else (side - 1) % stride + 1
        padding = max(reach - left, 0) if layer.padding == "same" else 0
        before.append(padding // 2)
        after.append(padding - padding // 2)
    return {"strides": list(layer.strides), "pads": before + after}


def _global_average(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    _require_channels_last(layer)
    value = graph.node("GlobalAveragePool", *inputs)
    return value if layer.keepdims else graph.node("Flatten", value, axis=1)


def _enlarge(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    _require_channels_last(layer)
    if layer.interpolation != "nearest":
        raise ModelError(f"The layer '{layer.name}' interpolates by '{layer.interpolation}'.", expected="nearest")
    scales = graph.constant([1, 1, *layer.size])
    options = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor", "mode": "nearest"}
    return graph.node("Resize", *inputs, "", scales, **options)


def _concatenate(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    rank = len(layer.output.shape)
    axis = layer.axis % rank
    return graph.node("Concat", *inputs, axis=(0, 2, 3, 1)[axis] if rank == IMAGE_RANK else axis)


def _reshape(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    if len(layer.input.shape) == IMAGE_RANK:
        inputs = [graph.node("Transpose", *inputs, perm=[0, 2, 3, 1])]
    if len(layer.target_shape) == IMAGE_RANK - 1:
        raise ModelError(f"The layer '{layer.name}' makes images.", expected="a shape of one or two numbers")
    # 0 keeps the number of images.
    return graph.node("Reshape", *inputs, graph.constant([0, *layer.target_shape], np.int64))


def _dense(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    if len(layer.input.shape) != 2:  # noqa: PLR2004 - (batch, features)
        raise ModelError(
            f"The dense layer '{layer.name}' has an input of shape {layer.input.shape}.",
            expected="a flat one, (batch, features)",
        )
    value = graph.node("MatMul", *inputs, graph.weight(layer.kernel))
    if layer.use_bias:
        value = graph.node("Add", value, graph.weight(layer.bias))
    return _activate(graph, layer, value)


def _batch_normalization(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    rank = len(layer.input.shape)
    axis = layer.axis % rank
    if axis != rank - 1 or rank not in (2, IMAGE_RANK):
        raise ModelError(
            f"The layer '{layer.name}' normalises axis {layer.axis} of {rank}.",
            expected="the last axis of (batch, features) or (batch, height, width, channels)",
        )
    channels = layer.input.shape[-1]
    gamma = graph.weight(layer.gamma) if layer.scale else graph.constant(np.ones(channels))
    beta = graph.weight(layer.beta) if layer.center else graph.constant(np.zeros(channels))
    moments = graph.weight(layer.moving_mean), graph.weight(layer.moving_variance)
    return graph.node("BatchNormalization", *inputs, gamma, beta, *moments, epsilon=layer.epsilon)


def _flatten(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    if len(layer.input.shape) == IMAGE_RANK:
        # The next layer's weights are in Keras's order.
        inputs = [graph.node("Transpose", *inputs, perm=[0, 2, 3, 1])]
    return graph.node("Flatten", *inputs, axis=1)


def _rescale(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    value = graph.node("Mul", *inputs, graph.constant(layer.scale))
    return graph.node("Add", value, graph.constant(layer.offset))


def _merge(operator: str) -> "Converter":
    def convert(graph: GraphBuilder, _: Any, inputs: list[str]) -> str:
        value = inputs[0]
        for other in inputs[1:]:
            value = graph.node(operator, value, other)
        return value

    return convert


def _relu(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    if (layer.negative_slope, layer.threshold, layer.max_value) != (0, 0, None):
        raise ModelError(
            f"The ReLU layer '{layer.name}' has a slope, a threshold or a maximum.", expected="a plain ReLU"
        )
    return graph.node("Relu", *inputs)


def _identity(_: GraphBuilder, __: Any, inputs: list[str]) -> str:
    return inputs[0]


def _activate(graph: GraphBuilder, layer: Any, value: str) -> str:
    name = layer.activation.__name__
    if name not in ACTIVATIONS:
        raise ModelError(
            f"The layer '{layer.name}' has the activation {name}, which cannot be written to ONNX.",
            expected=one_of(ACTIVATIONS),
        )
    return ACTIVATIONS[name](graph, layer, value)


def _softmax(graph: GraphBuilder, layer: Any, value: str) -> str:
    if layer is graph.last_layer and graph.temperature != 1:
        value = graph.node("Mul", value, graph.constant(1 / graph.temperature))
    return graph.node("Softmax", value, axis=-1)


def _require_channels_last(layer: Any) -> None:
    if layer.data_format != "channels_last":
        raise ModelError(
            f"The layer '{layer.name}' has its channels first.", expected="images (batch, height, width, channels)"
        )


Converter = Callable[[GraphBuilder, Any, list[str]], str]

LAYERS: dict[str, Converter] = {
    "Conv2D": _convolution,
    "MaxPooling2D": _pool("MaxPool"),
    "AveragePooling2D": _pool("AveragePool"),
    "GlobalAveragePooling2D": _global_average,
    "Dense": _dense,
    "BatchNormalization": _batch_normalization,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "UpSampling2D": _enlarge,
    "Concatenate": _concatenate,
    "ContrastNormalization": add_contrast_normalization,
    "AffineSampler": add_affine_sampler,
    "Rescaling": _rescale,
    "Add": _merge("Add"),
    "Multiply": _merge("Mul"),
    "ReLU": _relu,
    "Activation": lambda graph, layer, inputs: _activate(graph, layer, inputs[0]),
    # Active in training only.
    "Dropout": _identity,
    "SpatialDropout2D": _identity,
}

ACTIVATIONS: dict[str, Callable[[GraphBuilder, Any, str], str]] = {
    "linear": lambda _, __, value: value,
    "relu": lambda graph, _, value: graph.node("Relu", value),
    "sigmoid": lambda graph, _, value: graph.node("Sigmoid", value),
    "softmax": _softmax,
}
