"""LiteRT (TensorFlow Lite) files, with a JSON beside them that says what they are: the format has no place for it."""

import contextlib
import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.cpu import available_cores
from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.exports.export_metadata import ExportedModel, ExportRecord, Inputs, Run, read_record, write_record
from roadsigns.exports.keras_graph import whole_network
from roadsigns.keras_import import import_keras

if TYPE_CHECKING:
    import keras

__all__ = ["open_litert", "record_beside", "write_litert"]

# The layer that reads images at places between their pixels.
SAMPLER = "AffineSampler"


def record_beside(path: Path) -> Path:
    """Return where the JSON of a .tflite file stands: model.tflite.json beside model.tflite."""
    return path.with_name(f"{path.name}.json")


def write_litert(
    network: "keras.Model",
    record: ExportRecord,
    path: Path,
    *,
    calibration: npt.NDArray[Any] | None = None,
) -> None:
    """Convert a network by TensorFlow's converter, through Keras's own export.

    Args:
        network: In float32.
        record: What to say of it. "float16" halves the weights; "int8" makes whole numbers of weights and activations.
        path: Ends in .tflite.
        calibration: Crops to see the activations' ranges on, where the precision is "int8".

    Raises:
        ModelError: If the converter refuses, or whole numbers are asked of a network with a spatial transformer.
    """
    import_keras()
    if calibration is not None and any(type(layer).__name__ == SAMPLER for layer in network.layers):
        raise ModelError(
            f"The network '{network.name}' has a spatial transformer, which LiteRT's converter would turn into whole "
            "numbers too: of 256 places, too few to sample by. Take --half, or --int8 with --format onnx or openvino, "
            "where it stays in float32."
        )
    import tensorflow

    # Without the operators that only TensorFlow has: the small interpreter must do.
    target: dict[str, Any] = {"supported_ops": [tensorflow.lite.OpsSet.TFLITE_BUILTINS]}
    options: dict[str, Any] = {}
    if record.precision != "float32":
        options["optimizations"] = [tensorflow.lite.Optimize.DEFAULT]
    if record.precision == "float16":
        target["supported_types"] = [tensorflow.float16]
    if calibration is not None:
        options["representative_dataset"] = lambda: ([crop[None]] for crop in calibration)
    whole = whole_network(network, record.metadata)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            whole.export(path, format="litert", verbose=False, target_spec=target, **options)
    except (RuntimeError, ValueError, tensorflow.errors.OpError) as error:
        raise ModelError(f"The network '{network.name}' does not convert to LiteRT ({error}).") from error
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    record_beside(path).write_text(write_record(replace(record, beside_sha256=checksum)), encoding="utf-8")


def open_litert(path: Path) -> ExportedModel:
    """Open a .tflite file and the JSON beside it.

    Raises:
        ModelError: If one of them is missing, damaged or foreign, or they do not belong together.
        MissingExtraError: If LiteRT is not installed.
    """
    try:
        text, content = record_beside(path).read_text(encoding="utf-8"), path.read_bytes()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{path} cannot be used without the JSON that `roadsigns export` wrote beside it ({error}). "
            f"Keep {record_beside(path).name} with it, or export it again."
        ) from error
    record = read_record(text, record_beside(path))
    if hashlib.sha256(content).hexdigest() != record.beside_sha256:
        raise ModelError(f"{path} is not the file that {record_beside(path).name} tells of. Export it again.")
    return ExportedModel(record, _run(content, path))


def _run(content: bytes, path: Path) -> Run:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise MissingExtraError(f"Running {path} needs LiteRT. Install it: pip install 'roadsigns[export]'") from error
    try:
        interpreter = Interpreter(model_content=content, num_threads=available_cores())
        (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"{path} does not load in LiteRT ({error}). Export it again.") from error

    def run(crops: Inputs) -> npt.NDArray[np.float32]:
        interpreter.resize_tensor_input(taken["index"], crops.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(taken["index"], crops)
        interpreter.invoke()
        return np.asarray(interpreter.get_tensor(given["index"]), np.float32)

    return run
