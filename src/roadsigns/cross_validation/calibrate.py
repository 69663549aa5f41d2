"""Calibrates a model: fits temperature and conformal quantiles on a cross-validation of its recipe, and stores them."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from roadsigns.cross_validation.conformal import ConformalSets, measure_sets
from roadsigns.cross_validation.known_score import KnownScores, measure_thresholds
from roadsigns.cross_validation.record import CrossRecord
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.cross_validation.temperature import Temperature, measure_temperature
from roadsigns.datasets.class_match import require_same_classes
from roadsigns.errors import ModelError, OutputError, RecipeError, RunError
from roadsigns.exports.export import export_model
from roadsigns.exports.onnx_format import onnx_precision
from roadsigns.files import check_output_file, output_errors
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
from roadsigns.wording import some

__all__ = ["Calibrated", "calibrate"]

# Recipe keys that do not change how confident a model is: a cross-validation has its own split, precision and
# determinism only change the arithmetic, and epochs without validation are for models that keep the last one.
IGNORED_KEYS = (
    "data.split",
    "data.validation_fraction",
    "training.precision",
    "training.deterministic",
    "training.validate_every_epochs",
)
DIFFERENCE = "{key} is {own!r} in the model and {asked!r} in the cross-validation"


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A model with its temperature, its prediction sets and its thresholds.

    Attributes:
        path: The file of the model.
        temperature: The temperature, and the calibration with and without it.
        sets: The quantiles of the prediction sets, and how often these hold the truth.
        known: The thresholds of its known score, and how many known signs they keep; None where the model has no kinds
            of unknown.
        other_recipe: How the model's recipe differs from the cross-validation's, where that was allowed.
    """

    path: Path
    temperature: Temperature
    sets: ConformalSets
    known: KnownScores | None
    other_recipe: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Return everything as JSON holds it."""
        return {
            "out": str(self.path),
            **self.temperature.as_dict(),
            "sets": self.sets.as_dict(),
            "known": self.known and self.known.as_dict(),
            "other_recipe": list(self.other_recipe),
        }


def calibrate(
    model: str | Path,
    on: Path,
    *,
    out: Path | None = None,
    levels: Sequence[float] | None = None,
    allow_other_recipe: bool = False,
) -> Calibrated:
    """Fit a temperature and the quantiles of prediction sets, and store them with a model in place of any it has.

    Args:
        model: A run folder, a model file, or the name of a built-in model.
        on: The folder of a cross-validation, see `roadsigns.cross_validation.store`.
        out: The file to write, of the model's format. None replaces the run's own model.
        levels: Of the prediction sets. None for 0.99 and 0.999, as far as the cross-validation supports them.
        allow_other_recipe: Take a cross-validation of another recipe or of other data.

    Raises:
        ModelError: If the model cannot be used.
        OutputError: If it cannot be written there.
        RunError: If the cross-validation cannot be used, or does not support one of the `levels`.
        RecipeError: If it is of another recipe, unless that is allowed.
        MissingExtraError: If an .onnx file is to be written, and Keras or onnx is not installed.
    """
    file = find_model(model)
    metadata = read_metadata(file)
    path = _require_place(Path(model), file, out)
    cross = read_cross_validation(on)
    require_same_classes(
        [sign.name for sign in metadata.classes],
        cross.record.classes,
        us=str(model),
        them=str(on),
        hint="Give a cross-validation on the model's classes.",
        error=ModelError,
    )
    differences = _differences(model, file, metadata, cross.record)
    if differences and not allow_other_recipe:
        raise RecipeError(
            f"This cross-validation is not of the recipe of {model}: {some(differences)}.",
            expected="a cross-validation of the model's own recipe",
            hint="If both recipes give equally confident models, add --allow-other-recipe.",
            subject=str(on),
        )
    temperature = measure_temperature(cross)
    sets = measure_sets(temperature, levels)
    known = measure_thresholds(temperature) if metadata.unknown_kinds else None
    if known is None and metadata.known_thresholds:
        raise RunError(
            "This cross-validation gives no thresholds of the known score, and those that the model has would be lost: "
            "they do not hold at another temperature.",
            expected="a cross-validation with negatives, as in the model's own training, on enough signs",
            subject=str(on),
        )
    calibrated = replace(
        metadata,
        temperature=temperature.value,
        conformal=sets.quantiles,
        known_thresholds=known.thresholds if known else None,
    )
    _write(file, calibrated, path)
    return Calibrated(path, temperature, sets, known, tuple(differences))


def _require_place(model: Path, file: Path, out: Path | None) -> Path:
    """Return the file to write."""
    if file.suffix not in (KERAS_SUFFIX, ONNX_SUFFIX):
        raise ModelError(
            "Models of this format cannot be calibrated.",
            expected="a run folder, a .keras or an .onnx file",
            subject=str(model),
        )
    if out is None and not model.is_dir():
        raise OutputError(
            "The model is not in a run folder, so it is not replaced.",
            hint=f"Name a file to write: --out NAME{file.suffix}.",
            subject=str(model),
        )
    path = file if out is None else out / file.name if out.is_dir() and out.resolve() == model.resolve() else out
    if path.suffix != file.suffix or not path.parent.is_dir():
        name = f"NAME{file.suffix}" if path.is_dir() else path.with_suffix(file.suffix).name
        raise OutputError(
            "The model cannot be written there.",
            expected=f"a file name that ends in {file.suffix}, as {file.name} does, in a folder that exists",
            hint=f"Give --out {name}; `roadsigns export` writes other formats.",
            subject=str(path),
        )
    if path.resolve() in {builtin.resolve() for builtin in builtin_models().values()}:
        raise OutputError("A built-in model is never changed.", hint="Name another file with --out.", subject=str(path))
    run = RunFolder(path.parent)
    # A file outside a run folder has no recipe beside it.
    if path.resolve() == run.model.resolve() and run.recipe.is_file() and not run.is_complete:
        raise ModelError(
            "The run is not complete, and its training would overwrite the calibrated model.",
            hint="Finish it with --resume first, or name another file with --out.",
            subject=str(model),
        )
    check_output_file(path)
    return path


def _differences(model: str | Path, file: Path, metadata: ModelMetadata, record: CrossRecord) -> list[str]:
    """Describe how the model's recipe and data differ from those of the cross-validation."""
    wanted = parse_recipe(record.recipe, name="the cross-validation's recipe")
    run = RunFolder(file.parent)
    differences = []
    if file == run.model and (run.path / "recipe.toml").is_file():
        own = run.read_recipe()
        # Each fold has a teacher that has not seen its images, so the model's own must be another.
        taught = bool(own.distillation.teacher and wanted.distillation.teacher)
        ignored = (*IGNORED_KEYS, "distillation.teacher") if taught else IGNORED_KEYS
        differences += [text for text in recipe_differences(own, wanted, DIFFERENCE) if not text.startswith(ignored)]
        environment = run.path / "environment.json"
        if environment.is_file():
            data = run.read_json(environment.name).get("data")
            checksum = data.get("sha256") if isinstance(data, dict) else None
            if checksum is None:
                differences.append("the run does not say which data it was trained on")
            elif checksum != record.data_sha256:
                differences.append("the data differ")
    else:
        differences += _differences_of_file(metadata, record, wanted)
        warnings.warn(
            f"{model} is not in a run folder, so only the parts of its recipe that the file records were compared: "
            "name, network, preparation, epochs and source.",
            stacklevel=3,
        )
    if metadata.source != record.source:
        differences.append(DIFFERENCE.format(key="source", own=metadata.source, asked=record.source))
    return differences


def _differences_of_file(metadata: ModelMetadata, record: CrossRecord, wanted: Recipe) -> list[str]:
    own: dict[str, Any] = {
        "recipe": metadata.recipe,
        "model.name": metadata.network,
        "model.width": metadata.width,
        "data.preparation": metadata.preparation,
        "data.image_size": metadata.image_size,
        "data.margin": metadata.margin,
    }
    other: dict[str, Any] = {
        "recipe": record.recipe_name,
        "model.name": wanted.model.name,
        "model.width": wanted.model.width,
        "data.preparation": wanted.data.preparation,
        "data.image_size": wanted.data.image_size,
        "data.margin": wanted.data.margin,
    }
    if wanted.training.keep == "last":
        own["training.epochs"], other["training.epochs"] = metadata.epoch, wanted.training.epochs
    return [DIFFERENCE.format(key=key, own=own[key], asked=other[key]) for key in own if own[key] != other[key]]


def _write(file: Path, calibrated: ModelMetadata, path: Path) -> None:
    if file.suffix == ONNX_SUFFIX:
        # The temperature is part of the graph, so the file is exported and checked again.
        precision = onnx_precision(file)
        # No network can be rebuilt from int8 weights, and the export says so, whatever precision it is asked for.
        precision = "float32" if precision == "int8" else precision
        export_model(file, "onnx", precision=precision, out=path, calibrated=calibrated)
        return
    with output_errors(path, "Free some space, or name another place with --out."):
        copy_with_metadata(file, calibrated, path)
