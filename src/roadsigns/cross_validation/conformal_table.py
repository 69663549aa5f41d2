"""Prediction sets of a cross-validation as a table for the terminal."""

from typing import TYPE_CHECKING, TextIO

from roadsigns.cross_validation.conformal import ConformalSets
from roadsigns.evaluation.conformal import level_text
from roadsigns.evaluation.metrics import percent
from roadsigns.printable import printable
from roadsigns.wording import counted

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["print_sets"]


def print_sets(sets: ConformalSets, file: TextIO) -> None:
    """Print a table of the levels, what they rest on, and which were left out."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    if sets.levels:
        console.print(_table(sets))
        parts = ", ".join(f"{one.parts} parts for {level_text(one.level)}" for one in sets.levels)
        console.print(
            f"Prediction sets: an image of a new {sets.unit} has its true class in its set with the probability of the "
            f"level, if {sets.unit}s are exchangeable. Calibrated on {counted(sets.units, sets.unit)}. Coverage: each "
            f"part of them at the quantile of the others ({parts}).",
            soft_wrap=True,
        )
    for one in sets.left_out:
        console.print(
            f"No sets at {level_text(one.level)}: that needs {counted(one.needed, sets.unit)}, and there are "
            f"{sets.units:,}.",
            soft_wrap=True,
        )


def _table(sets: ConformalSets) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table("Level")
    for header in (f"Coverage by {sets.unit}", "95 %", "Of images", "Mean size", "Single", "Least covered class"):
        table.add_column(header, justify="left" if header.startswith("Least") else "right")
    for one in sets.levels:
        metrics = one.metrics
        least = min(metrics.classes, key=lambda each: each.coverage)
        table.add_row(
            level_text(one.level),
            percent(metrics.coverage),
            f"{percent(metrics.interval.low)[:-2]} to {percent(metrics.interval.high)}",
            percent(metrics.image_coverage),
            f"{metrics.mean_size:.3f}",
            percent(metrics.single),
            Text(printable(f"{percent(least.coverage)}, {sets.names[least.class_id]}")),
        )
    return table
