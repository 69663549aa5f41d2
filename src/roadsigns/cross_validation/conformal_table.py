"""Prediction sets and thresholds of a cross-validation as tables for the terminal."""

from typing import TYPE_CHECKING, TextIO

from roadsigns.cross_validation.conformal import ConformalSets
from roadsigns.cross_validation.known_score import KnownScores
from roadsigns.evaluation.conformal import level_text
from roadsigns.printable import printable
from roadsigns.wording import counted, percent

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["print_sets", "print_thresholds"]

HALVES = 2


def print_sets(sets: ConformalSets, file: TextIO) -> None:
    """Print a table of the levels, what they rest on, and which were left out."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    if sets.levels:
        console.print(_table(sets))
        unit, levels = sets.unit, sets.levels
        halves = [level_text(one.level) for one in levels if one.parts == HALVES]
        others = [level_text(one.level) for one in levels if one.parts != HALVES]
        judged = [f"half of the {unit}s at the quantile of the other half ({', '.join(halves)})"] if halves else []
        judged += [f"each {unit} at the quantile of all others ({', '.join(others)})"] if others else []
        console.print(
            f"Prediction sets, calibrated on {counted(sets.units, unit)}: an image of a new {unit} has its true class "
            f"in its set with the probability of the level, if {unit}s are exchangeable. Judged: {', '.join(judged)}.",
            soft_wrap=True,
        )
    for one in sets.left_out:
        console.print(
            f"No sets at {level_text(one.level)}: that needs {counted(one.needed, sets.unit)}, and there are "
            f"{sets.units:,}.",
            soft_wrap=True,
        )


def print_thresholds(known: KnownScores, file: TextIO) -> None:
    """Print a table of the shares of known signs to keep, what they rest on, and which were left out."""
    from rich.console import Console
    from rich.table import Table

    console = Console(file=file, highlight=False, markup=False)
    unit = known.thresholds.unit
    table = Table("Known signs to keep")
    for header in ("Threshold", f"Kept, by {unit}", "95 % interval", "Kept images"):
        # An interval on two lines is hard to read.
        table.add_column(header, justify="right", no_wrap=True)
    for one in known.shares:
        interval = f"{100 * one.interval.low:.2f} to {percent(one.interval.high)}"
        table.add_row(
            level_text(one.share), f"{one.threshold:.4f}", percent(one.kept), interval, percent(one.kept_images)
        )
    console.print(table)
    console.print(
        f"An image with a known score below the threshold is called unknown. Set on "
        f"{counted(known.thresholds.units, unit)}; an image of a new {unit} is kept with the probability of the "
        f"share, if {unit}s are exchangeable. Each {unit} is judged at the threshold of others.",
        soft_wrap=True,
    )
    for left_out in known.left_out:
        console.print(
            f"No threshold that keeps {level_text(left_out.share)}: that needs {counted(left_out.needed, unit)}, and "
            f"there are "
            f"{known.thresholds.units:,}.",
            soft_wrap=True,
        )


def _table(sets: ConformalSets) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table("Prediction sets")
    rows: dict[str, list[str]] = {}
    for one in sets.levels:
        table.add_column(level_text(one.level), justify="right")
        metrics = one.metrics
        least = min(metrics.classes, key=lambda each: each.coverage)
        column = {
            f"Coverage by {sets.unit}": percent(metrics.coverage),
            "95 % interval": f"{100 * metrics.interval.low:.2f} to {percent(metrics.interval.high)}",
            "Coverage of images": percent(metrics.image_coverage),
            "Classes in a set, mean": f"{metrics.mean_size:.3f}",
            "Sets of one class": percent(metrics.single),
            "Least covered class": f"{printable(sets.names[least.class_id])}: {percent(least.coverage)}",
            "As stored: classes, mean": f"{one.mean_size_as_stored:.3f}",
            "As stored: of one class": percent(one.single_as_stored),
        }
        for name, value in column.items():
            rows.setdefault(name, []).append(value)
    for name, values in rows.items():
        table.add_row(name, *map(Text, values))
    return table
