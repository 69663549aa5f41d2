"""A detector's Keras network as a self-contained ONNX file: pictures in, locations out, its metadata inside."""

from typing import TYPE_CHECKING

from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.metadata import weights_checksum
from roadsigns.model_files.onnx_file import attach_metadata
from roadsigns.onnx_writer.builder import GraphBuilder, import_onnx
from roadsigns.onnx_writer.graph import INPUT, add_bytes, add_network, as_onnx

if TYPE_CHECKING:
    import keras

__all__ = ["LOCATIONS", "detector_to_onnx"]

LOCATIONS = "locations"
# Of each location, see `roadsigns.models.detector`.
NUMBERS = 5


def detector_to_onnx(network: "keras.Model", metadata: DetectorMetadata, *, half: bool) -> bytes:
    """Write a detector as ONNX.

    Args:
        network: Maps RGB in [0, 1], shape (batch, height, width, 3), to (batch, count, 5); see
            `roadsigns.models.detector`.
        metadata: Written into the file. A missing checksum is filled in.
        half: Store the weights as float16, in half the bytes. Arithmetic is in float32 all the same.

    Returns:
        An ONNX file. It maps "images", RGB, shape (batch, height, width, 3), uint8, sides divisible by 32, to
        "locations", shape (batch, count, 5), float32.

    Raises:
        ModelError: If the network has a layer that cannot be written.
        MissingExtraError: If onnx is not installed.
    """
    onnx = import_onnx()
    graph = GraphBuilder(network, float16=half)
    graph.node("Identity", add_network(graph, network, add_bytes(graph)), output=LOCATIONS)
    described, types = onnx.helper.make_tensor_value_info, onnx.TensorProto
    content = as_onnx(
        graph,
        metadata.network,
        described(INPUT, types.UINT8, ["batch", "height", "width", 3]),
        [described(LOCATIONS, types.FLOAT, ["batch", "count", NUMBERS])],
    )
    if not metadata.weights_sha256:
        metadata = metadata.with_checksum(weights_checksum(network))
    return attach_metadata(content, metadata)
