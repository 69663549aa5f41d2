"""Model files: a network and its metadata in one file.

Training writes a .keras file, which is a zip archive. Ours has one more member, `roadsigns.json`, which Keras ignores:
the file loads in plain Keras, and its metadata can be read without Keras. Exports and built-in models are .onnx files,
see `onnx_file.py`.
"""

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from roadsigns.archives.formats import DAMAGE
from roadsigns.arguments import as_text
from roadsigns.errors import ModelError
from roadsigns.files import replace_when_done
from roadsigns.model_files.builtin import DEFAULT_MODEL, alias_of, builtin_detectors, builtin_models, full_name
from roadsigns.model_files.metadata import ModelMetadata, weights_checksum
from roadsigns.wording import reason

if TYPE_CHECKING:
    import keras

__all__ = [
    "DEFAULT_MODEL",
    "KERAS_SUFFIX",
    "ONNX_SUFFIX",
    "ModelMetadata",
    "builtin_detectors",
    "builtin_models",
    "copy_with_metadata",
    "find_detector",
    "find_model",
    "read_metadata",
    "save_model",
]

METADATA_MEMBER = "roadsigns.json"
# Its place in an export to Keras: that network takes crops as bytes, and neither may pass for the other.
EXPORT_MEMBER = "roadsigns-export.json"
EXPORT_SUFFIXES = {".xml": "an OpenVINO file", ".tflite": "a LiteRT file"}
RUN_MODEL, RUN_DETECTOR = "model.keras", "detector.onnx"
KERAS_SUFFIX, ONNX_SUFFIX = ".keras", ".onnx"


def find_model(model: str | Path) -> Path:
    """Return the file of a model. That of a detector is returned too: whoever reads it says what it is.

    Args:
        model: A run folder, a model file, or the name or alias of a built-in model.

    Raises:
        ModelError: If it is none of these.
    """
    return _find(model, "model", (RUN_MODEL, RUN_DETECTOR), builtin_models(), builtin_detectors())


def find_detector(detector: str | Path) -> Path:
    """Return the file of a detector. That of a recogniser is returned too: whoever reads it says what it is.

    Args:
        detector: A run folder, an .onnx file, or the name or alias of a built-in detector.

    Raises:
        ModelError: If it is none of these.
    """
    return _find(detector, "detector", (RUN_DETECTOR, RUN_MODEL), builtin_detectors(), builtin_models())


def _find(
    model: str | Path, kind: str, run_files: tuple[str, ...], builtin: dict[str, Path], others: dict[str, Path]
) -> Path:
    """Return a file.

    Args:
        model: See above.
        kind: "model" or "detector", for errors.
        run_files: Those of a run folder, the wanted one first.
        builtin: Those of this kind.
        others: Those of another kind.
    """
    expected = f"the name of a built-in {kind}, or the path of a run folder or file"
    path = Path(as_text(model, kind, ModelError, expected=expected))
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except OSError as error:
        raise ModelError(
            f"The {kind} cannot be read: {error.strerror}.",
            hint="Check the path and its permissions.",
            subject=str(path),
        ) from error
    if is_folder:
        if found := next((path / name for name in run_files if (path / name).is_file()), None):
            return found
        raise ModelError(
            f"The folder contains no {run_files[0]}.",
            expected="a run folder",
            hint=f"Train a {kind} with `roadsigns train{' --recipe detector' if kind == 'detector' else ''}`.",
            subject=str(path),
        )
    if is_file:
        _require_lower_case(path)
        return path
    name = full_name(model)
    if name in builtin or name in others:
        return {**others, **builtin}[name]
    names = ", ".join(f"{alias} ({name})" if (alias := alias_of(name)) else name for name in builtin)
    suffixes = "an .onnx file" if kind == "detector" else "a .keras or .onnx file"
    raise ModelError(
        f"There is no {kind} '{model}'.",
        expected=f"a run folder, {suffixes}, or the name of a built-in {kind}",
        hint=f"The built-in {kind}s are {names}." if names else f"No {kind} is built into this version.",
    )


def _require_lower_case(path: Path) -> None:
    """Raise if a model file's suffix has capitals: Keras would not read it."""
    suffix = path.suffix.lower()
    if suffix in (KERAS_SUFFIX, ONNX_SUFFIX) and path.suffix != suffix:
        raise ModelError(
            f"The name of the model file ends in '{path.suffix}'.",
            expected=f"a name that ends in '{suffix}'",
            hint=f"Rename the file to {path.with_suffix(suffix).name}.",
            subject=str(path),
        )


def read_metadata(path: Path) -> ModelMetadata:
    """Read the metadata of a model file. Needs neither Keras nor a runtime.

    Raises:
        ModelError: If roadsigns did not write the file, or it is an export that only `roadsigns parity` reads.
    """
    if kind := EXPORT_SUFFIXES.get(path.suffix.lower()):
        raise _export_error(kind, path)
    if path.suffix == ONNX_SUFFIX:
        from roadsigns.model_files.onnx_file import read_onnx_file

        return read_onnx_file(path).metadata
    try:
        with zipfile.ZipFile(path) as archive:
            if EXPORT_MEMBER in archive.namelist():
                raise _export_error("an export to Keras", path)
            return ModelMetadata.from_dict(json.loads(archive.read(METADATA_MEMBER)))
    except (*DAMAGE, AttributeError, KeyError, TypeError) as error:
        raise ModelError(
            f"The file is not a roadsigns model ({reason(error)}).",
            expected=f"a .keras file with {METADATA_MEMBER} in it, as `roadsigns train` writes it",
            subject=str(path),
        ) from error


def _export_error(kind: str, path: Path) -> ModelError:
    return ModelError(
        f"This is {kind}, which only `roadsigns parity` reads.",
        expected="a run folder, a .keras file as `roadsigns train` writes it, or an .onnx file",
        hint="Give the model that it was exported from, or an export of that with --format onnx.",
        subject=str(path),
    )


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
