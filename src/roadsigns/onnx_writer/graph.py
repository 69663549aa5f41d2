"""A Keras network as a self-contained ONNX file: crops in, probabilities out, its metadata inside.

Keras's own export goes through tf2onnx, which runs under NumPy 2 only after Keras has patched both, needs TensorFlow
and several seconds, and writes float32 only. Our networks have few types of layers, so they are written here, node by
node.

Weights stored as float16 are cast to float32 in the graph, which the runtimes do once, when they load it.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from roadsigns.errors import ModelError
from roadsigns.model_files.metadata import ModelMetadata, weights_checksum
from roadsigns.model_files.onnx_file import attach_metadata
from roadsigns.onnx_writer.builder import GraphBuilder, import_onnx
from roadsigns.onnx_writer.layers import add_layer, require_writable
from roadsigns.types import SMALLEST_PROBABILITY
from roadsigns.version import __version__

if TYPE_CHECKING:
    import keras

__all__ = [
    "INPUT",
    "OUTPUT",
    "UNKNOWN_OUTPUT",
    "WHITE",
    "add_bytes",
    "add_network",
    "as_onnx",
    "onnx_model",
]

INPUT, OUTPUT, UNKNOWN_OUTPUT = "images", "probabilities", "unknown"
WHITE = 255
CHANNELS_FIRST = [0, 3, 1, 2]
# ONNX 1.12 of 2022, so that older runtimes read the files. GridSample needs opset 16.
OPSET, IR_VERSION = 17, 8


def onnx_model(network: "keras.Model", metadata: ModelMetadata, *, float16: bool = False) -> bytes:
    """Write a network as ONNX.

    Args:
        network: Maps RGB in [0, 1], shape (batch, image_size, image_size, 3), to probabilities (batch, outputs), those
            of the classes and of the kinds of unknown together.
        metadata: Written into the file; its temperature divides the logits. A missing checksum is filled in.
        float16: Store the weights as float16, in half the bytes. Arithmetic is in float32 all the same.

    Returns:
        An ONNX file. It maps "images" to "probabilities", shape (batch, num_classes), float32, and where the model has
        kinds of unknown to "unknown", shape (batch, kinds), float32; see `_separate`. The input is RGB, shape (batch,
        image_size, image_size, 3): uint8 crops where the preparation uses boxes; otherwise prepared images, float32 in
        [0, 1], whose preparation is named in the metadata.

    Raises:
        ModelError: If the network has a layer that cannot be written, or a temperature but no softmax at its end.
        MissingExtraError: If onnx is not installed.
    """
    onnx = import_onnx()
    if metadata.temperature != 1:
        _require_softmax(network, metadata.temperature)
    graph = GraphBuilder(network, temperature=metadata.temperature, float16=float16)
    takes_bytes = metadata.as_preparation().wants_boxes
    dtype = onnx.TensorProto.UINT8 if takes_bytes else onnx.TensorProto.FLOAT
    value = add_bytes(graph) if takes_bytes else graph.node("Transpose", INPUT, perm=CHANNELS_FIRST)
    value = add_network(graph, network, value)
    outputs = {OUTPUT: len(metadata.classes)}
    if metadata.unknown_kinds:
        outputs[UNKNOWN_OUTPUT] = len(metadata.unknown_kinds)
        value = _separate(graph, value, *outputs.values())
    graph.node("Identity", value, output=OUTPUT)
    size = metadata.image_size
    described, dtype_out = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    content = as_onnx(
        graph,
        metadata.network,
        described(INPUT, dtype, ["batch", size, size, 3]),
        [described(name, dtype_out, ["batch", length]) for name, length in outputs.items()],
    )
    if not metadata.weights_sha256:
        metadata = metadata.with_checksum(weights_checksum(network))
    return attach_metadata(content, metadata)


def add_bytes(graph: GraphBuilder) -> str:
    """Write the way from the input, bytes of shape (batch, height, width, 3), to RGB in [0, 1], channels first.

    Returns:
        The name of the result.
    """
    # Cast after the transposition, which is faster on bytes than on floats.
    value = graph.cast(graph.node("Transpose", INPUT, perm=CHANNELS_FIRST))
    return graph.node("Mul", value, graph.constant(1 / WHITE))


def as_onnx(graph: GraphBuilder, name: str, network_input: Any, outputs: list[Any]) -> bytes:
    """Return a whole graph as an ONNX file without metadata, checked.

    Args:
        graph: With all its nodes.
        name: Of the graph.
        network_input: ONNX's description of it.
        outputs: Of each.
    """
    onnx = import_onnx()
    model = onnx.helper.make_model(
        onnx.helper.make_graph(graph.nodes, name, [network_input], outputs, graph.initialisers),
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="roadsigns",
        producer_version=__version__,
    )
    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString()
    return content


def add_network(graph: GraphBuilder, network: "keras.Model", value: str) -> str:
    """Write the layers of a network of one input and one output.

    Args:
        graph: The graph to add them to.
        network: A functional or sequential model.
        value: The name of its input in the graph.

    Returns:
        The name of its output.

    Raises:
        ModelError: If a layer cannot be written, or is used in several places.
    """
    # The layers of a loaded Sequential do not record their input tensors; each takes the previous layer's output.
    sequential = type(network).__name__ == "Sequential"
    names = {id(network.inputs[0]): value}
    layers = {id(layer) for layer in network.layers}
    for operation in network.layers if sequential else network.operations:
        require_writable(operation, is_layer=id(operation) in layers)
    for layer in network.layers:
        if type(layer).__name__ != "InputLayer":
            value = add_layer(graph, layer, [value] if sequential else _names_of_inputs(layer, names))
            names[id(layer.output)] = value
    return value if sequential else names[id(network.outputs[0])]


def _separate(graph: GraphBuilder, joint: str, classes: int, kinds: int) -> str:
    """Write the output "unknown": the probabilities of the kinds of unknown.

    Returns:
        The name of the probabilities of the classes, which sum to 1: provided that the image shows one of them. The
        same calculation as `roadsigns.inference.outputs.separate`.
    """
    known = graph.node("Slice", joint, *(graph.constant([bound], np.int64) for bound in (0, classes, 1)))
    ends = (classes, classes + kinds, 1)
    graph.node("Slice", joint, *(graph.constant([bound], np.int64) for bound in ends), output=UNKNOWN_OUTPUT)
    # A sum of probabilities that have all underflowed to 0 would divide by 0.
    known = graph.node("Max", known, graph.constant(SMALLEST_PROBABILITY))
    total = graph.node("ReduceSum", known, graph.constant([1], np.int64), keepdims=1)
    return graph.node("Div", known, total)


def _names_of_inputs(layer: "keras.Layer", names: dict[int, str]) -> list[str]:
    tensors: list[Any] = layer.input if isinstance(layer.input, list) else [layer.input]
    if any(id(tensor) not in names for tensor in tensors):
        raise ModelError(
            f"The input of the layer '{layer.name}' comes from a layer that is used in several places.",
            expected="a network that uses each layer once",
        )
    return [names[id(tensor)] for tensor in tensors]


def _require_softmax(network: "keras.Model", temperature: float) -> None:
    last = network.layers[-1]
    if getattr(getattr(last, "activation", None), "__name__", "") != "softmax":
        raise ModelError(
            f"The network '{network.name}' has a temperature of {temperature} and ends in the layer '{last.name}'.",
            expected="a layer with a softmax, whose logits the temperature divides",
        )
