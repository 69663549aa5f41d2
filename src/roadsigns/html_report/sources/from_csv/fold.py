"""The predictions of a fold, as `roadsigns cross-validate` writes them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from roadsigns.cross_validation.metrics import log_loss_lower_bound
from roadsigns.cross_validation.record import read_record
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.errors import DataError, RunError
from roadsigns.evaluation.compute_metrics import metrics_from_classes
from roadsigns.evaluation.predictions import Predictions
from roadsigns.evaluation.predictions_csv import read_predictions
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.sources.classes import spec_named
from roadsigns.html_report.sources.find_images import FoundImages, find_images, read_all
from roadsigns.html_report.sources.from_csv.about import about_csv
from roadsigns.html_report.sources.from_csv.values import MAX_CLASSES, SUM_TOLERANCE

__all__ = ["read_fold"]


def read_fold(path: Path, data: Path | None, classes: Sequence[str] | None) -> ReportInput:
    """Read a fold, beside whose file stands the record with the classes. See `read_csv`."""
    predictions = _read_predictions(path)
    try:
        record = read_record(path.parent)
    except RunError as error:
        raise DataError(error.problem, expected=error.expected, hint=error.hint, subject=error.subject) from error
    if not predictions.rows:
        raise DataError("The file holds no predictions.", subject=str(path))
    names = classes or (record.classes if record else None)
    read = read_all(data) if data else None
    if names is None and read is not None:
        names = [sign.name for sign in read[0].classes]
    highest = max(*(row.class_id for row in predictions.rows), int(predictions.class_ids.max()))
    if names is None and highest >= MAX_CLASSES:
        raise _too_large(path)
    names = [f"class {number}" for number in range(highest + 1)] if names is None else list(names)
    if highest >= len(names):
        raise DataError(
            f"There are names for {len(names)} classes, and an image of class {highest}.",
            expected="a name for each class, from class 0",
            hint="Give the names of these classes with --classes.",
            subject=str(path),
        )
    _require_probabilities(predictions, len(names), path)
    spec = spec_named(names)
    found = find_images(predictions.rows, data, spec, read=read) if data else None
    return _input_of(predictions, path, data, spec, found=found, recorded=record.source if record else "")


def _read_predictions(path: Path) -> Predictions:
    try:
        return read_predictions(path)
    except RunError as error:
        hint = "Name another file; docs/how-to/report.md describes the columns that can be read."
        raise DataError(error.problem, expected=error.expected, hint=hint, subject=str(path)) from error


def _require_probabilities(predictions: Predictions, num_classes: int, path: Path) -> None:
    """Refuse a best class without a probability, and probabilities of all classes that do not add up to 1."""
    sums = predictions.probabilities.sum(axis=1)
    bad = predictions.probabilities[:, 0] == 0
    if predictions.class_ids.shape[1] == num_classes:
        bad |= np.abs(sums - 1) > SUM_TOLERANCE
    if bad.any():
        first = int(bad.argmax())
        raise DataError(
            f"The probabilities of '{predictions.rows[first].image}' add up to {sums[first]:.4g}.",
            expected="probabilities, which add up to 1 over all classes",
            hint="Write the outputs of softmax.",
            subject=str(path),
        )


def _too_large(path: Path) -> DataError:
    return DataError(
        "A class number is too large.",
        expected=f"class numbers from 0 to {MAX_CLASSES - 1:,}",
        hint="Number the classes from 0, or name them in label order with --classes.",
        subject=str(path),
    )


def _input_of(
    predictions: Predictions,
    path: Path,
    data: Path | None,
    spec: DatasetSpec,
    *,
    found: FoundImages | None,
    recorded: str,
) -> ReportInput:
    source = found.source if found else recorded
    return ReportInput(
        about=about_csv(path, data, spec, found=found, images=len(predictions.rows)),
        rows=predictions.rows,
        class_ids=predictions.class_ids,
        top_probabilities=predictions.probabilities,
        metrics=metrics_from_classes(
            predictions.class_ids[:, 0],
            predictions.labels,
            num_classes=len(spec.classes),
            log_loss=log_loss_lower_bound(predictions)[0],
            tracks=[row.track_key for row in predictions.rows],
            subsets=spec.subsets,
        ),
        source=source,
        official_test=bool(found and found.official_test),
        samples=found.samples if found else None,
        images=found.images if found else None,
        undecodable=tuple(row.image for row in predictions.undecodable),
    )
