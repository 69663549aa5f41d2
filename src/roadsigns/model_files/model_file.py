"""Model files: a network and its metadata in one file.

Training writes a .keras file, which is a zip archive. Ours has one more member, `roadsigns.json`, which Keras ignores:
the file loads in plain Keras, and its metadata can be read without Keras. Exports and built-in models are .onnx files,
see `onnx_file.py`.
"""

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from roadsigns.errors import ModelError
from roadsigns.files import replace_when_done
from roadsigns.model_files.builtin import DEFAULT_MODEL, alias_of, builtin_models, full_name
from roadsigns.model_files.metadata import ModelMetadata, weights_checksum
from roadsigns.wording import reason

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
    "read_metadata",
    "save_model",
]

METADATA_MEMBER = "roadsigns.json"
RUN_MODEL = "model.keras"
KERAS_SUFFIX, ONNX_SUFFIX = ".keras", ".onnx"


def find_model(model: str | Path) -> Path:
    """Return the file of a model.

    Args:
        model: A run folder, a model file, or the name or alias of a built-in model.

    Raises:
        ModelError: If it is none of these.
    """
    path = Path(model)
    if path.is_dir():
        if (path / RUN_MODEL).is_file():
            return path / RUN_MODEL
        raise ModelError(
            f"The folder contains no {RUN_MODEL}.",
            expected="a run folder",
            hint="Train a model with `roadsigns train`.",
            subject=str(path),
        )
    if path.is_file():
        return path
    builtin = builtin_models()
    name = full_name(model)
    if name in builtin:
        return builtin[name]
    names = ", ".join(f"{alias} ({name})" if (alias := alias_of(name)) else name for name in builtin)
    raise ModelError(
        f"There is no model '{model}'.",
        expected="a run folder, a .keras or .onnx file, or the name of a built-in model",
        hint=f"The built-in models are {names}." if names else "No model is built into this version.",
    )


def read_metadata(path: Path) -> ModelMetadata:
    """Read the metadata of a model file. Needs neither Keras nor a runtime.

    Raises:
        ModelError: If roadsigns did not write the file.
    """
    if path.suffix == ONNX_SUFFIX:
        from roadsigns.model_files.onnx_file import read_onnx_file

        return read_onnx_file(path).metadata
    try:
        with zipfile.ZipFile(path) as archive:
            return ModelMetadata.from_dict(json.loads(archive.read(METADATA_MEMBER)))
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"The file is not a roadsigns model ({reason(error)}).",
            expected=f"a .keras file with {METADATA_MEMBER} in it, as `roadsigns train` writes it",
            subject=str(path),
        ) from error


def save_model(network: "keras.Model", metadata: ModelMetadata, path: Path) -> None:
    """Write a network and its metadata to one file, atomically. Fills in the checksum of the weights.

    Args:
        network: In float32, not compiled.
        metadata: Its metadata.
        path: Ends in .keras.
    """
    values = metadata.with_checksum(weights_checksum(network)).as_dict()
    with replace_when_done(path) as temporary:
        network.save(temporary)
        with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(METADATA_MEMBER, json.dumps(values, ensure_ascii=False))


def copy_with_metadata(model: Path, metadata: ModelMetadata, path: Path) -> None:
    """Copy a .keras file with other metadata, atomically. Needs no Keras.

    Args:
        model: The file; it may be `path`.
        metadata: The new metadata, checksum included.
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
        values = json.dumps(metadata.as_dict(), ensure_ascii=False)
        after.writestr(METADATA_MEMBER, values, zipfile.ZIP_DEFLATED)
