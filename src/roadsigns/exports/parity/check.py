"""The parity check: an exported file beside its Keras network, on the images of a data folder."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from roadsigns.datasets.class_match import require_same_classes
from roadsigns.datasets.layouts.recognise import open_data
from roadsigns.datasets.reader import read_test, read_training
from roadsigns.errors import DataError, ModelError
from roadsigns.exports.export import open_export
from roadsigns.exports.load_source import SourceModel, load_source
from roadsigns.exports.openvino_format import open_openvino
from roadsigns.exports.parity.images import compare_on_samples
from roadsigns.exports.parity.metrics import Parity
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import builtin_models, read_metadata
from roadsigns.types import DataSet
from roadsigns.wording import counted

__all__ = ["Arithmetic", "ParityCheck", "check_parity"]

Arithmetic = Literal["float32", "bfloat16"]


@dataclass(frozen=True, slots=True)
class ParityCheck:
    """The result of `check_parity`.

    Attributes:
        file: The exported file.
        model: Name of the model that it was compared with.
        data: The data folder.
        parity: The comparison.
        undecodable: The errors of images that could not be decoded; they do not count.
    """

    file: Path
    model: str
    data: Path
    parity: Parity
    undecodable: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Return everything as JSON can hold it; a difference that is not finite is None."""
        metrics = {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in asdict(self.parity).items()
        }
        return {
            "file": str(self.file),
            "model": self.model,
            "data": str(self.data),
            "agrees": self.parity.agrees,
            **metrics,
            "allowed_unequal_labels": self.parity.limits.allowed(self.parity.images),
            "allowed_unequal_decisions": self.parity.limits.allowed_decisions(self.parity.images),
            "allowed_difference": self.parity.limits.difference,
            "undecodable": list(self.undecodable),
        }


def check_parity(
    file: Path, data: Path, *, model: str | Path | None = None, arithmetic: Arithmetic = "float32"
) -> ParityCheck:
    """Compare an exported file with the Keras network on every labelled image of a data folder.

    Args:
        file: An exported file.
        data: A data folder; see `roadsigns.datasets.reader`. Its test images are used if it has no others.
        model: The model that the file was exported from: a run folder, a model file or the name of a built-in model.
            [default: the built-in model with the same metadata]
        arithmetic: The precision that an OpenVINO file is computed in; "bfloat16" is what OpenVINO chooses by itself on
            CPUs that have it.

    Raises:
        ModelError: If the file is damaged or from elsewhere, was exported from another model, or is to be computed in
            bfloat16 where that is not possible.
        DataError: If there are no images, or none can be decoded, or their classes are not the model's.
        MissingExtraError: If Keras or the file's runtime is not installed.
    """
    if arithmetic == "bfloat16" and file.suffix != ".xml":
        raise ModelError(
            "Only OpenVINO computes in bfloat16.",
            expected="an OpenVINO file, which ends in .xml",
            hint="Leave out --bfloat16.",
            subject=str(file),
        )
    export = open_openvino(file, arithmetic=arithmetic) if arithmetic == "bfloat16" else open_export(file)
    source = _load_source(export.metadata.model, file, model)
    samples = _read(data, source.metadata).samples
    precision = export.metadata.precision
    # int8 stays int8; what is left in float32 is then computed in bfloat16.
    if arithmetic == "bfloat16" and precision == "float32":
        precision = "bfloat16"
    parity, problems = compare_on_samples(export, source.network, samples, precision)
    if not parity.images:
        raise DataError(
            f"None of {counted(len(samples), 'image')} could be decoded. The first: {problems[0]}", subject=str(data)
        )
    return ParityCheck(file, str(model or source.name), data, parity, tuple(problems))


def _load_source(metadata: ModelMetadata, file: Path, model: str | Path | None) -> SourceModel:
    if model is None:
        model = next((name for name, path in builtin_models().items() if read_metadata(path) == metadata), None)
    if model is None:
        raise ModelError(
            f"The file was exported from {_describe(metadata)}, which is not a built-in model.",
            hint="Name that model: --model RUN.",
            subject=str(file),
        )
    source = load_source(model)
    if source.metadata != metadata:
        raise ModelError(
            f"The file was exported from {_describe(metadata)}. The model '{model}' is {_describe(source.metadata)}, "
            "or has other classes, another preparation, another temperature or other thresholds.",
            hint="Name the model that it was exported from, or export again.",
            subject=str(file),
        )
    return source


def _describe(metadata: ModelMetadata) -> str:
    return f"network {metadata.network}, recipe {metadata.recipe}, weights {metadata.weights_sha256[:12]}"


def _read(data: Path, metadata: ModelMetadata) -> DataSet:
    found = read_test(data) if _has_only_test_images(data) else read_training(data)
    require_same_classes(
        [sign.name for sign in metadata.classes],
        [sign.name for sign in found.classes],
        us="the model",
        them=str(data),
        hint="Give images of the model's classes, in folders of the same names.",
    )
    return found


def _has_only_test_images(data: Path) -> bool:
    layout = open_data(data)
    return layout.has_test and not layout.has_training
