"""Predictions in a CSV file, by any network."""

from pathlib import Path

from roadsigns.audit.evidence.evidence import MAKE_SOME, Evidence
from roadsigns.audit.evidence.match import match_predictions
from roadsigns.audit.evidence.predicted import Predicted, spread_rest
from roadsigns.errors import RunError
from roadsigns.evaluation.predictions_csv import read_predictions
from roadsigns.types import DataSet

__all__ = ["evidence_of_csv"]


def evidence_of_csv(path: Path, data_set: DataSet, data: Path) -> Evidence:
    """Return predictions in the format of a cross-validation's CSV files, by any network.

    Nothing tells whether the network has seen the images; only whoever made the file knows. The notes say so.

    Raises:
        RunError: If the file is broken or names classes that the data do not have.
    """
    predictions = read_predictions(path)
    num_classes = len(data_set.classes)
    if not predictions.rows:
        raise RunError("The file holds no prediction.", hint=MAKE_SOME.format(data=data), subject=str(path))
    largest = max(int(predictions.class_ids.max()), int(predictions.labels.max()))
    if largest >= num_classes:
        raise RunError(
            f"The file names class {largest}.",
            expected=f"the classes of {data}, 0 to {num_classes - 1}",
            hint=MAKE_SOME.format(data=data),
            subject=str(path),
        )
    predicted = Predicted(predictions.rows, predictions.undecodable, spread_rest(predictions, num_classes), None)
    notes = ["An audit is worth something only if the network that made these predictions has not seen the images."]
    return match_predictions(predicted, data_set, data, made_by=path.name, notes=notes, subject=path)
