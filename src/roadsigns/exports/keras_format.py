"""The Keras format: a .keras file that plain Keras loads and feeds with crops."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.archives.formats import DAMAGE
from roadsigns.errors import ModelError
from roadsigns.exports.export_metadata import ExportedModel, ExportMetadata, Inputs, metadata_from_json
from roadsigns.exports.keras_graph import keras_graph
from roadsigns.inference.load_network import load_network
from roadsigns.model_files.model_file import EXPORT_MEMBER
from roadsigns.onnx_writer.graph import OUTPUT, UNKNOWN_OUTPUT
from roadsigns.wording import reason

if TYPE_CHECKING:
    import keras

__all__ = ["open_keras", "write_keras"]


def write_keras(
    network: "keras.Model", metadata: ExportMetadata, path: Path, *, calibration: npt.NDArray[Any] | None = None
) -> None:
    """Save a network with scaling and temperature inside, in float32. See `write_litert`."""
    keras_graph(network, metadata.model).save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(EXPORT_MEMBER, metadata.to_json())


def open_keras(path: Path) -> ExportedModel:
    """Open a file of `write_keras`.

    Raises:
        ModelError: If it is damaged or from elsewhere.
        MissingExtraError: If Keras is not installed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(EXPORT_MEMBER).decode()
    except (*DAMAGE, KeyError) as error:
        raise ModelError(
            f"The file is damaged, or not an export of roadsigns ({reason(error)}).",
            expected=f"a .keras file with a {EXPORT_MEMBER} inside, as `roadsigns export --format keras` writes it",
            hint="Export the model of a run folder first.",
            subject=str(path),
        ) from error
    metadata = metadata_from_json(text, path)
    network = load_network(path)

    def run(crops: Inputs) -> npt.NDArray[np.float32]:
        outputs = network.predict_on_batch(crops)
        if isinstance(outputs, dict):
            outputs = np.concatenate([outputs[OUTPUT], outputs[UNKNOWN_OUTPUT]], axis=1)
        return np.asarray(outputs, np.float32)

    return ExportedModel(metadata, run)
