"""An evaluation as JSON and as a folder of files.

figures.json    everything that `roadsigns evaluate --json` prints
recall.csv      images, errors and recall of each class
confusion.csv   rows are the truth, columns what was read
confusion.png   recall.png   misread.png   with the report extra
"""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from roadsigns.errors import ImageError, RunError
from roadsigns.evaluation.evaluate import Evaluation
from roadsigns.evaluation.intervals import LEVEL, Interval
from roadsigns.evaluation.metrics import HUMAN_ACCURACY, Metrics, SubsetMetrics, percent
from roadsigns.files import replace_when_done
from roadsigns.preprocessing.decode import read_image
from roadsigns.reporting.misread_sheet import Misread, draw_misread
from roadsigns.reporting.plots import draw_confusion, draw_recall

__all__ = ["class_values", "figures_of", "interval_values", "subset_values", "write_report"]

MAX_MISREAD = 100


def figures_of(evaluation: Evaluation) -> dict[str, Any]:
    """Return all figures as plain values that JSON can hold. Fractions, not percent; None where there is nothing."""
    metrics, metadata = evaluation.metrics, evaluation.metadata
    tracks = metrics.tracks
    return {
        "model": evaluation.model,
        "split": evaluation.split,
        "accuracy": metrics.accuracy,
        "errors": metrics.errors,
        "images": metrics.images,
        "boxes": evaluation.boxes,
        "split_label": evaluation.split_label,
        "seen": evaluation.seen,
        "leaky": evaluation.leaky,
        "interval": interval_values(metrics.interval),
        "log_loss": metrics.log_loss,
        "tracks": tracks and tracks.tracks,
        "wrong_tracks": tracks and tracks.wrong,
        "mostly_wrong_tracks": tracks and tracks.mostly_wrong,
        "human_accuracy": HUMAN_ACCURACY if metrics.subsets else None,
        "subsets": None if metrics.subsets is None else [subset_values(subset) for subset in metrics.subsets],
        "classes": list(class_values(metrics, evaluation.class_names)),
        "undecodable": len(evaluation.undecodable),
        "undecodable_images": [
            {"path": str(sample.path), "problem": message} for sample, message in evaluation.undecodable
        ],
        "data": str(evaluation.data),
        "source": evaluation.source,
        "model_file": str(evaluation.model_file),
        "network": metadata.network,
        "recipe": metadata.recipe,
        "epoch": metadata.epoch,
        "trained_on": metadata.source,
        "weights_sha256": metadata.weights_sha256,
    }


def interval_values(interval: Interval) -> dict[str, Any]:
    """An interval as plain values."""
    return {
        "level": LEVEL,
        "low": interval.low,
        "high": interval.high,
        "unit": interval.unit,
        "effective_images": interval.effective_images,
    }


def subset_values(subset: SubsetMetrics) -> dict[str, Any]:
    """One subset as plain values."""
    return {
        "name": subset.name,
        "images": subset.images,
        "errors": subset.errors,
        "accuracy": subset.accuracy,
        "human_accuracy": subset.human,
    }


def class_values(metrics: Metrics, names: Sequence[str]) -> Iterable[dict[str, Any]]:
    """Each class as plain values; names in label order."""
    columns = (metrics.class_images.tolist(), metrics.class_errors.tolist(), metrics.recall.tolist())
    for class_id, (name, images, errors, recall) in enumerate(zip(names, *columns, strict=True)):
        yield {
            "class_id": class_id,
            "name": name,
            "images": images,
            "errors": errors,
            "recall": recall if images else None,
        }


def write_report(evaluation: Evaluation, folder: Path) -> None:
    """Write the files of a report; those of an earlier one are replaced, each whole or not at all.

    Raises:
        RunError: If the folder cannot be written.
        MissingExtraError: If matplotlib is not installed; the JSON and CSV files are then written, the pictures not.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replace_when_done(folder / "figures.json") as temporary:
            text = json.dumps(figures_of(evaluation), indent=2, ensure_ascii=False, allow_nan=False)
            temporary.write_text(text + "\n", encoding="utf-8")
        _write_rows(folder / "recall.csv", _recall_rows(evaluation))
        _write_rows(folder / "confusion.csv", _confusion_rows(evaluation))
        _draw_pictures(evaluation, folder)
    except OSError as error:
        raise RunError(
            f"The report cannot be written to {folder}: {error.strerror or error}. Choose another folder with --out."
        ) from error


def _recall_rows(evaluation: Evaluation) -> Iterable[list[Any]]:
    yield ["class_id", "name", "images", "errors", "recall"]
    for values in class_values(evaluation.metrics, evaluation.class_names):
        yield list(values.values())


def _confusion_rows(evaluation: Evaluation) -> Iterable[list[Any]]:
    names = evaluation.class_names
    yield ["truth", *names]
    for name, row in zip(names, evaluation.metrics.confusion.tolist(), strict=True):
        yield [name, *row]


def _write_rows(path: Path, rows: Iterable[list[Any]]) -> None:
    with replace_when_done(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def _draw_pictures(evaluation: Evaluation, folder: Path) -> None:
    metrics, names = evaluation.metrics, evaluation.class_names
    title = f"{evaluation.title}: {percent(metrics.accuracy)}, {metrics.errors:,} of {metrics.images:,} misread"
    draw_confusion(metrics.confusion, names, folder / "confusion.png", title=title)
    draw_recall(metrics.class_images, metrics.class_errors, names, folder / "recall.png", title=title)
    shown = min(MAX_MISREAD, metrics.errors)
    note = (
        "" if shown == metrics.errors else f" Shown: the {shown} most confident; {metrics.errors - shown:,} left out."
    )
    sheet_title = (
        f"{title}.{note}\nRed: what was read, and how surely. Black: what it is. Dark images are brightened here."
    )
    draw_misread(_misread(evaluation), folder / "misread.png", title=sheet_title)


def _misread(evaluation: Evaluation) -> list[Misread]:
    """The misread images, the most confident first: there the model, or the label, is most wrong."""
    names, read = evaluation.class_names, evaluation.probabilities.argmax(axis=1)
    confidence = evaluation.probabilities.max(axis=1)
    wrong = np.flatnonzero(read != evaluation.labels)
    misread = []
    for index in wrong[np.argsort(-confidence[wrong], kind="stable")][:MAX_MISREAD].tolist():
        try:
            image = read_image(evaluation.samples[index].path)
        except ImageError:
            # The cache still had it; the file is gone.
            image = np.zeros((1, 1, 3), np.uint8)
        truth = names[int(evaluation.labels[index])]
        misread.append(Misread(image, truth, names[int(read[index])], float(confidence[index])))
    return misread
