"""The metrics of a cross-validation as tables for the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from roadsigns.cross_validation.metrics import CorruptedMetrics, CrossMetrics, MisreadTrack
from roadsigns.datasets.registry import known_spec
from roadsigns.evaluation.table import hardest_table, overview_table, print_subsets
from roadsigns.printable import printable
from roadsigns.wording import percent

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["print_cross_metrics"]

NAMED_TRACKS = 20
EPOCH_CHOSEN = (
    "The recipe keeps the epoch that does best on these very images, which makes every metric a little too good: "
    "--set training.keep=last keeps the last epoch instead."
)


def print_cross_metrics(result: CrossMetrics, file: TextIO) -> None:
    """Print the tables of a cross-validation."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    metrics, names = result.metrics, [printable(name) for name in result.cross.record.classes]
    console.print(printable(result.cross.title), style="bold", soft_wrap=True)
    if result.epoch_chosen_on_these_images:
        console.print(EPOCH_CHOSEN, soft_wrap=True)
    console.print(_overview(result))
    console.print(_part_table("Fold", [(str(fold.fold), fold.images, fold.errors) for fold in result.folds]))
    if spec := known_spec(result.cross.record.classes):
        print_subsets(metrics, spec, source=result.cross.record.source, console=console)
    if metrics.errors:
        console.print(hardest_table(metrics, names))
    if result.mostly_misread:
        console.print(_track_table(result.mostly_misread))
    if corrupted := result.corrupted:
        title = ". ".join(filter(None, ("With corruptions", corrupted.cross.partial_label)))
        console.print(title, style="bold", soft_wrap=True)
        console.print(_overview(corrupted))
        parts = [(one.corruption, one.images, one.errors) for one in corrupted.corruptions]
        console.print(_part_table("Corruption", parts))


def _overview(result: CrossMetrics | CorruptedMetrics) -> "Table":
    log_loss = f"{result.metrics.log_loss:.4f}"
    if result.truth_outside_top_k:
        log_loss += f" at least: in {result.truth_outside_top_k:,} images the truth is not among the stored classes"
    return overview_table(result.metrics, log_loss=log_loss, undecodable=result.undecodable)


def _part_table(title: str, parts: Sequence[tuple[str, int, int]]) -> "Table":
    """Lay out names, images and errors."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title)
    for header in ("Images", "Errors", "Accuracy"):
        table.add_column(header, justify="right")
    for name, images, errors in parts:
        accuracy = percent(1 - errors / images) if images else "-"
        table.add_row(Text(printable(name)), f"{images:,}", f"{errors:,}", accuracy)
    return table


def _track_table(tracks: Sequence[MisreadTrack]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    left_out = len(tracks) - NAMED_TRACKS
    table = Table("Mostly misread tracks", caption=f"{left_out:,} more with --json" if left_out > 0 else None)
    table.add_column("Track")
    for header in ("Frames", "Errors"):
        table.add_column(header, justify="right")
    table.add_column("Mostly read as")
    for one in tracks[:NAMED_TRACKS]:
        name, track, read_as = (Text(printable(text)) for text in (one.name, one.track, one.read_as))
        table.add_row(name, track, str(one.frames), str(one.errors), read_as)
    return table
