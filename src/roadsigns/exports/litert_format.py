"""The LiteRT (TensorFlow Lite) format: a .tflite file, and a JSON file for the metadata, which it has no place for."""

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
from roadsigns.exports.export_metadata import ExportedModel, ExportMetadata, Inputs, Run, metadata_from_json
from roadsigns.exports.keras_graph import keras_graph
from roadsigns.keras_import import import_keras
from roadsigns.onnx_writer.graph import OUTPUT, UNKNOWN_OUTPUT
from roadsigns.wording import reason

if TYPE_CHECKING:
    import keras

__all__ = ["metadata_file", "open_litert", "write_litert"]

SAMPLER = "AffineSampler"


def metadata_file(path: Path) -> Path:
    """Return the path of the JSON file of a .tflite file: model.tflite.json for model.tflite."""
    return path.with_name(f"{path.name}.json")


def write_litert(
    network: "keras.Model",
    metadata: ExportMetadata,
    path: Path,
    *,
    calibration: npt.NDArray[Any] | None = None,
) -> None:
    """Convert a network with TensorFlow's converter, through Keras's own export.

    Args:
        network: In float32.
        metadata: The metadata to write. Its precision "float16" halves the weights; "int8" quantises weights and
            activations.
        path: Ends in .tflite.
        calibration: Crops to find the ranges of the activations on, where the precision is "int8".

    Raises:
        ModelError: If the conversion fails, or a network with a spatial transformer is to be in int8.
    """
    import_keras()
    if calibration is not None and any(type(layer).__name__ == SAMPLER for layer in network.layers):
        raise ModelError(
            f"The network '{network.name}' has a spatial transformer. LiteRT's converter would quantise its sampling "
            "coordinates to 256 values, which is too coarse.",
            hint="Use --half, or --int8 with --format onnx or openvino, which keep it in float32.",
        )
    import tensorflow

    # Without TensorFlow's own operators, so that the small interpreter is enough.
    target: dict[str, Any] = {"supported_ops": [tensorflow.lite.OpsSet.TFLITE_BUILTINS]}
    options: dict[str, Any] = {}
    if metadata.precision != "float32":
        options["optimizations"] = [tensorflow.lite.Optimize.DEFAULT]
    if metadata.precision == "float16":
        target["supported_types"] = [tensorflow.float16]
    if calibration is not None:
        options["representative_dataset"] = lambda: ([crop[None]] for crop in calibration)
    graph = keras_graph(network, metadata.model)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            graph.export(path, format="litert", verbose=False, target_spec=target, **options)
    except (RuntimeError, ValueError, tensorflow.errors.OpError) as error:
        raise ModelError(
            f"The network '{network.name}' cannot be converted to LiteRT ({error}).", hint="Try another format."
        ) from error
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    metadata_file(path).write_text(replace(metadata, companion_sha256=checksum).to_json(), encoding="utf-8")


def open_litert(path: Path) -> ExportedModel:
    """Open a .tflite file and its JSON file.

    Raises:
        ModelError: If one of them is missing, damaged or from elsewhere, or they do not belong together.
        MissingExtraError: If LiteRT is not installed.
    """
    try:
        text, content = metadata_file(path).read_text(encoding="utf-8"), path.read_bytes()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"The file cannot be used without the {metadata_file(path).name} that was exported with it "
            f"({reason(error)}).",
            hint="Keep the two files together, or export the model again.",
            subject=str(path),
        ) from error
    metadata = metadata_from_json(text, metadata_file(path))
    if hashlib.sha256(content).hexdigest() != metadata.companion_sha256:
        raise ModelError(
            f"The file is damaged, or not the one that {metadata_file(path).name} was written with.",
            hint="Export the model again.",
            subject=str(path),
        )
    return ExportedModel(metadata, _load(content, path))


def _load(content: bytes, path: Path) -> Run:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise MissingExtraError(
            "Running this file needs LiteRT.",
            hint="Install it: pip install 'roadsigns[export]'",
            subject=str(path),
        ) from error
    try:
        interpreter = Interpreter(model_content=content, num_threads=available_cores())
        network = interpreter.get_signature_runner()
        (taken,) = network.get_input_details()
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"The file does not load in LiteRT ({error}).", hint="Export the model again.", subject=str(path)
        ) from error

    def run(crops: Inputs) -> npt.NDArray[np.float32]:
        outputs = network(**{taken: crops})
        # One has the name that Keras gave it.
        parts = [outputs[OUTPUT], outputs[UNKNOWN_OUTPUT]] if len(outputs) > 1 else list(outputs.values())
        return np.concatenate(parts, axis=1, dtype=np.float32)

    return run
