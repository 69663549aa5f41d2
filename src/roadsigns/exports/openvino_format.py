"""The OpenVINO format, .xml and .bin: the graph of the ONNX file, converted by OpenVINO itself.

By `Core.read_model`, not by `convert_model`, which sends telemetry.
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
from roadsigns.exports.export_metadata import ExportedModel, ExportMetadata, Inputs, metadata_from_json
from roadsigns.exports.onnx_format import onnx_bytes
from roadsigns.inference.engines import runtimes
from roadsigns.model_files.onnx_file import METADATA_KEY
from roadsigns.wording import reason

if TYPE_CHECKING:
    import keras

__all__ = ["open_openvino", "write_openvino"]

# OpenVINO's hints by our names.
ARITHMETIC = {"float32": "f32", "bfloat16": "bf16"}


def write_openvino(
    network: "keras.Model", metadata: ExportMetadata, path: Path, *, calibration: npt.NDArray[Any] | None = None
) -> None:
    """Write a network as OpenVINO IR: `path`, and a .bin file with the weights. See `write_litert`.

    For int8, the quantised ONNX graph is converted, so that both formats have the same ranges.

    Args:
        network: In float32.
        metadata: The metadata to write, into the file's runtime information.
        path: Ends in .xml.
        calibration: See `write_litert`.

    Raises:
        ModelError: If OpenVINO cannot convert it.
        MissingExtraError: If OpenVINO or onnx is not installed.
    """
    openvino = import_openvino()
    # OpenVINO stores weights as float16 by itself, in its own way.
    half = metadata.precision == "float16"
    content = onnx_bytes(network, replace(metadata, precision="float32") if half else metadata, calibration=calibration)
    try:
        model = openvino.Core().read_model(content)
        openvino.save_model(model, path, compress_to_fp16=half)
        # A second time, with the checksum of the weights, which does not change them.
        checked = replace(metadata, companion_sha256=_checksum(path.with_suffix(".bin")))
        model.set_rt_info(checked.to_json(), [METADATA_KEY])
        openvino.save_model(model, path, compress_to_fp16=half)
    except RuntimeError as error:
        raise ModelError(
            f"The network '{network.name}' cannot be converted to OpenVINO ({error}).", hint="Try another format."
        ) from error


def open_openvino(path: Path, *, arithmetic: str = "float32") -> ExportedModel:
    """Open an .xml file and its .bin file.

    Args:
        path: The .xml file.
        arithmetic: "float32", or "bfloat16", which OpenVINO chooses by itself on CPUs that multiply it.

    Raises:
        ModelError: If one is missing, damaged or from elsewhere, or OpenVINO has no bfloat16 on this CPU.
        MissingExtraError: If OpenVINO is not installed.
    """
    metadata = metadata_from_json(_runtime_information(path), path)
    weights = path.with_suffix(".bin")
    if not weights.is_file() or _checksum(weights) != metadata.companion_sha256:
        fault = "is damaged, or was not written with it" if weights.is_file() else "is missing"
        raise ModelError(
            f"The file with the weights of {path.name} {fault}.",
            hint="Keep the two files together, or export the model again.",
            subject=str(weights),
        )
    openvino = import_openvino()
    try:
        core = openvino.Core()
        hints = {"INFERENCE_PRECISION_HINT": ARITHMETIC[arithmetic]}
        compiled = core.compile_model(core.read_model(path), "CPU", hints)
    except RuntimeError as error:
        raise ModelError(
            f"The file does not load in OpenVINO, in {arithmetic} ({error}).",
            hint="Export the model again.",
            subject=str(path),
        ) from error
    # The hint does not bind: where the CPU has no bfloat16, OpenVINO computes in float32.
    computed = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
    if arithmetic == "bfloat16" and computed != ARITHMETIC["bfloat16"]:
        raise ModelError(
            f"OpenVINO computes the file in {computed} on this CPU ({cpu_name()}), but bfloat16 was requested.",
            hint="Compare it without --bfloat16, or on a CPU with AVX-512 or AMX.",
            subject=str(path),
        )

    def run(crops: Inputs) -> npt.NDArray[np.float32]:
        return np.concatenate(compiled(crops).to_tuple(), axis=1, dtype=np.float32)

    return ExportedModel(metadata, run)


def _runtime_information(path: Path) -> str:
    """Read the metadata without OpenVINO, which would try every format it knows on a file from elsewhere."""
    try:
        element = ElementTree.parse(path).find(f"rt_info/{METADATA_KEY}")
        return "" if element is None else element.get("value", "")
    except (OSError, ElementTree.ParseError, UnicodeDecodeError) as error:
        raise ModelError(
            f"The file is damaged, or not an OpenVINO file ({reason(error)}).",
            expected="a file that `roadsigns export --format openvino` wrote",
            subject=str(path),
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
        return runtimes.import_openvino()
    except ImportError as error:
        raise MissingExtraError("This needs OpenVINO.", hint="Install it: pip install 'roadsigns[export]'") from error
