"""The figures of classes that were left out, as tables for the terminal, and as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np

from roadsigns.cross_validation.left_out.metrics import LeftOutMetrics
from roadsigns.cross_validation.left_out.scores_file import read_scores, scores_file
from roadsigns.evaluation.rejection.curves import acceptance_curve
from roadsigns.evaluation.rejection.table import UNITS, figure_cells, kinds_table
from roadsigns.printable import printable
from roadsigns.reporting.rejection_plots import ScorePlot, draw_rejection
from roadsigns.wording import percent

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["draw_left_out", "print_left_out_metrics"]

WORST_CLASSES = 12


def print_left_out_metrics(result: LeftOutMetrics, file: TextIO) -> None:
    """Print a table for each score: every fold, the mean and the classes that are accepted most."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    console.print(printable(result.cross.title), style="bold", soft_wrap=True)
    units = {
        unit
        for fold in result.folds
        for score in fold.scores
        if (interval := score.interval)
        for unit in (interval.known_unit, interval.unknown_unit)
    }
    for mean in result.mean:
        console.print(_folds_table(result, mean.score))
        console.print(_classes_table(result, mean.score))
    for unit in sorted(units):
        console.print(f"Intervals are bootstrap intervals. Unit: {UNITS[unit]}.", style="dim")


def _folds_table(result: LeftOutMetrics, name: str) -> "Table":
    from rich.table import Table

    table = Table(f"Score {name}")
    for header in ("Known", "Left out", "AUROC", "95 % interval", "FPR95", f"Accepted at {100 * result.keep:g} % kept"):
        table.add_column(header, justify="right")
    for fold in result.folds:
        score = next(one for one in fold.scores if one.score == name)
        ends = score.interval and f"{100 * score.interval.auroc[0]:.2f} to {percent(score.interval.auroc[1])}"
        auroc, fpr95, accepted = figure_cells(score.figures)
        counts = f"{score.known_images:,}", f"{score.unknown_images:,}"
        table.add_row(f"Fold {fold.fold}", *counts, auroc, ends or "-", fpr95, accepted)
    mean = next(one for one in result.mean if one.score == name)
    for title, figures in (("Mean", mean), ("Mean, every track alike", mean.by_track)):
        if figures is not None:
            auroc, fpr95, accepted = figure_cells(figures)
            table.add_row(title, "", "", auroc, "", fpr95, accepted)
    return table


def _classes_table(result: LeftOutMetrics, name: str) -> "Table":
    kinds = [kind for fold in result.folds for score in fold.scores if score.score == name for kind in score.kinds]
    kinds.sort(key=lambda kind: (-kind.accepted, kind.auroc))
    return kinds_table(kinds, title="Class left out", most=WORST_CLASSES)


def draw_left_out(result: LeftOutMetrics, path: Path) -> None:
    """Draw a histogram and a curve of the first score for each fold.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    name, plots = result.mean[0].score, []
    for fold in result.folds:
        predictions = result.cross.parts[fold.fold]
        values = read_scores(scores_file(result.cross.folder, fold.fold), predictions)[name]
        unknown = np.isin(predictions.labels, result.cross.record.left_out[fold.fold - 1])
        curve = acceptance_curve(values[~unknown], values[unknown])
        threshold = curve.threshold_at(result.keep)
        title = f"{name}, fold {fold.fold}"
        plots.append(ScorePlot(title, values[~unknown], values[unknown], threshold, curve.kept, curve.accepted))
    draw_rejection(plots, path, title=result.cross.title, keep=result.keep)
