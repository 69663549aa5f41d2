"""What each of Keras's layers is in ONNX: one function per layer type, in a table."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.errors import ModelError
from roadsigns.onnx_writer.builder import ACTIVATIONS, IMAGE_RANK, GraphBuilder, activate, array_of
from roadsigns.onnx_writer.custom_layers import normalise_contrast, sample_affinely

if TYPE_CHECKING:
    import keras

__all__ = ["add_layer", "keras_layout"]


def add_layer(graph: GraphBuilder, layer: "keras.Layer", inputs: list[str]) -> str:
    """Write a layer.

    Args:
        graph: Where to.
        layer: A built layer of Keras.
        inputs: Names of its inputs.

    Returns:
        The name of its output.

    Raises:
        ModelError: If there is no way to write it.
    """
    kind = type(layer).__name__
    if kind not in LAYERS:
        raise ModelError(
            f"The layer '{layer.name}' is of type {kind}, which is not written to ONNX. Known are: {', '.join(LAYERS)}."
        )
    return LAYERS[kind](graph, layer, inputs)


def keras_layout(layer: "keras.Layer", array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Turn a layer's weight from ONNX's layout back into Keras's."""
    if array.ndim != IMAGE_RANK:
        return array
    if type(layer).__name__ == "DepthwiseConv2D":
        multiplier = layer.depth_multiplier
        return array.reshape(-1, multiplier, *array.shape[2:]).transpose(2, 3, 0, 1)
    return array.transpose(2, 3, 1, 0)


def _convolution(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    kernel = array_of(layer.kernel).transpose(3, 2, 0, 1)
    return _convolve(graph, layer, inputs, kernel, layer.groups)


def _depthwise_convolution(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    kernel = array_of(layer.kernel)
    height, width, channels, multiplier = kernel.shape
    kernel = kernel.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
    return _convolve(graph, layer, inputs, kernel, channels)


def _convolve(graph: GraphBuilder, layer: Any, inputs: list[str], kernel: npt.NDArray[Any], groups: int) -> str:
    _require_channels_last(layer)
    names = [*inputs, graph.weight(layer.kernel, kernel)]
    if layer.use_bias:
        names.append(graph.weight(layer.bias))
    window = _window(layer, layer.kernel_size, layer.dilation_rate)
    value = graph.node(
        "Conv",
        *names,
        kernel_shape=list(layer.kernel_size),
        dilations=list(layer.dilation_rate),
        group=groups,
        **window,
    )
    return activate(graph, layer, value)


def _pool(operator: str) -> "Converter":
    def convert(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
        _require_channels_last(layer)
        window = _window(layer, layer.pool_size, (1, 1))
        return graph.node(operator, *inputs, kernel_shape=list(layer.pool_size), **window)

    return convert


def _global_pool(operator: str) -> "Converter":
    def convert(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
        _require_channels_last(layer)
        value = graph.node(operator, *inputs)
        return value if layer.keepdims else graph.node("Flatten", value, axis=1)

    return convert


def _window(layer: Any, size: tuple[int, int], dilation: tuple[int, int]) -> dict[str, list[int]]:
    """Strides, and TensorFlow's padding in numbers: ONNX's "SAME_UPPER" is deprecated."""
    before, after = [], []
    for side, length, stride, spread in zip(layer.input.shape[1:3], size, layer.strides, dilation, strict=True):
        reach = (length - 1) * spread + 1
        padding = max((-(-side // stride) - 1) * stride + reach - side, 0) if layer.padding == "same" else 0
        before.append(padding // 2)
        after.append(padding - padding // 2)
    return {"strides": list(layer.strides), "pads": before + after}


def _dense(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    if len(layer.input.shape) != 2:  # noqa: PLR2004 - (batch, features)
        raise ModelError(f"The layer '{layer.name}' has an input of shape {layer.input.shape}. Expected it flat.")
    value = graph.node("MatMul", *inputs, graph.weight(layer.kernel))
    if layer.use_bias:
        value = graph.node("Add", value, graph.weight(layer.bias))
    return activate(graph, layer, value)


def _flatten(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    if len(layer.input.shape) == IMAGE_RANK:
        # The next weights expect Keras's order.
        inputs = [graph.node("Transpose", *inputs, perm=[0, 2, 3, 1])]
    return graph.node("Flatten", *inputs, axis=1)


def _normalise_layer(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    rank, axes = len(layer.input.shape), tuple(layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis])
    axes = tuple(sorted(axis % rank for axis in axes))
    shape = tuple(layer.input.shape[axis] for axis in axes)
    one_by_one = rank == IMAGE_RANK and axes == (3,)
    if not one_by_one and axes != tuple(range(1, rank)):
        raise ModelError(f"The layer '{layer.name}' normalises over axes {axes}. Expected all of them, or the last.")
    whole_image = len(axes) == IMAGE_RANK - 1
    names = []
    for variable, otherwise in ((layer.gamma, 1.0), (layer.beta, 0.0)):
        if variable is None and otherwise == 0:
            continue
        array = np.full(shape, otherwise, np.float32) if variable is None else array_of(variable)
        array = array.transpose(2, 0, 1) if whole_image else array
        names.append(graph.constant(array) if variable is None else graph.weight(variable, array))
    if one_by_one:
        inputs = [graph.node("Transpose", *inputs, perm=[0, 2, 3, 1])]
    value = graph.node("LayerNormalization", *inputs, *names, axis=-1 if one_by_one else 1, epsilon=layer.epsilon)
    return graph.node("Transpose", value, perm=[0, 3, 1, 2]) if one_by_one else value


def _normalise_batch(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    rank = len(layer.input.shape)
    if layer.axis % rank != rank - 1:
        raise ModelError(
            f"The layer '{layer.name}' normalises over axis {layer.axis}. Expected the channels, the last."
        )
    channels = layer.input.shape[-1]
    names = [
        graph.constant(np.full(channels, otherwise, np.float32)) if variable is None else graph.weight(variable)
        for variable, otherwise in (
            (layer.gamma, 1.0),
            (layer.beta, 0.0),
            (layer.moving_mean, 0.0),
            (layer.moving_variance, 1.0),
        )
    ]
    return graph.node("BatchNormalization", *inputs, *names, epsilon=layer.epsilon)


def _rescale(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    value = graph.node("Mul", *inputs, graph.constant(np.asarray(layer.scale, np.float32)))
    return graph.node("Add", value, graph.constant(np.asarray(layer.offset, np.float32)))


def _joined(operator: str) -> "Converter":
    def convert(graph: GraphBuilder, _: Any, inputs: list[str]) -> str:
        value = inputs[0]
        for other in inputs[1:]:
            value = graph.node(operator, value, other)
        return value

    return convert


def _concatenate(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    rank = len(layer.output.shape)
    if layer.axis % rank != rank - 1:
        raise ModelError(f"The layer '{layer.name}' joins along axis {layer.axis}. Expected the channels, the last.")
    return graph.node("Concat", *inputs, axis=1)


def _same(_: GraphBuilder, __: Any, inputs: list[str]) -> str:
    return inputs[0]


def _relu(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    if (layer.negative_slope, layer.threshold) != (0, 0) or layer.max_value not in (None, 6):
        raise ModelError(f"The layer '{layer.name}' is an uncommon ReLU. Expected a plain one, or one up to 6.")
    return ACTIVATIONS["relu6" if layer.max_value else "relu"](graph, layer, inputs[0])


def _require_channels_last(layer: Any) -> None:
    if layer.data_format != "channels_last":
        raise ModelError(f"The layer '{layer.name}' has its channels first. Expected (batch, height, width, channels).")


Converter = Callable[[GraphBuilder, Any, list[str]], str]

LAYERS: dict[str, Converter] = {
    "Conv2D": _convolution,
    "DepthwiseConv2D": _depthwise_convolution,
    "MaxPooling2D": _pool("MaxPool"),
    "AveragePooling2D": _pool("AveragePool"),
    "GlobalAveragePooling2D": _global_pool("GlobalAveragePool"),
    "GlobalMaxPooling2D": _global_pool("GlobalMaxPool"),
    "Dense": _dense,
    "Flatten": _flatten,
    "LayerNormalization": _normalise_layer,
    "BatchNormalization": _normalise_batch,
    "ContrastNormalization": normalise_contrast,
    "AffineSampler": sample_affinely,
    "Rescaling": _rescale,
    "Add": _joined("Add"),
    "Multiply": _joined("Mul"),
    "Concatenate": _concatenate,
    "Activation": lambda graph, layer, inputs: activate(graph, layer, inputs[0]),
    "ReLU": _relu,
    "Softmax": lambda graph, layer, inputs: graph.softmax(layer, inputs[0]),
    # Of training only.
    "Dropout": _same,
    "SpatialDropout2D": _same,
    "GaussianNoise": _same,
    "ByteDropout": _same,
}
