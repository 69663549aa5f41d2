"""The ONNX format, in float32, float16 and int8."""

import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from roadsigns.cpu import available_cores
from roadsigns.errors import ModelError
from roadsigns.exports.export_metadata import EXPORT_KEY, ExportedModel, ExportMetadata, precision_from_dict
from roadsigns.exports.parity.metrics import Precision
from roadsigns.inference.engines.runtimes import import_onnxruntime
from roadsigns.model_files.onnx_file import OnnxFile, attach_metadata, read_onnx_file
from roadsigns.onnx_writer.graph import INPUT, onnx_model
from roadsigns.wording import reason

if TYPE_CHECKING:
    import keras

__all__ = ["onnx_bytes", "onnx_precision", "open_onnx", "write_onnx"]

# Operators that are quantised: those that multiply, and those between them. Contrast normalisation and the softmax stay
# in float32; in int8 they would cost accuracy and save nothing.
QUANTISED = ("Conv", "Gemm", "MatMul", "MaxPool", "Relu", "Add", "AveragePool", "GlobalAveragePool")
CALIBRATION_BATCH = 32


def write_onnx(
    network: "keras.Model", metadata: ExportMetadata, path: Path, *, calibration: npt.NDArray[Any] | None = None
) -> None:
    """Write a network as ONNX. See `write_litert`.

    Raises:
        ModelError: If it has a layer that cannot be written.
        MissingExtraError: If onnx is not installed.
    """
    path.write_bytes(onnx_bytes(network, metadata, calibration=calibration))


def onnx_bytes(
    network: "keras.Model", metadata: ExportMetadata, *, calibration: npt.NDArray[Any] | None = None
) -> bytes:
    """Return the content of the file that `write_onnx` writes."""
    content = onnx_model(network, metadata.model, float16=metadata.precision == "float16")
    if calibration is not None:
        content = _quantised(content, calibration)
    return attach_metadata(content, metadata.model, **{EXPORT_KEY: json.dumps(metadata.as_dict())})


def _quantised(content: bytes, calibration: npt.NDArray[Any]) -> bytes:
    """Quantise an ONNX file to int8, with ranges calibrated on crops.

    Weights have a scale per channel. ONNX Runtime and OpenVINO fuse the pairs of nodes that quantise and dequantise
    ("QDQ").
    """
    import onnx

    import_onnxruntime()
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

    class Crops(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            starts = range(0, len(calibration), CALIBRATION_BATCH)
            self.batches = ({INPUT: calibration[start : start + CALIBRATION_BATCH]} for start in starts)

        def get_next(self) -> Any:
            return next(self.batches, None)

    with tempfile.TemporaryDirectory() as folder, _without_warnings():
        written = Path(folder, "int8.onnx")
        model = onnx.load_model_from_string(content)
        quantize_static(
            model,
            written,
            Crops(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            op_types_to_quantize=list(QUANTISED),
            nodes_to_exclude=_nodes_to_exclude([(node.name, node.op_type) for node in model.graph.node]),
        )
        return written.read_bytes()


def _nodes_to_exclude(nodes: list[tuple[str, str]]) -> list[str]:
    """Name the nodes that stay in float32: contrast normalisation, which comes before the first convolution.

    Where a network has a spatial transformer, everything up to its sampler stays: coordinates of 256 values would be
    too coarse.
    """
    kinds = [kind for _, kind in nodes]
    first = "GridSample" if "GridSample" in kinds else "Conv"
    return [name for name, _ in nodes[: kinds.index(first) if first in kinds else len(nodes)]]


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Silence the quantiser, which recommends a preprocessing step that would change nothing in our graphs."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def open_onnx(path: Path) -> ExportedModel:
    """Open a model's ONNX file in ONNX Runtime, as the recogniser does.

    Raises:
        ModelError: If it is damaged or from elsewhere.
    """
    from roadsigns.inference.engines.onnxruntime_engine import OnnxRuntimeEngine

    file = read_onnx_file(path)
    precision, calibration_images = precision_of(file, path)
    engine = OnnxRuntimeEngine(path, file.content, file.metadata, available_cores())
    return ExportedModel(ExportMetadata(file.metadata, precision, calibration_images), engine.run_low_latency)


def onnx_precision(path: Path) -> Precision:
    """Return the precision of a model's ONNX file.

    Raises:
        ModelError: If it is damaged or from elsewhere.
    """
    return precision_of(read_onnx_file(path), path)[0]


def precision_of(file: OnnxFile, path: Path) -> tuple[Precision, int]:
    """Return the precision of a file, and the number of its calibration images.

    Raises:
        ModelError: If the metadata of its export is damaged.
    """
    if EXPORT_KEY not in file.properties:
        # A built-in model may have been written without; the limits of float32 are the strictest.
        return "float32", 0
    try:
        values = json.loads(file.properties[EXPORT_KEY])
    except ValueError as error:
        raise ModelError(
            f"The metadata of the export is damaged ({reason(error)}).",
            hint="Export the model again.",
            subject=str(path),
        ) from error
    precision, calibration_images, _ = precision_from_dict(values, path)
    return precision, calibration_images
