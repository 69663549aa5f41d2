"""Metrics as tables for the terminal."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

import numpy as np

from roadsigns.datasets.spec import DatasetSpec
from roadsigns.evaluation.decided_images import DecidedImages
from roadsigns.evaluation.evaluation import Evaluation
from roadsigns.evaluation.fused_tracks_table import print_fused_tracks
from roadsigns.evaluation.intervals import LEVEL
from roadsigns.evaluation.metrics import Metrics, SubsetMetrics
from roadsigns.printable import printable
from roadsigns.wording import are, counted, percent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["as_hard", "hardest_table", "overview_table", "print_report", "print_subsets"]

HARDEST_CLASSES = 8


def print_report(evaluation: Evaluation, file: TextIO) -> None:
    """Print the tables of an evaluation."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    metrics = evaluation.metrics
    console.print(printable(evaluation.title), style="bold", soft_wrap=True)
    if evaluation.leakage is None:
        console.print("Not all tracks are known: the model may have been trained on these signs.", soft_wrap=True)
    log_loss = f"{metrics.log_loss:.4f}"
    console.print(overview_table(metrics, log_loss=log_loss, undecodable=len(evaluation.undecodable)))
    if evaluation.decisions:
        console.print(_decisions_line(evaluation.decisions), soft_wrap=True)
    print_subsets(metrics, evaluation.spec, source=evaluation.source, console=console)
    if metrics.errors:
        console.print(hardest_table(metrics, evaluation.class_names))
    if evaluation.fused_tracks:
        print_fused_tracks(evaluation.fused_tracks, file)


def print_subsets(metrics: Metrics, spec: DatasetSpec, *, source: str, console: "Console") -> None:
    """Print the subsets, beside people if these are images of the data set that people have read.

    Args:
        metrics: The metrics.
        spec: The data set whose classes these are.
        source: Where the images come from. Of drawn signs, or one's own of the same classes, people's accuracy in the
            official test set says nothing.
        console: Where to print them.
    """
    human = spec.human_accuracy if source == spec.name else None
    if metrics.subsets:
        console.print(_subset_table(metrics.subsets, with_people=human is not None))
    if human is not None:
        console.print(
            f"Human: the average person on the official test set, {percent(human)} over all ({spec.reference}).",
            style="dim",
            soft_wrap=True,
        )


def overview_table(metrics: Metrics, *, log_loss: str, undecodable: int) -> "Table":
    """Lay out accuracy, its intervals, misread tracks and log loss.

    Args:
        metrics: The metrics.
        log_loss: As it is to be shown.
        undecodable: Number of images that do not decode.
    """
    from rich.table import Table

    interval, bootstrap, tracks = metrics.interval, metrics.bootstrap, metrics.tracks
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row(
        "Accuracy", f"{percent(metrics.accuracy)}: {metrics.errors:,} of {counted(metrics.images, 'image')} misread"
    )
    unit = "track" if interval.unit == "track" else "image; too narrow if images share signs"
    table.add_row(
        f"{100 * LEVEL:.0f} % interval", f"{percent(interval.low)} to {percent(interval.high)} (unit: {unit})"
    )
    if bootstrap:
        table.add_row("Bootstrap by track", f"{percent(bootstrap.low)} to {percent(bootstrap.high)}")
    if tracks:
        table.add_row("Tracks misread at least once", f"{tracks.misread_at_least_once:,} of {tracks.tracks:,}")
        table.add_row(
            "Mostly misread tracks",
            f"{tracks.mostly_misread:,} of {tracks.tracks:,}, in more than half of their frames",
        )
    table.add_row("Log loss", log_loss)
    if undecodable:
        table.add_row("Left out", f"{counted(undecodable, 'image')} that cannot be decoded")
    return table


def _decisions_line(decisions: Iterable[DecidedImages]) -> str:
    counts = ", ".join(f"{one.images:,} {one.decision} ({one.errors:,} misread)" for one in decisions)
    return f"The model's own decisions, which the accuracy does not count: {counts}."


def _subset_table(subsets: Iterable[SubsetMetrics], *, with_people: bool) -> "Table":
    """Lay out the subsets, beside the accuracy of people if that is wanted."""
    from rich.table import Table

    table = Table("Subset")
    for header in ("Images", "Errors", "Accuracy", *(["Human"] if with_people else [])):
        table.add_column(header, justify="right")
    for subset in subsets:
        accuracy = "-" if subset.accuracy is None else percent(subset.accuracy)
        human = "-" if subset.human_accuracy is None else percent(subset.human_accuracy)
        cells = subset.name, f"{subset.images:,}", f"{subset.errors:,}", accuracy
        table.add_row(*cells, *([human] if with_people else []))
    return table


def hardest_table(metrics: Metrics, names: Sequence[str]) -> "Table":
    """Lay out the classes with the lowest recall that have errors; names in label order."""
    from rich.table import Table
    from rich.text import Text

    # NaN sorts last, and has no errors.
    order = np.argsort(metrics.recall, kind="stable")
    hardest = order[metrics.class_errors[order] > 0]
    table = Table("Hardest classes", caption=as_hard(metrics.recall[hardest].tolist(), HARDEST_CLASSES))
    for header in ("Images", "Errors", "Recall"):
        table.add_column(header, justify="right")
    table.add_column("Mostly read as")
    for class_id in hardest[:HARDEST_CLASSES].tolist():
        errors = int(metrics.class_errors[class_id])
        others = metrics.confusion[class_id].copy()
        others[class_id] = 0
        table.add_row(
            Text(printable(names[class_id])),
            f"{metrics.class_images[class_id]:,}",
            f"{errors:,}",
            percent(float(metrics.recall[class_id])),
            Text(printable(names[int(others.argmax())])),
        )
    return table


def as_hard(figures: Sequence[float], shown: int) -> str | None:
    """Return what stands below a table that shows the first of some classes, if others equal the last that is shown.

    Args:
        figures: Of all classes, in ascending order; with 1 a class is not hard at all.
        shown: How many of them the table shows.
    """
    more = sum(figure == figures[shown - 1] < 1 for figure in figures[shown:])
    return f"{counted(more, 'class')} more {are(more)} as hard as the last" if more else None
