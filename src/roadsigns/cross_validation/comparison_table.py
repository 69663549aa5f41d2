"""A comparison as JSON and as tables for people."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TextIO

from roadsigns.cross_validation.comparison import ClassChange, Comparison, TrackChange
from roadsigns.evaluation.metrics import percent
from roadsigns.evaluation.significance import PERMUTATIONS
from roadsigns.printable import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["comparison_values", "print_comparison"]

NAMED = 10
# The usual one; the p stands beside it.
CHANCE = 0.05


def comparison_values(comparison: Comparison) -> dict[str, Any]:
    """Return all as plain values that JSON can hold."""
    pairs = comparison.pairs
    images, tracks = int(pairs.frames.sum()), len(pairs.frames)
    sides = ((comparison.a, pairs.errors_a, pairs.wrong_a), (comparison.b, pairs.errors_b, pairs.wrong_b))
    a, b = (
        {
            "path": str(side.path),
            "recipe": side.record and side.record.recipe_name,
            "complete": not side.partial_label,
            "errors": side.errors,
            "accuracy": (images - side.errors) / images,
            "wrong_tracks": int((errors > 0).sum()),
            "mostly_wrong_tracks": int(mostly.sum()),
        }
        for side, errors, mostly in sides
    )
    return {
        "hard": comparison.hard,
        "images": images,
        "tracks": tracks,
        "a": a,
        "b": b,
        "errors_p": comparison.errors_p,
        "permutations": PERMUTATIONS,
        "mostly_wrong_only_a": comparison.only_a_wrong,
        "mostly_wrong_only_b": comparison.only_b_wrong,
        "mostly_wrong_p": comparison.wrong_tracks_p,
        "won": [asdict(track) for track in comparison.won],
        "lost": [asdict(track) for track in comparison.lost],
        "classes": [asdict(change) for change in comparison.classes],
        "note": comparison.note,
    }


def print_comparison(comparison: Comparison, file: TextIO) -> None:
    """Print a comparison for people."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    for letter, side in (("A", comparison.a), ("B", comparison.b)):
        what = side.record.title if side.record else "one file of predictions"
        parts = filter(None, (f"{letter}: {side.path}, {what}", side.partial_label))
        console.print(printable(". ".join(parts)), soft_wrap=True)
    if comparison.hard:
        console.print("Read under hard conditions, the same in both.", soft_wrap=True)
    if comparison.note:
        console.print(comparison.note, soft_wrap=True)
    console.print(_overview(comparison))
    _print_tests(comparison, console)
    changed = [change for change in comparison.classes if change.errors_a != change.errors_b]
    changed.sort(key=lambda change: -abs(change.errors_b - change.errors_a))
    for title, changes in (
        ("Tracks won by B", comparison.won),
        ("Tracks lost by B", comparison.lost),
        ("Classes", changed),
    ):
        if changes:
            console.print(_change_table(title, changes))


def _overview(comparison: Comparison) -> "Table":
    from rich.table import Table

    pairs = comparison.pairs
    images = int(pairs.frames.sum())
    table = Table(f"{images:,} images, {len(pairs.frames):,} tracks")
    for header in ("A", "B"):
        table.add_column(header, justify="right")
    errors = [side.errors for side in (comparison.a, comparison.b)]
    table.add_row("Errors", *(f"{count:,}" for count in errors))
    table.add_row("Accuracy", *(percent((images - count) / images) for count in errors))
    table.add_row("Wrong tracks", *(f"{int(wrong.sum()):,}" for wrong in (pairs.wrong_a, pairs.wrong_b)))
    table.add_row("Tracks read better", f"{len(comparison.lost):,}", f"{len(comparison.won):,}")
    return table


def _print_tests(comparison: Comparison, console: "Console") -> None:
    change = int(comparison.pairs.change.sum())
    decided = int((comparison.pairs.change != 0).sum())
    console.print(
        f"Errors, {change:+,}: {_verdict(comparison.errors_p)}. That is how often a difference as large comes about if "
        f"A and B change places by a coin's throw in each of the {decided:,} tracks in which they differ "
        f"({PERMUTATIONS:,} throws).",
        soft_wrap=True,
    )
    console.print(
        f"Wrong tracks, {comparison.only_b_wrong - comparison.only_a_wrong:+,}: {_verdict(comparison.wrong_tracks_p)}. "
        f"{comparison.only_a_wrong:,} are wrong only in A and {comparison.only_b_wrong:,} only in B; that is how often "
        "a coin divides them as unequally (McNemar's exact test).",
        soft_wrap=True,
    )


def _verdict(p: float) -> str:
    return f"p = {p:.2g}, {'more than chance' if p < CHANCE else 'may be chance'}"


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
