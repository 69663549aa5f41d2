"""Models on disk: one file that also says what its labels mean and what it was trained on.

What is trained is a .keras file, a zip archive; ours has one member more, `roadsigns.json`, which Keras passes over. So
the file can be loaded with plain Keras, and its metadata be read without Keras. What is used is an .onnx file, see
`onnx_file.py`.
"""

import gc
import hashlib
import json
import logging
import os
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from roadsigns.errors import MissingExtraError, ModelError
from roadsigns.files import replace_when_done
from roadsigns.inference.metadata import ModelMetadata, metadata_from_values, metadata_values

if TYPE_CHECKING:
    import keras

__all__ = [
    "DEFAULT_MODEL",
    "KERAS_SUFFIX",
    "ONNX_SUFFIX",
    "ModelMetadata",
    "builtin_models",
    "copy_with_metadata",
    "find_model",
    "load_network",
    "metadata_from_values",
    "metadata_values",
    "read_metadata",
    "save_model",
    "weights_checksum",
]

METADATA_MEMBER = "roadsigns.json"
RUN_MODEL = "model.keras"
DEFAULT_MODEL = "best"
KERAS_SUFFIX, ONNX_SUFFIX = ".keras", ".onnx"


def builtin_models() -> dict[str, Path]:
    """Return the models in the package: {name: file}."""
    folder = Path(str(resources.files("roadsigns") / "builtin"))
    return {path.stem: path for path in sorted(folder.glob("*.onnx"))}


def find_model(model: str | Path) -> Path:
    """Return the file of a model given as a run folder, a model file, or the name of a built-in model.

    Raises:
        ModelError: If it is none of these.
    """
    path = Path(model)
    if path.is_dir():
        if (path / RUN_MODEL).is_file():
            return path / RUN_MODEL
        raise ModelError(
            f"The folder {path} holds no {RUN_MODEL}. Expected a run folder; train one with `roadsigns train`."
        )
    if path.is_file():
        return path
    builtin = builtin_models()
    if str(model) in builtin:
        return builtin[str(model)]
    raise ModelError(
        f"There is no model '{model}'. Expected a run folder, a .keras or .onnx file, or a built-in model: "
        f"{', '.join(builtin) or 'none in this version'}."
    )


def read_metadata(path: Path) -> ModelMetadata:
    """Read what a model file says of itself, with neither Keras nor a runtime.

    Raises:
        ModelError: If the file is not one of ours.
    """
    if path.suffix == ONNX_SUFFIX:
        from roadsigns.inference.onnx_file import read_onnx_file

        return read_onnx_file(path).metadata
    try:
        with zipfile.ZipFile(path) as archive:
            return metadata_from_values(json.loads(archive.read(METADATA_MEMBER)))
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path} is not a model of roadsigns ({error}). Expected a .keras file with a {METADATA_MEMBER} inside, "
            "as `roadsigns train` writes it."
        ) from error


def save_model(network: "keras.Model", metadata: ModelMetadata, path: Path) -> None:
    """Write a network and its metadata to one file, all or nothing. The checksum is filled in here.

    Args:
        network: In float32, not compiled.
        metadata: What to say of it.
        path: Ends in .keras.
    """
    values = metadata_values(metadata.with_checksum(weights_checksum(network)))
    with replace_when_done(path) as temporary:
        network.save(temporary)
        with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(METADATA_MEMBER, json.dumps(values, ensure_ascii=False))


def copy_with_metadata(model: Path, metadata: ModelMetadata, path: Path) -> None:
    """Copy a .keras file of ours and let it say something else of itself, all or nothing. Keras is not needed.

    Args:
        model: The file; it may be `path`.
        metadata: What to say, the checksum included.
        path: Ends in .keras.
    """
    with (
        zipfile.ZipFile(model) as before,
        replace_when_done(path) as temporary,
        zipfile.ZipFile(temporary, "w") as after,
    ):
        for member in before.infolist():
            if member.filename != METADATA_MEMBER:
                after.writestr(member, before.read(member))
        values = json.dumps(metadata_values(metadata), ensure_ascii=False)
        after.writestr(METADATA_MEMBER, values, zipfile.ZIP_DEFLATED)


def load_network(path: Path) -> "keras.Model":
    """Load the Keras network of a model file; that of an .onnx file is built anew and given its weights.

    Raises:
        MissingExtraError: If Keras is not installed, or onnx for an .onnx file.
        ModelError: If the file does not load.
    """
    keras = import_keras()
    if path.suffix == ONNX_SUFFIX:
        return _network_of_onnx(path)
    # Registers the layers that are ours.
    import roadsigns.models.contrast
    import roadsigns.models.spatial_transformer  # noqa: F401

    try:
        return keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path} does not load ({error}). Train it again or fetch it again.") from error


def _network_of_onnx(path: Path) -> "keras.Model":
    from roadsigns.inference.onnx_file import read_onnx_file
    from roadsigns.inference.onnx_graph import stored_weights
    from roadsigns.models.build import build_inference_network

    file = read_onnx_file(path)
    network = build_inference_network(
        file.metadata.network, num_classes=len(file.metadata.classes), image_size=file.metadata.image_size
    )
    network.set_weights(stored_weights(file.content, network))
    return network


def import_keras() -> Any:
    """Import Keras, quietly.

    Raises:
        MissingExtraError: If it is not installed.
    """
    if "keras" in sys.modules:
        return sys.modules["keras"]
    try:
        with _without_start_messages(), _all_to_stay():
            import keras
    except ImportError as error:
        raise MissingExtraError(
            f"This needs Keras and a back-end ({error}). Install them: pip install 'roadsigns[train]'"
        ) from error
    return keras


@contextmanager
def _all_to_stay() -> Iterator[None]:
    """Take what is made inside as there to the end of the process: no collection of garbage walks through it.

    Keras and TensorFlow are 700,000 objects. Their import then takes 2.0 seconds instead of 2.8, and the end of the
    process 0.1 instead of 1.1.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if collected:
            gc.enable()


@contextmanager
def _without_start_messages() -> Iterator[None]:
    """Drop what TensorFlow's libraries say of the CPU when they load; no setting of theirs silences all of it.

    Real trouble is an exception, and TensorFlow's errors from then on still show.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # It warns of a second model, or a last batch of another size, as of a mistake.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        # Somebody closed it: there is nothing to silence.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def weights_checksum(network: "keras.Model") -> str:
    """Return the SHA-256 of a network's weights as float32, in order."""
    digest = hashlib.sha256()
    for array in network.get_weights():
        digest.update(np.ascontiguousarray(array, np.float32).tobytes())
    return digest.hexdigest()
