"""OpenVINO's files, .xml and .bin: the same graph as the ONNX file, converted by OpenVINO itself.

By `Core.read_model`, not by `convert_model`, which reports home.
"""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from roadsigns.cpu import cpu_name
from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.exports.export_metadata import ExportedModel, ExportRecord, Inputs, read_record, write_record
from roadsigns.exports.onnx_format import onnx_bytes
from roadsigns.model_files.onnx_file import METADATA_KEY

if TYPE_CHECKING:
    import keras

__all__ = ["open_openvino", "write_openvino"]

# OpenVINO's hints by our names.
ARITHMETIC = {"float32": "f32", "bfloat16": "bf16"}


def write_openvino(
    network: "keras.Model", record: ExportRecord, path: Path, *, calibration: npt.NDArray[Any] | None = None
) -> None:
    """Write a network as OpenVINO IR: `path` and a .bin beside it. See `write_litert`.

    Eight bits come with the ONNX graph that is converted, so that both formats have the same ranges.

    Args:
        network: In float32.
        record: What to say of it, kept in the file's runtime information.
        path: Ends in .xml.
        calibration: See `write_litert`.

    Raises:
        ModelError: If OpenVINO does not convert it.
        MissingExtraError: If OpenVINO or onnx is not installed.
    """
    openvino = import_openvino()
    # OpenVINO makes halves of the weights itself, in its own way.
    whole = replace(record, precision="float32") if record.precision == "float16" else record
    content = onnx_bytes(network, whole, calibration=calibration)
    try:
        model = openvino.Core().read_model(content)
        half = record.precision == "float16"
        openvino.save_model(model, path, compress_to_fp16=half)
        # A second time, with the checksum of the weights, which does not change them.
        beside = replace(record, beside_sha256=_checksum(path.with_suffix(".bin")))
        model.set_rt_info(write_record(beside), [METADATA_KEY])
        openvino.save_model(model, path, compress_to_fp16=half)
    except RuntimeError as error:
        raise ModelError(f"The network '{network.name}' does not convert to OpenVINO ({error}).") from error


def open_openvino(path: Path, *, arithmetic: str = "float32") -> ExportedModel:
    """Open an .xml file and the .bin beside it.

    Args:
        path: The .xml file.
        arithmetic: "float32", or "bfloat16", which OpenVINO chooses by itself on processors that multiply it.

    Raises:
        ModelError: If one is missing, damaged or foreign, or OpenVINO has no bfloat16 on this CPU.
        MissingExtraError: If OpenVINO is not installed.
    """
    record = read_record(_runtime_information(path), path)
    weights = path.with_suffix(".bin")
    if not weights.is_file() or _checksum(weights) != record.beside_sha256:
        fault = "is not the one written with it" if weights.is_file() else "is missing"
        raise ModelError(
            f"{weights} holds the weights of {path.name}, and {fault}. Keep the two together, or export them again."
        )
    openvino = import_openvino()
    try:
        core = openvino.Core()
        hints = {"INFERENCE_PRECISION_HINT": ARITHMETIC[arithmetic]}
        compiled = core.compile_model(core.read_model(path), "CPU", hints)
    except RuntimeError as error:
        raise ModelError(f"{path} does not load in OpenVINO, in {arithmetic} ({error}). Export it again.") from error
    # A hint is no order: where the CPU has no bfloat16, OpenVINO computes in float32.
    computed = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
    if arithmetic == "bfloat16" and computed != ARITHMETIC["bfloat16"]:
        raise ModelError(
            f"OpenVINO computes {path} in {computed} on this CPU ({cpu_name()}), where bfloat16 was asked for. "
            "Compare it without --bfloat16, or on a CPU with AVX-512 or AMX."
        )

    def run(crops: Inputs) -> npt.NDArray[np.float32]:
        return np.array(compiled(crops)[0], np.float32)

    return ExportedModel(record, run)


def _runtime_information(path: Path) -> str:
    """Read the record without OpenVINO, which tries foreign files as every format it knows, and complains of each."""
    try:
        element = ElementTree.parse(path).find(f"rt_info/{METADATA_KEY}")
        return "" if element is None else element.get("value", "")
    except (OSError, ElementTree.ParseError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{path} is no whole OpenVINO file ({error}). Expected one that `roadsigns export --format openvino` wrote."
        ) from error


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def import_openvino() -> Any:
    """Import OpenVINO.

    Raises:
        MissingExtraError: If it is not installed.
    """
    try:
        import openvino
    except ImportError as error:
        raise MissingExtraError("This needs OpenVINO. Install it: pip install 'roadsigns[export]'") from error
    return openvino
