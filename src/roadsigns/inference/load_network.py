"""The Keras network of a model file."""

import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from roadsigns.errors import ModelError
from roadsigns.inference.forks import require_own_process
from roadsigns.keras_import import import_keras
from roadsigns.model_files.model_file import ONNX_SUFFIX
from roadsigns.model_files.onnx_file import read_onnx_file
from roadsigns.user_functions import is_reference

if TYPE_CHECKING:
    import keras

__all__ = ["load_network"]

# What Keras says of a class that no imported module has registered.
UNKNOWN_LAYER = re.compile(r"Could not locate class '([^']+)'")

# The process that loaded the first network, and with it the back-end's threads.
_loaded_in: int | None = None


def load_network(path: Path) -> "keras.Model":
    """Load the Keras network of a model file; that of an .onnx file is rebuilt and given the file's weights.

    Raises:
        MissingExtraError: If Keras is not installed, or onnx for an .onnx file.
        ModelError: If the file does not load, or this process was forked from one that loaded a network.
    """
    global _loaded_in  # noqa: PLW0603 - once in a process
    keras = import_keras()
    _loaded_in = _loaded_in or os.getpid()
    require_own_process(_loaded_in, "Keras")
    if path.suffix == ONNX_SUFFIX:
        return _rebuild_from_onnx(path)
    # Registers the custom layers.
    import roadsigns.models.contrast
    import roadsigns.models.spatial_transformer  # noqa: F401

    try:
        return keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        if unknown := UNKNOWN_LAYER.search(str(error)):
            raise ModelError(
                f"The network has a layer of its own, {unknown[1]}, and a model file's code is never imported.",
                hint="In Python, import the module that defines it, then load the model.",
                subject=str(path),
            ) from error
        raise ModelError(
            f"The model does not load ({error}).", hint="Train it or download it again.", subject=str(path)
        ) from error


def _rebuild_from_onnx(path: Path) -> "keras.Model":
    from roadsigns.models.build import build_inference_network
    from roadsigns.onnx_writer.read_weights import stored_weights

    file = read_onnx_file(path)
    if is_reference(file.metadata.network):
        raise ModelError(
            f"The network is none of roadsigns' own but '{file.metadata.network}', and a model file's code is never "
            "imported, so the file only predicts.",
            hint="To train, export or run it in Keras, give the run folder or .keras file that it was exported from.",
            subject=str(path),
        )
    network = build_inference_network(
        file.metadata.network,
        num_classes=file.metadata.outputs,
        image_size=file.metadata.image_size,
        width=file.metadata.width,
    )
    network.set_weights(stored_weights(file.content, network))
    return network
