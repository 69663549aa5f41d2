"""The figures of a cross-validation as tables for people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from roadsigns.cross_validation.metrics import CorruptedMetrics, CrossMetrics
from roadsigns.evaluation.intervals import LEVEL
from roadsigns.evaluation.metrics import Metrics, percent
from roadsigns.evaluation.table import hardest_table, subset_table
from roadsigns.printable import printable

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["print_cross_metrics"]

NAMED_TRACKS = 20
CHOSEN_ON_JUDGED = (
    "The recipe keeps the epoch that is best on the judged images, which flatters every figure a little: "
    "--set training.keep=last keeps the last, which they do not choose."
)


def print_cross_metrics(figures: CrossMetrics, file: TextIO) -> None:
    """Print the figures for people."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    metrics, names = figures.metrics, [printable(name) for name in figures.cross.record.classes]
    console.print(printable(figures.title), style="bold", soft_wrap=True)
    if figures.chosen_on_judged:
        console.print(CHOSEN_ON_JUDGED, soft_wrap=True)
    console.print(_overview(figures))
    console.print(_fold_table(figures))
    if metrics.subsets:
        console.print(subset_table(metrics.subsets))
    if metrics.errors:
        console.print(hardest_table(metrics, names))
    if figures.wrong_tracks:
        console.print(_track_table(figures))
    if figures.hard:
        title = ". ".join(filter(None, ("Under hard conditions", figures.hard.cross.partial_label)))
        console.print(title, style="bold", soft_wrap=True)
        console.print(_hard_overview(figures.hard))
        console.print(_condition_table(figures.hard))


def _overview(figures: CrossMetrics) -> "Table":
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    _add_errors(table, figures.metrics)
    bound = f" at least: {figures.beyond:,} truths are not among the kept classes" if figures.beyond else ""
    table.add_row("Log loss", f"{figures.metrics.log_loss:.4f}{bound}")
    if figures.undecodable:
        table.add_row("Left out", f"{figures.undecodable:,} images that do not decode")
    return table


def _hard_overview(hard: CorruptedMetrics) -> "Table":
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    _add_errors(table, hard.metrics)
    if hard.undecodable:
        table.add_row("Left out", f"{hard.undecodable:,} images that do not decode")
    return table


def _add_errors(table: "Table", metrics: Metrics) -> None:
    interval, tracks = metrics.interval, metrics.tracks
    table.add_row("Accuracy", f"{percent(metrics.accuracy)}: {metrics.errors:,} of {metrics.images:,} images misread")
    table.add_row(
        f"{LEVEL:.0%} interval", f"{percent(interval.low)} to {percent(interval.high)} (unit: {interval.unit})"
    )
    if tracks:
        table.add_row(
            "Wrong tracks",
            f"{tracks.mostly_wrong:,} of {tracks.tracks:,} signs misread in more than half of their frames, "
            f"{tracks.wrong:,} at least once",
        )


def _fold_table(figures: CrossMetrics) -> "Table":
    return _part_table("Fold", [(str(fold.fold), fold.images, fold.errors) for fold in figures.folds])


def _condition_table(hard: CorruptedMetrics) -> "Table":
    return _part_table("Condition", [(one.condition, one.images, one.errors) for one in hard.conditions])


def _part_table(title: str, parts: Sequence[tuple[str, int, int]]) -> "Table":
    """Names, images and errors."""
    from rich.table import Table

    table = Table(title)
    for header in ("Images", "Errors", "Accuracy"):
        table.add_column(header, justify="right")
    for name, images, errors in parts:
        table.add_row(name, f"{images:,}", f"{errors:,}", percent(1 - errors / images) if images else "-")
    return table


def _track_table(figures: CrossMetrics) -> "Table":
    from rich.table import Table
    from rich.text import Text

    left_out = len(figures.wrong_tracks) - NAMED_TRACKS
    table = Table("Wrong tracks", caption=f"{left_out:,} more with --json" if left_out > 0 else None)
    table.add_column("Track")
    for header in ("Frames", "Errors"):
        table.add_column(header, justify="right")
    table.add_column("Mostly read as")
    for one in figures.wrong_tracks[:NAMED_TRACKS]:
        name, track, read_as = (Text(printable(text)) for text in (one.name, one.track, one.read_as))
        table.add_row(name, track, str(one.frames), str(one.errors), read_as)
    return table
