"""A comparison of two cross-validations as tables for the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from roadsigns.cross_validation.comparing.comparison import ClassChange, Comparison, TrackChange
from roadsigns.evaluation.significance import PERMUTATIONS, permutation_p_text
from roadsigns.printable import printable
from roadsigns.wording import counted, percent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["print_comparison"]

NAMED = 10
# The usual level; p itself stands beside the word.
SIGNIFICANCE_LEVEL = 0.05


def print_comparison(comparison: Comparison, file: TextIO) -> None:
    """Print the tables of a comparison."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    for letter, side in (("A", comparison.a), ("B", comparison.b)):
        what = side.record.title if side.record else "one file of predictions"
        parts = filter(None, (f"{letter}: {side.path}, {what}", side.partial_label))
        console.print(printable(". ".join(parts)), soft_wrap=True)
    if comparison.corruptions:
        console.print("The images have corruptions, the same on both sides.", soft_wrap=True)
    if comparison.note:
        console.print(comparison.note, soft_wrap=True)
    console.print(_overview(comparison))
    _print_tests(comparison, console)
    changed = [change for change in comparison.classes if change.errors_a != change.errors_b]
    changed.sort(key=lambda change: -abs(change.errors_b - change.errors_a))
    for title, changes in (
        ("Tracks that B reads better", comparison.won),
        ("Tracks that B reads worse", comparison.lost),
        ("Classes", changed),
    ):
        if changes:
            console.print(_change_table(title, changes))


def _overview(comparison: Comparison) -> "Table":
    from rich.table import Table

    pairs = comparison.pairs
    images = int(pairs.frames.sum())
    table = Table(f"{counted(images, 'image')}, {counted(len(pairs.frames), 'track')}")
    for header in ("A", "B"):
        table.add_column(header, justify="right")
    errors = [side.errors for side in (comparison.a, comparison.b)]
    once = [int((counts > 0).sum()) for counts in (pairs.errors_a, pairs.errors_b)]
    mostly = [int(tracks.sum()) for tracks in (pairs.mostly_misread_a, pairs.mostly_misread_b)]
    table.add_row("Errors", *(f"{count:,}" for count in errors))
    table.add_row("Accuracy", *(percent((images - count) / images) for count in errors))
    table.add_row("Tracks misread at least once", *(f"{count:,}" for count in once))
    table.add_row("Mostly misread tracks", *(f"{count:,}" for count in mostly))
    table.add_row("Tracks with fewer errors", f"{len(comparison.lost):,}", f"{len(comparison.won):,}")
    return table


def _print_tests(comparison: Comparison, console: "Console") -> None:
    change = int(comparison.pairs.change.sum())
    differing = int((comparison.pairs.change != 0).sum())
    only_a, only_b = comparison.mostly_misread_only_by_a, comparison.mostly_misread_only_by_b
    console.print(
        f"Errors, {change:+,}: two-sided sign-flip permutation test over tracks ({differing:,} differ, "
        f"{PERMUTATIONS:,} permutations), {permutation_p_text(comparison.errors_p)}, "
        f"{_verdict(comparison.errors_p)}.",
        soft_wrap=True,
    )
    console.print(
        f"Mostly misread tracks, {only_b - only_a:+,} ({only_a:,} only by A, {only_b:,} only by B): two-sided exact "
        f"McNemar test, p = {comparison.mostly_misread_p:.2g}, {_verdict(comparison.mostly_misread_p)}.",
        soft_wrap=True,
    )


def _verdict(p: float) -> str:
    verdict = "significant" if p < SIGNIFICANCE_LEVEL else "not significant"
    return f"{verdict} at {100 * SIGNIFICANCE_LEVEL:.0f} %"


def _change_table(title: str, changes: Sequence[TrackChange] | Sequence[ClassChange]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    left_out = len(changes) - NAMED
    table = Table(title, caption=f"{left_out:,} more with --json" if left_out > 0 else None)
    for header in ("Track", "Images", "Errors A", "Errors B", "Change"):
        if header != "Track" or isinstance(changes[0], TrackChange):
            table.add_column(header, justify="right")
    for change in changes[:NAMED]:
        track = [Text(printable(change.track))] if isinstance(change, TrackChange) else []
        images = change.frames if isinstance(change, TrackChange) else change.images
        counts = (
            f"{images:,}",
            f"{change.errors_a:,}",
            f"{change.errors_b:,}",
            f"{change.errors_b - change.errors_a:+,}",
        )
        table.add_row(Text(printable(change.name)), *track, *counts)
    return table
