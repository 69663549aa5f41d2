"""The out-of-fold predictions of a cross-validation."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.audit.evidence.evidence import MAKE_SOME, Evidence
from roadsigns.audit.evidence.match import match_predictions
from roadsigns.audit.evidence.predicted import Predicted, spread_rest
from roadsigns.cross_validation.fold_outputs import read_fold_outputs
from roadsigns.cross_validation.store import CrossValidation
from roadsigns.datasets.class_match import require_same_classes
from roadsigns.datasets.fingerprint import fingerprint
from roadsigns.errors import RunError
from roadsigns.evaluation.evaluation import name_of_data
from roadsigns.evaluation.predictions import Predictions
from roadsigns.evaluation.probabilities import probabilities_file
from roadsigns.types import DataSet, labelled_image
from roadsigns.wording import counted

__all__ = ["evidence_of_cross_validation"]


def evidence_of_cross_validation(cross: CrossValidation, data_set: DataSet, data: Path) -> Evidence:
    """Return the out-of-fold predictions of a cross-validation.

    Folds whose file of all probabilities is not there count with the five best classes of their CSV file.

    Raises:
        RunError: If no fold is finished, a file is broken, or the predictions are for other data.
    """
    record = cross.record
    require_same_classes(
        [sign.name for sign in data_set.classes],
        record.classes,
        us=str(data),
        them=str(cross.folder),
        hint=MAKE_SOME.format(data=data),
        error=RunError,
    )
    if record.source != data_set.source:
        raise RunError(
            f"These predictions are for images of {record.source}, and {data} holds images of {data_set.source}.",
            hint=MAKE_SOME.format(data=data),
            subject=str(cross.folder),
        )
    if not any(part.rows for part in cross.parts.values()):
        raise RunError(
            "No fold is finished yet.", hint="Run the command that started it again.", subject=str(cross.folder)
        )
    predicted = _join_folds(cross)
    notes = [f"{cross.partial_label}."] if cross.partial_label else []
    if record.data_sha256 != fingerprint(data_set):
        notes.append(_note_on_change(predicted, data_set))
    start = tomllib.loads(record.recipe).get("model", {}).get("init", "")
    if start:
        notes.append(
            f"The networks were fine-tuned from {start}. If that was trained on these images, wrong labels are found "
            "less."
        )
    titled = replace(record, source=name_of_data(data, record.source))
    return match_predictions(predicted, data_set, data, made_by=titled.title, notes=notes, subject=cross.folder)


def _join_folds(cross: CrossValidation) -> Predicted:
    """Join the folds that are finished. Kinds of unknown are known where every fold knows them."""
    parts = {number: part for number, part in sorted(cross.parts.items()) if part.rows}
    probabilities, unknown = zip(*(_of_fold(cross, number, part) for number, part in parts.items()), strict=True)
    known = [kinds for kinds in unknown if kinds is not None and kinds.shape[1]]
    return Predicted(
        tuple(row for part in parts.values() for row in part.rows),
        tuple(row for part in parts.values() for row in part.undecodable),
        np.concatenate(probabilities),
        np.concatenate(known) if len(known) == len(unknown) else None,
    )


def _of_fold(
    cross: CrossValidation, number: int, part: Predictions
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32] | None]:
    """Return the probabilities of all classes, as far as they are kept, and of the kinds of unknown."""
    if not probabilities_file(cross.folder, number).is_file():
        return spread_rest(part, len(cross.record.classes)), None
    outputs = read_fold_outputs(cross, number)
    return outputs.probabilities, outputs.unknown


def _note_on_change(predicted: Predicted, data_set: DataSet) -> str:
    """Return what has changed since data were predicted, as far as the names and labels of images tell."""
    labels = {row.image: row.class_id for row in (*predicted.rows, *predicted.undecodable)}
    here = {labelled_image(sample).image: sample.class_id for sample in data_set.samples}
    gone = len(labels.keys() - here.keys())
    # A class is the folder of an image: one that was moved is gone, and there is a new one.
    if gone and here.keys() <= labels.keys() and all(labels[name] == class_id for name, class_id in here.items()):
        return f"The predictions also cover {counted(gone, 'image')} that {'is' if gone == 1 else 'are'} not here."
    return "The labels or boxes have changed since these predictions were made."
