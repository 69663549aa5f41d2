"""ONNX files, also with whole numbers of eight bits inside."""

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
from roadsigns.exports.export_metadata import (
    EXPORT_KEY,
    ExportedModel,
    ExportRecord,
    export_values,
    read_export_values,
)
from roadsigns.exports.parity.metrics import Precision
from roadsigns.model_files.onnx_file import OnnxFile, attach_metadata, read_onnx_file
from roadsigns.onnx_writer.graph import INPUT, onnx_model

if TYPE_CHECKING:
    import keras

__all__ = ["onnx_bytes", "onnx_precision", "open_onnx", "write_onnx"]

# What is worth whole numbers: the layers that multiply, and what lies between them. Standardising and the softmax stay
# in float32; in eight bits they cost accuracy and save nothing.
QUANTISED = ("Conv", "Gemm", "MatMul", "MaxPool", "Relu", "Add", "AveragePool", "GlobalAveragePool")
CALIBRATION_BATCH = 32


def write_onnx(
    network: "keras.Model", record: ExportRecord, path: Path, *, calibration: npt.NDArray[Any] | None = None
) -> None:
    """Write a network as ONNX. See `write_litert`.

    Raises:
        ModelError: If it has a layer that ONNX is not written for.
        MissingExtraError: If onnx is not installed.
    """
    path.write_bytes(onnx_bytes(network, record, calibration=calibration))


def onnx_bytes(network: "keras.Model", record: ExportRecord, *, calibration: npt.NDArray[Any] | None = None) -> bytes:
    """Return what `write_onnx` writes."""
    content = onnx_model(network, record.metadata, float16=record.precision == "float16")
    if calibration is not None:
        content = _quantised(content, calibration)
    return attach_metadata(content, record.metadata, **{EXPORT_KEY: json.dumps(export_values(record))})


def _quantised(content: bytes, calibration: npt.NDArray[Any]) -> bytes:
    """Put whole numbers of eight bits into an ONNX file, their ranges seen on crops.

    Per channel of the weights; ONNX Runtime and OpenVINO fuse the pairs of quantising and dequantising nodes ("QDQ").
    """
    import onnx
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
            nodes_to_exclude=_exact_nodes([(node.name, node.op_type) for node in model.graph.node]),
        )
        return written.read_bytes()


def _exact_nodes(nodes: list[tuple[str, str]]) -> list[str]:
    """Name the nodes that stay in float32: contrast is normalised before the first convolution.

    Where a network has a spatial transformer, all that leads to its sampler stays: of 256 places none is a sign's.
    """
    kinds = [kind for _, kind in nodes]
    first = "GridSample" if "GridSample" in kinds else "Conv"
    return [name for name, _ in nodes[: kinds.index(first) if first in kinds else len(nodes)]]


@contextmanager
def _without_warnings() -> Iterator[None]:
    """The quantiser warns of a preparatory step that only merges what our graphs do not have."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def open_onnx(path: Path) -> ExportedModel:
    """Open an ONNX file of ours in ONNX Runtime, as the recogniser does.

    Raises:
        ModelError: If it is damaged or foreign.
    """
    from roadsigns.inference.engines.onnxruntime_engine import OnnxRuntimeEngine

    file = read_onnx_file(path)
    precision, calibration = _export_of(file, path)
    engine = OnnxRuntimeEngine(path, file.content, file.metadata, available_cores())
    return ExportedModel(ExportRecord(file.metadata, precision, calibration), engine.run_low_latency)


def onnx_precision(path: Path) -> Precision:
    """Return the precision in which an ONNX file of ours was written.

    Raises:
        ModelError: If it is damaged or foreign.
    """
    return _export_of(read_onnx_file(path), path)[0]


def _export_of(file: OnnxFile, path: Path) -> tuple[Precision, int]:
    """The precision, and on how many crops it was calibrated."""
    try:
        # A built-in model may have been written without; the limits of float32 are the strictest.
        values = json.loads(file.properties.get(EXPORT_KEY) or json.dumps(export_values(ExportRecord(file.metadata))))
    except ValueError as error:
        raise ModelError(f"What {path} says of its export is damaged ({error}). Export it again.") from error
    precision, calibration, _ = read_export_values(values, path)
    return precision, calibration
