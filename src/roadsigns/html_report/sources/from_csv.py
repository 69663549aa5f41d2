"""A report's input from a CSV file of predictions: anybody's model. The columns are described in `csv_columns`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.cross_validation.metrics import log_loss_lower_bound
from roadsigns.cross_validation.record import read_record
from roadsigns.datasets.registry import OWN_SOURCE
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.errors import DataError, RunError
from roadsigns.evaluation.compute_metrics import compute_metrics, metrics_from_classes
from roadsigns.evaluation.evaluation import name_of_data
from roadsigns.evaluation.predictions import Predictions, top_of
from roadsigns.evaluation.predictions_csv import read_predictions
from roadsigns.html_report.report import About
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.sources.classes import spec_named
from roadsigns.html_report.sources.csv_columns import ForeignPredictions, is_own_format, read_foreign
from roadsigns.html_report.sources.csv_values import MOST_CLASSES, SUM_TOLERANCE
from roadsigns.html_report.sources.find_images import FoundImages, ReadData, find_images, read_all, samples_by_name
from roadsigns.types import LabelledImage, Sample, labelled_image
from roadsigns.wording import some

__all__ = ["read_csv"]

HELP = "docs/how-to/report.md describes the columns that can be read."


def read_csv(path: Path, *, data: Path | None = None, classes: Sequence[str] | None = None) -> ReportInput:
    """Read predictions.

    Args:
        path: A CSV file: what `roadsigns cross-validate` writes for a fold, or the columns of `csv_columns`.
        data: The data folder with its images, and their labels if the file has none; None for neither.
        classes: Names in label order; None takes those of the data, or those that the file names.

    Raises:
        DataError: If the file cannot be read, has no images, or does not fit the data or the classes.
    """
    if is_own_format(path):
        return _own(path, data, classes)
    # Once: reading says on standard error what is there, and takes a while.
    read = read_all(data) if data else None
    if classes is None and read is not None:
        classes = [sign.name for sign in read[0].classes]
    predictions = read_foreign(path, classes=classes)
    rows = _rows(predictions, path, data, read)
    found = find_images(rows, data, spec_named(predictions.classes), read=read) if data else None
    if found:
        rows = tuple(map(_as_in_data, rows, found.images.samples))
    made = _foreign_input(predictions, rows, path, data, found)
    return made if classes else _with_note_on_names(made, predictions)


def _as_in_data(row: LabelledImage, sample: Sample | None) -> LabelledImage:
    """Return the image by its name in the data, so that it is known again, and with its track."""
    if sample is None:
        return row
    return row._replace(image=labelled_image(sample).image, track=row.track or sample.track)


def _with_note_on_names(made: ReportInput, predictions: ForeignPredictions) -> ReportInput:
    """Add a warning of classes that no image shows: their names may be misspelled."""
    true = {row.class_id for row in made.rows}
    only = [predictions.classes[number] for number in sorted(set(predictions.predicted.tolist()) - true)]
    if not only:
        return made
    note = f"No image shows {some(only, most=3)}; if a name is misspelled, name the classes with --classes."
    return replace(made, about=replace(made.about, warnings=(*made.about.warnings, note)))


def _rows(
    predictions: ForeignPredictions, path: Path, data: Path | None, read: ReadData | None
) -> tuple[LabelledImage, ...]:
    """Return the images with their labels, which the data have where the file has none."""
    if predictions.truths is not None:
        columns = (predictions.images, predictions.truths, predictions.tracks)
        return tuple(LabelledImage(*values) for values in zip(*columns, strict=True))
    if data is None or read is None:
        raise DataError(
            "There is no column 'truth', so nothing says which predictions are right.",
            expected="a column 'truth' with the class of each image",
            hint="Add it, or give the data folder with the labels: --data DIR.",
            subject=str(path),
        )
    by_name = samples_by_name(read[0].samples, data)
    unlabelled = [image for image in predictions.images if image not in by_name]
    if unlabelled:
        raise DataError(
            f"{len(unlabelled):,} of {len(predictions.images):,} predicted images are not there, such as "
            f"'{unlabelled[0]}', and the file has no column 'truth'.",
            expected="the data folder that was predicted",
            hint="Name the images by their path in it, or by folder and file; or add a column 'truth'.",
            subject=str(data),
        )
    samples = [by_name[image] for image in predictions.images]
    return tuple(
        LabelledImage(image, sample.class_id, track or sample.track)
        for image, sample, track in zip(predictions.images, samples, predictions.tracks, strict=True)
    )


def _foreign_input(
    predictions: ForeignPredictions,
    rows: tuple[LabelledImage, ...],
    path: Path,
    data: Path | None,
    found: FoundImages | None,
) -> ReportInput:
    spec = spec_named(predictions.classes)
    top: npt.NDArray[np.float64] | None
    labels = np.array([row.class_id for row in rows], np.int32)
    tracks = [row.track_key for row in rows]
    if predictions.probabilities is not None:
        class_ids, top = top_of(predictions.probabilities)
        metrics = compute_metrics(predictions.probabilities, labels, tracks=tracks, subsets=spec.subsets)
    else:
        class_ids = predictions.predicted[:, None]
        top = None if predictions.confidence is None else predictions.confidence[:, None]
        metrics = metrics_from_classes(
            predictions.predicted,
            labels,
            num_classes=len(spec.classes),
            log_loss=float("nan"),
            tracks=tracks,
            subsets=spec.subsets,
        )
    return ReportInput(
        about=_about(path, data, spec, found=found, images=len(rows)),
        rows=rows,
        class_ids=class_ids,
        top_probabilities=top,
        metrics=metrics,
        source=found.source if found else "",
        official_test=bool(found and found.official_test),
        probabilities=predictions.probabilities,
        samples=found.samples if found else None,
        images=found.images if found else None,
    )


def _about(path: Path, data: Path | None, spec: DatasetSpec, *, found: FoundImages | None, images: int) -> About:
    return About(
        subject="classifier",
        model=path.name.removesuffix(".xz").removesuffix(".csv"),
        data=_name_of_data(data, spec, found),
        split="test images" if found and found.official_test else "",
        warnings=found.warnings if found else (),
        facts=(
            ("Predictions", str(path)),
            ("Data", str(data) if data else "not given: names only"),
            ("Images", f"{images:,}"),
            ("Classes", f"{len(spec.classes)}"),
        ),
        spec=spec,
    )


def _name_of_data(data: Path | None, spec: DatasetSpec, found: FoundImages | None) -> str:
    if data and found:
        return name_of_data(data, found.source)
    return f"images of {spec.name}'s classes" if spec.name != OWN_SOURCE else ""


def _own(path: Path, data: Path | None, classes: Sequence[str] | None) -> ReportInput:
    """Read what `roadsigns cross-validate` writes, beside whose files stands the record of the classes."""
    predictions = _read_fold(path)
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
    if names is None and highest >= MOST_CLASSES:
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
    return _own_input(predictions, path, data, spec, found=found, recorded=record.source if record else "")


def _read_fold(path: Path) -> Predictions:
    try:
        return read_predictions(path)
    except RunError as error:
        hint = f"Name another file; {HELP}"
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
        expected=f"class numbers from 0 to {MOST_CLASSES - 1:,}",
        hint="Number the classes from 0, or name them in label order with --classes.",
        subject=str(path),
    )


def _own_input(
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
        about=_about(path, data, spec, found=found, images=len(predictions.rows)),
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
