"""The Keras file of a whole network: plain Keras loads it and feeds it crops."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.errors import ModelError
from roadsigns.exports.export_metadata import ExportedModel, ExportRecord, Inputs, read_record, write_record
from roadsigns.exports.keras_graph import whole_network
from roadsigns.inference.load_network import load_network

if TYPE_CHECKING:
    import keras

__all__ = ["open_keras", "write_keras"]

# Another name than a run's model has: that one's network takes prepared images, and neither may pass for the other.
MEMBER = "roadsigns-export.json"


def write_keras(
    network: "keras.Model", record: ExportRecord, path: Path, *, calibration: npt.NDArray[Any] | None = None
) -> None:
    """Save a network with scaling and temperature inside, float32. See `write_litert`."""
    whole_network(network, record.metadata).save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MEMBER, write_record(record))


def open_keras(path: Path) -> ExportedModel:
    """Open what `write_keras` wrote.

    Raises:
        ModelError: If it is damaged or foreign.
        MissingExtraError: If Keras is not installed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(MEMBER).decode()
    except (OSError, zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{path} is no export of roadsigns ({error}). Expected a .keras file with a {MEMBER} inside, as "
            "`roadsigns export --format keras` writes it; a run's model is exported first."
        ) from error
    record = read_record(text, path)
    network = load_network(path)

    def run(crops: Inputs) -> npt.NDArray[np.float32]:
        return np.asarray(network.predict_on_batch(crops), np.float32)

    return ExportedModel(record, run)
