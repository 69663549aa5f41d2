"""Predictions of anybody's model. `columns` describes its columns."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError
from roadsigns.evaluation.compute_metrics import compute_metrics, metrics_from_classes
from roadsigns.evaluation.predictions import top_of
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.sources.classes import spec_named
from roadsigns.html_report.sources.find_images import FoundImages, ReadData, find_images, read_all, samples_by_name
from roadsigns.html_report.sources.from_csv.about import about_csv
from roadsigns.html_report.sources.from_csv.columns import ForeignPredictions, read_columns
from roadsigns.types import LabelledImage, Sample, labelled_image
from roadsigns.wording import some

__all__ = ["read_foreign"]


def read_foreign(path: Path, data: Path | None, classes: Sequence[str] | None) -> ReportInput:
    """Read the predictions of anybody's model. See `read_csv`."""
    # Once: reading says on standard error what is there, and takes a while.
    read = read_all(data) if data else None
    if classes is None and read is not None:
        classes = [sign.name for sign in read[0].classes]
    predictions = read_columns(path, classes=classes)
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
        about=about_csv(path, data, spec, found=found, images=len(rows)),
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
