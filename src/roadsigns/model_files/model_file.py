"""Models on disk: one file that also says what its labels mean and what it was trained on.

What is trained is a .keras file, a zip archive; ours has one member more, `roadsigns.json`, which Keras passes over. So
the file can be loaded with plain Keras, and its metadata be read without Keras. What is used is an .onnx file, see
`onnx_file.py`.
"""

import json
import zipfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from roadsigns.errors import ModelError
from roadsigns.files import replace_when_done
from roadsigns.model_files.metadata import ModelMetadata, metadata_from_values, metadata_values, weights_checksum

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
    "metadata_from_values",
    "metadata_values",
    "read_metadata",
    "save_model",
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
        from roadsigns.model_files.onnx_file import read_onnx_file

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
