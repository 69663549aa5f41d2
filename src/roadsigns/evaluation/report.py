"""An evaluation as a folder of files.

figures.json    all metrics, as `roadsigns evaluate --json` prints them
recall.csv      images, errors and recall of each class
confusion.csv   rows are the truth, columns the prediction
confusion.png   recall.png   misread.png   with the report extra

Where unknown images were judged too, see `roadsigns.evaluation.rejection.report` for theirs.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from roadsigns.datasets.layouts.table_images import require_outside_of_table
from roadsigns.evaluation.evaluation import Evaluation
from roadsigns.evaluation.rejection.evaluate import with_judgements
from roadsigns.evaluation.rejection.judge import Judgement
from roadsigns.evaluation.rejection.report import draw_pictures, write_table
from roadsigns.evaluation.report_folder import FIGURES, check_report_folder
from roadsigns.files import made_folder, output_errors, replace_when_done
from roadsigns.reporting.confusion_plot import draw_confusion
from roadsigns.reporting.misread_sheet import Misread, draw_misread
from roadsigns.reporting.recall_plot import draw_recall
from roadsigns.reporting.sheet_cells import read_or_blank
from roadsigns.wording import percent

__all__ = ["write_json", "write_report", "write_rows"]

MAX_MISREAD = 100


def write_report(evaluation: Evaluation, folder: Path, judgements: Sequence[Judgement] = ()) -> None:
    """Write the files of a report; those of an earlier one are replaced, each whole or not at all.

    Raises:
        OutputError: If the folder cannot be written, or lies in the data folder.
        MissingExtraError: If matplotlib is not installed; the JSON and CSV files are then written, the plots are not.
    """
    read = [evaluation.data, *(judgement.folder for judgement in judgements)]
    check_report_folder(folder, read)
    for data in read:
        require_outside_of_table(folder, data)
    with output_errors(folder, "Free some space, or name another place with --out."), made_folder(folder):
        write_json(folder / FIGURES, with_judgements(evaluation, judgements))
        write_rows(folder / "recall.csv", _recall_rows(evaluation))
        write_rows(folder / "confusion.csv", _confusion_rows(evaluation))
        for judgement in judgements:
            write_table(judgement, folder)
        for judgement in judgements:
            draw_pictures(judgement, folder)
        _draw_plots(evaluation, folder)


def _recall_rows(evaluation: Evaluation) -> Iterable[list[object]]:
    yield ["class_id", "name", "images", "errors", "recall"]
    for one in evaluation.metrics.classes(evaluation.class_names):
        yield [one.class_id, one.name, one.images, one.errors, one.recall]


def _confusion_rows(evaluation: Evaluation) -> Iterable[list[object]]:
    names = evaluation.class_names
    yield ["truth", *names]
    for name, row in zip(names, evaluation.metrics.confusion.tolist(), strict=True):
        yield [name, *row]


def write_json(path: Path, values: Mapping[str, object]) -> None:
    """Write a JSON file of the metrics, whole or not at all."""
    with replace_when_done(path) as temporary:
        text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)
        # As in a run folder: the path of the model may not be UTF-8.
        temporary.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")


def write_rows(path: Path, rows: Iterable[list[object]]) -> None:
    """Write a CSV file, whole or not at all."""
    with replace_when_done(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def _draw_plots(evaluation: Evaluation, folder: Path) -> None:
    metrics, names = evaluation.metrics, evaluation.class_names
    title = f"{evaluation.title}: {percent(metrics.accuracy)}, {metrics.errors:,} of {metrics.images:,} misread"
    draw_confusion(metrics.confusion, names, folder / "confusion.png", title=title)
    draw_recall(metrics.class_images, metrics.class_errors, names, folder / "recall.png", title=title)
    shown = min(MAX_MISREAD, metrics.errors)
    note = (
        "" if shown == metrics.errors else f" Shown: the {shown} most confident; {metrics.errors - shown:,} left out."
    )
    legend = "Above: the prediction and its probability. Below: the truth. Dark images are brightened."
    draw_misread(_misread(evaluation), folder / "misread.png", title=f"{title}.{note} {legend}")


def _misread(evaluation: Evaluation) -> list[Misread]:
    """The misread images, the most confident first: there the model, or the label, is most wrong."""
    names, predicted = evaluation.class_names, evaluation.probabilities.argmax(axis=1)
    confidence = evaluation.probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != evaluation.labels)
    return [
        Misread(
            # The cache may still have an image whose file is gone.
            read_or_blank(evaluation.samples[index].path),
            names[int(evaluation.labels[index])],
            names[int(predicted[index])],
            float(confidence[index]),
        )
        for index in wrong[np.argsort(-confidence[wrong], kind="stable")][:MAX_MISREAD].tolist()
    ]
