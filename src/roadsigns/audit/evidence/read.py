"""The predictions that people name: the folder of a cross-validation, or a CSV file."""

from pathlib import Path

from roadsigns.audit.evidence.evidence import MAKE_SOME, Evidence
from roadsigns.audit.evidence.from_cross_validation import evidence_of_cross_validation
from roadsigns.audit.evidence.from_csv import evidence_of_csv
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.errors import RunError
from roadsigns.model_files.builtin import builtin_detectors, builtin_models, full_name
from roadsigns.types import DataSet

__all__ = ["read_evidence"]

MODEL_SUFFIXES = (".keras", ".onnx", ".tflite")


def read_evidence(predictions: Path, data_set: DataSet, data: Path) -> Evidence:
    """Read the predictions for data: the folder of a cross-validation, or a CSV file.

    Args:
        predictions: See `evidence_of_cross_validation` and `evidence_of_csv`.
        data_set: The labelled images.
        data: Where they are from, for messages.

    Raises:
        RunError: If there are none, they are broken, or they are for other data.
    """
    if _is_model(predictions):
        raise RunError(
            "This is a model, not predictions. A network that was trained on these images has learned their wrong "
            "labels too.",
            expected="predictions by networks that have not seen the images",
            hint=MAKE_SOME.format(data=data),
            subject=str(predictions),
        )
    if predictions.is_dir():
        return evidence_of_cross_validation(read_cross_validation(predictions), data_set, data)
    if predictions.name.endswith((".csv", ".csv.xz")):
        return evidence_of_csv(predictions, data_set, data)
    raise RunError(
        "These are not predictions." if predictions.exists() else "There is no such file or folder.",
        expected="the folder of a cross-validation, or a .csv file as a cross-validation writes it",
        hint=MAKE_SOME.format(data=data),
        subject=str(predictions),
    )


def _is_model(path: Path) -> bool:
    """Whether it is a model file, a run folder, or the name of a built-in model where no file is called so."""
    if path.suffix in MODEL_SUFFIXES or any((path / f"model{end}").is_file() for end in MODEL_SUFFIXES):
        return True
    return not path.exists() and full_name(path) in {*builtin_models(), *builtin_detectors()}
