"""The Keras network of any model: a run folder, a .keras file, or an ONNX file, from whose weights it is rebuilt."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from roadsigns.errors import ModelError
from roadsigns.exports.onnx_format import precision_of
from roadsigns.inference.load_network import load_network
from roadsigns.keras_import import import_keras
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import RUN_MODEL, find_model, read_metadata
from roadsigns.model_files.onnx_file import read_onnx_file

if TYPE_CHECKING:
    import keras

__all__ = ["SourceModel", "load_source", "source_name"]


@dataclass(frozen=True, slots=True, eq=False)
class SourceModel:
    """A model to export or to train further.

    Attributes:
        name: Name of the run folder, the file without its suffix, or the built-in model.
        network: Maps prepared images to probabilities, float32.
        metadata: The model's metadata.
    """

    name: str
    network: "keras.Model"
    metadata: ModelMetadata


def load_source(model: str | Path) -> SourceModel:
    """Find a model and load its Keras network.

    Args:
        model: A run folder, a model file, or the name of a built-in model.

    Raises:
        ModelError: If there is no such model, it does not load, or it is in int8.
        MissingExtraError: If Keras is not installed, or onnx for an ONNX file.
    """
    path = find_model(model)
    if path.suffix != ".onnx":
        metadata = read_metadata(path)
        return SourceModel(source_name(path), _clone(load_network(path)), metadata)
    file = read_onnx_file(path)
    if precision_of(file, path)[0] == "int8":
        raise ModelError(
            "The file is in int8, and no Keras network can be rebuilt from that.",
            hint="Use the model that it was exported from: the run folder, its model.keras, or the ONNX file in "
            "float32 or float16.",
            subject=str(path),
        )
    return SourceModel(source_name(path), load_network(path), file.metadata)


def _clone(network: "keras.Model") -> "keras.Model":
    """Clone a loaded network: each layer of a loaded Sequential belongs to several graphs."""
    clone = import_keras().models.clone_model(network)
    clone.set_weights(network.get_weights())
    return clone


def source_name(path: Path) -> str:
    """Return the name of a model: of its run folder, or of its file without the suffix."""
    return path.resolve().parent.name if path.name == RUN_MODEL else path.stem
