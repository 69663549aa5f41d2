"""An exported file beside the Keras network that it was made of, on the images of a data folder."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from roadsigns.datasets.reader import open_folder, read_test, read_training
from roadsigns.errors import DataError, ModelError
from roadsigns.exports.export import open_export
from roadsigns.exports.load_source import Source, read_source
from roadsigns.exports.openvino_format import open_openvino
from roadsigns.exports.parity.images import compare_on_samples
from roadsigns.exports.parity.metrics import Parity
from roadsigns.model_files.metadata import ModelMetadata
from roadsigns.model_files.model_file import builtin_models, read_metadata
from roadsigns.types import DataSet

__all__ = ["Arithmetic", "ParityCheck", "check_parity"]

Arithmetic = Literal["float32", "bfloat16"]


@dataclass(frozen=True, slots=True)
class ParityCheck:
    """What `check_parity` found.

    Attributes:
        file: The export.
        model: What it was compared with.
        data: The images.
        parity: The figures.
        undecodable: What is wrong with the images that did not decode; they do not count.
    """

    file: Path
    model: str
    data: Path
    parity: Parity
    undecodable: tuple[str, ...]

    def values(self) -> dict[str, Any]:
        """Everything, as what JSON can hold; a difference that is no number is null."""
        figures = asdict(self.parity)
        for name in ("largest_difference", "mean_difference"):
            figures[name] = figures[name] if math.isfinite(figures[name]) else None
        return {
            "file": str(self.file),
            "model": self.model,
            "data": str(self.data),
            "agrees": self.parity.agrees,
            **figures,
            "allowed_unequal_labels": self.parity.limits.allowed(self.parity.images),
            "allowed_difference": self.parity.limits.difference,
            "undecodable": list(self.undecodable),
        }


def check_parity(
    file: Path, data: Path, *, model: str | Path | None = None, arithmetic: Arithmetic = "float32"
) -> ParityCheck:
    """Compare an exported file with the Keras network on every labelled image of a data folder.

    Args:
        file: An export.
        data: A data folder; see `roadsigns.datasets.reader`. Its test images are taken where it has no others.
        model: What the file was exported from: a run folder, a model file or a built-in name.  [default: the built-in
            model of the same weights]
        arithmetic: What an OpenVINO file computes in; "bfloat16" is what OpenVINO chooses by itself on processors that
            have it.

    Raises:
        ModelError: If the file is damaged or foreign, or was made of another model.
        DataError: If there are no images, or none decodes, or their classes are not the model's.
        MissingExtraError: If Keras or what runs the file is not installed.
    """
    if arithmetic == "bfloat16" and file.suffix != ".xml":
        raise ModelError(f"{file} does not compute in bfloat16. Expected an OpenVINO file, which ends in .xml.")
    export = open_openvino(file, arithmetic=arithmetic) if arithmetic == "bfloat16" else open_export(file)
    source = _source(export.record.metadata, file, model)
    samples = _read(data, source.metadata).samples
    # Whole numbers stay whole; what is in floats is then computed in bfloat16.
    lowered = arithmetic == "bfloat16" and export.record.precision == "float32"
    parity, problems = compare_on_samples(
        export, source.network, samples, "bfloat16" if lowered else export.record.precision
    )
    if not parity.images:
        raise DataError(f"None of {len(samples)} images in {data} decodes. {problems[0]}")
    return ParityCheck(file, str(model or source.name), data, parity, tuple(problems))


def _source(metadata: ModelMetadata, file: Path, model: str | Path | None) -> Source:
    if model is None:
        model = next((name for name, path in builtin_models().items() if read_metadata(path) == metadata), None)
    if model is None:
        raise ModelError(
            f"{file} was made of a model that is not built in ({metadata.network}, recipe {metadata.recipe}, weights "
            f"{metadata.weights_sha256[:12]}). Say which it was: --model RUN."
        )
    source = read_source(model)
    if source.metadata != metadata:
        raise ModelError(
            f"{file} was made of weights {metadata.weights_sha256[:12]} (recipe {metadata.recipe}), and {model} has "
            f"{source.metadata.weights_sha256[:12]} (recipe {source.metadata.recipe}), or they differ in classes, "
            "preparation or temperature. Give the model that it was exported from, or export again."
        )
    return source


def _read(data: Path, metadata: ModelMetadata) -> DataSet:
    found = read_test(data) if _has_only_test_images(data) else read_training(data)
    if [sign.name for sign in found.classes] != [sign.name for sign in metadata.classes]:
        raise DataError(
            f"{data} has {len(found.classes)} classes, the model {len(metadata.classes)}, or they have other names. "
            "Give images of the model's classes, in folders of the same names."
        )
    return found


def _has_only_test_images(data: Path) -> bool:
    layout = open_folder(data)
    return layout.has_test and not layout.has_training
