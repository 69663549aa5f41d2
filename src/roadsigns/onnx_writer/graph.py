"""A Keras network as a self-contained ONNX file: crops in, probabilities out, what it says of itself inside.

Keras's own export goes through tf2onnx, which runs under NumPy 2 only after Keras has patched both, needs TensorFlow
and seconds, and writes float32 only. Our networks have few kinds of layers, so they are written here, node by node.

Weights of float16 are cast to float32 in the graph, which the runtimes do once, when they load it.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.model_files.metadata import ModelMetadata, weights_checksum
from roadsigns.model_files.onnx_file import attach_metadata
from roadsigns.onnx_writer.activations import IMAGE_RANK, array_of
from roadsigns.onnx_writer.layers import add_layer, keras_layout
from roadsigns.version import __version__

if TYPE_CHECKING:
    import keras

__all__ = ["INPUT", "OUTPUT", "onnx_model", "stored_weights"]

INPUT, OUTPUT = "images", "probabilities"
WHITE = 255
# LayerNormalization came with opset 17 (ONNX 1.12, 2022), which wants at least IR 8.
OPSET, IR_VERSION = 17, 8
# A weight's name: its place among the network's weights, so that they can be put back.
WEIGHT = "weight_{:03d}"
# Where a kernel or a pool comes to lie on an image.
WINDOW = ("kernel_shape", "strides", "pads")


def onnx_model(network: "keras.Model", metadata: ModelMetadata, *, float16: bool = False) -> bytes:
    """Write a network as ONNX.

    Args:
        network: Maps RGB in [0, 1], shape (batch, image_size, image_size, 3), to probabilities (batch, num_classes).
        metadata: What to say of it; its temperature divides the logits. A missing checksum is filled in.
        float16: Store the weights with half the bytes. Arithmetic is in float32 all the same.

    Returns:
        An ONNX file. It maps "images" to "probabilities", shape (batch, num_classes), float32. The input is RGB, shape
        (batch, image_size, image_size, 3): uint8 crops where the preparation wants boxes; float32 in [0, 1] where it is
        another, which is then done outside and named in the metadata.

    Raises:
        ModelError: If the network has a layer that is not known here, or a temperature and no logits.
        MissingExtraError: If onnx is not installed.
    """
    onnx = _import_onnx()
    graph = _Graph(network, metadata.temperature, float16=float16)
    boxed = metadata.as_preparation().wants_boxes
    dtype = onnx.TensorProto.UINT8 if boxed else onnx.TensorProto.FLOAT
    value = graph.node("Transpose", INPUT, perm=[0, 3, 1, 2])
    if dtype == onnx.TensorProto.UINT8:
        # Turned as bytes, which is a quarter of the memory to pass over.
        value = graph.node("Cast", value, to=onnx.TensorProto.FLOAT)
        value = graph.node("Mul", value, graph.constant(np.asarray(1 / WHITE, np.float32)))
    graph.node("Identity", _walk(graph, network, [value]), output=OUTPUT)
    graph.require_temperature_applied()
    size = metadata.image_size
    proto = onnx.helper.make_graph(
        graph.nodes,
        metadata.network,
        [onnx.helper.make_tensor_value_info(INPUT, dtype, ["batch", size, size, 3])],
        [onnx.helper.make_tensor_value_info(OUTPUT, onnx.TensorProto.FLOAT, ["batch", network.output_shape[-1]])],
        graph.initialisers,
    )
    model = onnx.helper.make_model(
        proto,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="roadsigns",
        producer_version=__version__,
    )
    onnx.checker.check_model(model, full_check=True)
    if not metadata.weights_sha256:
        metadata = metadata.with_checksum(weights_checksum(network))
    return attach_metadata(model.SerializeToString(), metadata)


def stored_weights(content: bytes, network: "keras.Model") -> list[npt.NDArray[np.float32]]:
    """Return the weights in an ONNX file of `onnx_model`, in the order and the layout of the network's own.

    Args:
        content: The file.
        network: One of the same architecture.

    Raises:
        ModelError: If they are not the network's, or belong to one that goes over its images otherwise.
        MissingExtraError: If onnx is not installed.
    """
    onnx = _import_onnx()
    file = onnx.load_model_from_string(content).graph
    stored = {tensor.name: tensor for tensor in file.initializer}
    owners = {variable.path: layer for layer in _single_layers(network) for variable in layer.weights}
    weights = []
    for index, variable in enumerate(network.weights):
        tensor = stored.get(WEIGHT.format(index))
        array = None if tensor is None else onnx.numpy_helper.to_array(tensor).astype(np.float32)
        array = None if array is None else keras_layout(owners[variable.path], array)
        if array is None or array.shape != tuple(variable.shape):
            raise ModelError(
                f"The ONNX file has no weight {index} of shape {tuple(variable.shape)} for '{variable.path}': it is "
                f"not a network '{network.name}' that roadsigns wrote. Export it again."
            )
        weights.append(np.ascontiguousarray(array))
    graph = _Graph(network, 1.0, float16=False)
    _walk(graph, network, [INPUT])
    if _windows(file.node) != _windows(graph.nodes):
        raise ModelError(
            f"The ONNX file has the weights of a network '{network.name}', but pads or pools otherwise: it is of "
            "another version. It still names signs; train its recipe anew for what this version is to build on."
        )
    return weights


def _windows(nodes: Iterable[Any]) -> list[tuple[str, dict[str, list[int]]]]:
    """How convolutions and pooling go over their images: what networks with weights of the same shapes differ in."""
    return sorted(
        (
            (node.op_type, {given.name: list(given.ints) for given in node.attribute if given.name in WINDOW})
            for node in nodes
            if node.op_type in ("Conv", "MaxPool")
        ),
        key=repr,
    )


class _Graph:
    """The nodes and weights of a graph as it grows. See `GraphBuilder`."""

    def __init__(self, network: "keras.Model", temperature: float, *, float16: bool) -> None:
        self.onnx = _import_onnx()
        self.nodes: list[Any] = []
        self.initialisers: list[Any] = []
        self._order = {variable.path: index for index, variable in enumerate(network.weights)}
        self._last = _last_layer(network)
        self._temperature = temperature
        self._float16 = float16

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def weight(self, variable: Any, array: npt.NDArray[Any] | None = None) -> str:
        values = np.ascontiguousarray(array_of(variable) if array is None else array, np.float32)
        name = WEIGHT.format(self._order[variable.path])
        # Biases and scales are few, and halving them saves nothing.
        if not self._float16 or values.ndim == 1:
            return self._store(name, values)
        self._store(name, _halved(values, variable.path))
        return self.node("Cast", name, to=self.onnx.TensorProto.FLOAT)

    def constant(self, array: npt.NDArray[Any]) -> str:
        return self._store(f"constant_{len(self.initialisers)}", array)

    def softmax(self, layer: Any, value: str) -> str:
        if layer is self._last and self._temperature != 1:
            value = self.node("Mul", value, self.constant(np.asarray(1 / self._temperature, np.float32)))
            self._temperature = 1.0
        return self.node("Softmax", value, axis=1 if len(layer.output.shape) == IMAGE_RANK else -1)

    def require_temperature_applied(self) -> None:
        if self._temperature != 1:
            raise ModelError(
                f"The network has a temperature of {self._temperature} and ends in '{self._last.name}'. "
                "Expected a softmax, whose logits are divided by it."
            )

    def _store(self, name: str, array: npt.NDArray[Any]) -> str:
        self.initialisers.append(self.onnx.numpy_helper.from_array(array, name))
        return name


def _halved(values: npt.NDArray[np.float32], path: str) -> npt.NDArray[np.float16]:
    with np.errstate(over="ignore"):
        halved = values.astype(np.float16)
    if np.isfinite(values).all() and not np.isfinite(halved).all():
        raise ModelError(
            f"The weight '{path}' reaches {np.abs(values).max():.0f}, beyond float16's 65504. Export it in float32."
        )
    return halved


def _walk(graph: _Graph, network: "keras.Model", inputs: list[str]) -> str:
    """Write the layers in the order in which they follow from each other; a network in a network is walked through."""
    names = {id(tensor): name for tensor, name in zip(network.inputs, inputs, strict=True)}
    values = inputs
    for layer in network.layers:
        if type(layer).__name__ == "InputLayer":
            continue
        if not _is_chain(network):
            values = _names_of_inputs(layer, names)
        values = [_walk(graph, layer, values) if hasattr(layer, "layers") else add_layer(graph, layer, values)]
        names[id(layer.output)] = values[0]
    return values[0] if _is_chain(network) else names[id(network.outputs[0])]


def _names_of_inputs(layer: "keras.Layer", names: dict[int, str]) -> list[str]:
    taken = layer.input if isinstance(layer.input, list) else [layer.input]
    if any(id(tensor) not in names for tensor in taken):
        raise ModelError(
            f"What the layer '{layer.name}' takes comes from a layer that is used in several places, or is a network "
            "beside a branch; neither is written to ONNX."
        )
    return [names[id(tensor)] for tensor in taken]


def _is_chain(network: "keras.Model") -> bool:
    """Whether layer follows layer. Those of a loaded Sequential do not tell which tensor of it they take."""
    return type(network).__name__ == "Sequential"


def _single_layers(network: "keras.Model") -> Iterator["keras.Layer"]:
    for layer in network.layers:
        yield from _single_layers(layer) if hasattr(layer, "layers") else (layer,)


def _last_layer(network: "keras.Model") -> "keras.Layer":
    ends = (layer for layer in network.layers if layer.output is network.outputs[0])
    last = network.layers[-1] if _is_chain(network) else next(ends)
    return _last_layer(last) if hasattr(last, "layers") else last


def _import_onnx() -> Any:
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ImportError as error:
        raise MissingExtraError(
            f"Writing or reading into ONNX files needs onnx ({error}). Install it: pip install 'roadsigns[export]'"
        ) from error
    return onnx
