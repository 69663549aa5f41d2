"""A temperature into a model: fitted on a cross-validation of the model's own recipe, written with the model."""

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from roadsigns.cross_validation.store import CrossRecord, read_cross_validation
from roadsigns.cross_validation.temperature import Temperature, measure_temperature
from roadsigns.errors import ModelError, RecipeError
from roadsigns.exports.export import export_model
from roadsigns.exports.onnx_format import onnx_precision
from roadsigns.model_files.model_file import (
    KERAS_SUFFIX,
    ONNX_SUFFIX,
    ModelMetadata,
    builtin_models,
    copy_with_metadata,
    find_model,
    read_metadata,
)
from roadsigns.recipe import Recipe, parse_recipe
from roadsigns.training.api import recipe_differences
from roadsigns.training.run_folder import RunFolder

__all__ = ["Calibrated", "calibrate"]

# What decides neither the weights nor how sure they are: a cross-validation has its own split, and arithmetic is free.
IGNORED_KEYS = (
    "data.split",
    "data.validation_fraction",
    "training.precision",
    "training.deterministic",
)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A model with its temperature.

    Attributes:
        path: The file it was written to.
        temperature: What was fitted, and its figures.
        other_recipe: How the model's recipe differs from the cross-validation's, where that was allowed.
    """

    path: Path
    temperature: Temperature
    other_recipe: tuple[str, ...]


def calibrate(model: str | Path, on: Path, *, out: Path | None = None, allow_other_recipe: bool = False) -> Calibrated:
    """Fit a temperature and store it with a model; another one that the model has is replaced.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        on: The folder of a cross-validation, see `roadsigns.cross_validation.store`.
        out: The file to write, of the model's format. None writes the run's own model anew.
        allow_other_recipe: Take a cross-validation of another recipe or of other data.

    Raises:
        ModelError: If the model cannot be used, or not be written there.
        RunError: If the cross-validation cannot be used.
        RecipeError: If it is one of another recipe, unless that is allowed.
        MissingExtraError: If an .onnx file is to be written, and Keras or onnx is not installed.
    """
    file = find_model(model)
    metadata = read_metadata(file)
    path = _require_place(Path(model), file, out)
    cross = read_cross_validation(on)
    _require_classes(file, metadata, cross.record, on)
    differences = _differences(file, metadata, cross.record)
    if differences and not allow_other_recipe:
        raise RecipeError(
            f"{on} is a cross-validation of another recipe than {model}: {'; '.join(differences)}. Give one of the "
            "model's own recipe; if the models are as sure of themselves all the same, add --allow-other-recipe."
        )
    temperature = measure_temperature(cross)
    _write(file, metadata, temperature.value, path)
    return Calibrated(path, temperature, tuple(differences))


def _require_place(model: Path, file: Path, out: Path | None) -> Path:
    """Where to write."""
    if file.suffix not in (KERAS_SUFFIX, ONNX_SUFFIX):
        raise ModelError(f"{file} takes no temperature. Expected a run folder, a .keras or an .onnx file.")
    if out is None and not model.is_dir():
        raise ModelError(f"Say where the model with its temperature is to be written: --out NAME{file.suffix}.")
    path = file if out is None else out / file.name if out.is_dir() and out.resolve() == model.resolve() else out
    if path.suffix != file.suffix or not path.parent.is_dir():
        raise ModelError(
            f"{path} cannot be written. Expected a file name in {file.suffix}, as {file} has it, in a folder that "
            f"exists: --out {path.with_suffix(file.suffix).name}. `roadsigns export` writes other formats."
        )
    if path.resolve() in {builtin.resolve() for builtin in builtin_models().values()}:
        raise ModelError(f"{path} is built in and stays as it is. Name another file with --out.")
    run = RunFolder(file.parent)
    if out is None and not run.is_complete:
        raise ModelError(
            f"The run {model} is not complete, and its training would write the model without a temperature. Go on "
            "with --resume first, or name another file with --out."
        )
    return path


def _require_classes(file: Path, metadata: ModelMetadata, record: CrossRecord, on: Path) -> None:
    names = tuple(sign.name for sign in metadata.classes)
    if names != record.classes:
        raise ModelError(
            f"{file} knows {len(names)} classes, {on} is of {len(record.classes)}, and they are not the same in the "
            "same order. Give a cross-validation on the model's classes."
        )


def _differences(file: Path, metadata: ModelMetadata, record: CrossRecord) -> list[str]:
    """How the model was made otherwise than those of the cross-validation."""
    wanted = parse_recipe(record.recipe, name="the cross-validation's recipe")
    run = RunFolder(file.parent)
    differences = []
    if file == run.model and (run.path / "recipe.toml").is_file():
        differences += [
            text for text in recipe_differences(run.read_recipe(), wanted) if not text.startswith(IGNORED_KEYS)
        ]
        environment = run.path / "environment.json"
        if environment.is_file() and run.read_json(environment.name)["data"]["sha256"] != record.data_sha256:
            differences.append("its data are other ones")
    else:
        differences += _differences_of_file(metadata, record, wanted)
        warnings.warn(
            f"{file} lies in no run folder, so of its recipe only what the file says was compared: name, network, "
            "preparation, epochs, source.",
            stacklevel=3,
        )
    if metadata.source != record.source:
        differences.append(f"its source is {metadata.source} and {record.source} here")
    return differences


def _differences_of_file(metadata: ModelMetadata, record: CrossRecord, wanted: Recipe) -> list[str]:
    own: dict[str, Any] = {
        "recipe": metadata.recipe,
        "model.name": metadata.network,
        "data.preparation": metadata.preparation,
        "data.image_size": metadata.image_size,
        "data.margin": metadata.margin,
    }
    other: dict[str, Any] = {
        "recipe": record.recipe_name,
        "model.name": wanted.model.name,
        "data.preparation": wanted.data.preparation,
        "data.image_size": wanted.data.image_size,
        "data.margin": wanted.data.margin,
    }
    if wanted.training.keep == "last":
        own["training.epochs"], other["training.epochs"] = metadata.epoch, wanted.training.epochs
    return [f"{key} is {own[key]!r} in it and {other[key]!r} here" for key in own if own[key] != other[key]]


def _write(file: Path, metadata: ModelMetadata, temperature: float, path: Path) -> None:
    if file.suffix == ONNX_SUFFIX:
        # The temperature is in the graph, which is written anew and proven.
        precision = onnx_precision(file)
        # Of whole numbers no network can be rebuilt, and the export says so, whatever it is asked for.
        export_model(
            file, "onnx", precision="float32" if precision == "int8" else precision, out=path, temperature=temperature
        )
        return
    try:
        copy_with_metadata(file, replace(metadata, temperature=temperature), path)
    except OSError as error:
        raise ModelError(f"{path} cannot be written ({error}). Free some space, or name another place.") from error
