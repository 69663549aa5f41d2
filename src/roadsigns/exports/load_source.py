"""The Keras network of any model: of a run folder, a .keras file, or rebuilt from an ONNX file's weights."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from roadsigns.errors import ModelError
from roadsigns.exports.export_metadata import EXPORT_KEY
from roadsigns.inference.load_network import load_network
from roadsigns.keras_import import import_keras
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import RUN_MODEL, find_model, read_metadata
from roadsigns.model_files.onnx_file import read_onnx_file

if TYPE_CHECKING:
    import keras

__all__ = ["Source", "read_source"]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A model to export.

    Attributes:
        name: Of the run folder, the file, or the built-in model.
        network: Maps prepared images to probabilities, float32.
        metadata: What its file says of it.
    """

    name: str
    network: "keras.Model"
    metadata: ModelMetadata


def read_source(model: str | Path) -> Source:
    """Find a model and load its Keras network.

    Raises:
        ModelError: If there is no such model, or it does not load.
        MissingExtraError: If Keras is not installed.
    """
    path = find_model(model)
    if path.suffix != ".onnx":
        metadata = read_metadata(path)
        return Source(_name(path), _afresh(load_network(path)), metadata)
    file = read_onnx_file(path)
    if EXPORT_KEY in file.properties and json.loads(file.properties[EXPORT_KEY]).get("precision") == "int8":
        raise ModelError(
            f"{path} holds whole numbers of eight bits, of which no Keras network can be rebuilt. Export the model "
            "that it was made of: the run folder, its model.keras, or the ONNX file in float32 or float16."
        )
    return Source(_name(path), load_network(path), file.metadata)


def _afresh(network: "keras.Model") -> "keras.Model":
    """Clone a loaded network: each layer of a loaded Sequential is part of as many graphs as it has layers."""
    clone = import_keras().models.clone_model(network)
    clone.set_weights(network.get_weights())
    return clone


def _name(path: Path) -> str:
    return path.resolve().parent.name if path.name == RUN_MODEL else path.stem
