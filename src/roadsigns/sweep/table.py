"""The results of a sweep as a table for the terminal, and as a CSV file."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from roadsigns.evaluation.intervals import Interval
from roadsigns.files import replace_when_done
from roadsigns.printable import printable
from roadsigns.sweep.grid import short_keys
from roadsigns.sweep.results import SeedResult, SweepResult
from roadsigns.wording import counted, percent

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

__all__ = ["print_sweep", "write_sweep_csv"]

# Wider than any terminal, in letters.
UNLIMITED = 100_000
CHOSEN = (
    "The best of several settings looks a little better on these images than it is. Before you quote its errors, "
    "measure it on images that were not used to choose anything."
)
OTHER_IMAGES = "Not all settings were trained on the same folds and seeds, so their errors are not of the same images."
EPOCH_CHOSEN = (
    "Recipes that keep the epoch that does best on these very images have an advantage: --set training.keep=last keeps "
    "the last epoch of all."
)
# Between these columns of the CSV file, there is one for each varied key.
FIRST_COLUMNS = ("setting", "recipe")
LAST_COLUMNS = (
    *("state", "stopped_after_epoch", "seed", "folds", "images", "errors", "error_rate"),
    *("error_rate_low", "error_rate_high", "folder"),
)


def print_sweep(result: SweepResult, file: TextIO) -> None:
    """Print the settings, the most accurate first, and what is to be kept in mind."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False)
    table = _table(result)
    if console.measure(table, options=console.options.update(max_width=UNLIMITED)).maximum > console.width:
        table = _narrow_table(result)
    console.print(table)
    for note in _notes(result):
        console.print(printable(note), soft_wrap=True)


def _table(result: SweepResult) -> "Table":
    """A column for each key."""
    from rich.table import Column, Table
    from rich.text import Text

    keys = short_keys(one.setting for one in result.settings)
    table = Table(Column("Recipe", overflow="fold"))
    for short in keys.values():
        table.add_column(Text(printable(short)))
    cells = [[one.setting.recipe_name, *(one.setting.values.get(key, "") for key in keys)] for one in result.settings]
    return _with_figures(table, result, [[Text(printable(cell)) for cell in row] for row in cells])


def _narrow_table(result: SweepResult) -> "Table":
    """A line for each key, where there is no room for columns."""
    from rich.table import Column, Table
    from rich.text import Text

    keys = short_keys(one.setting for one in result.settings)
    lines = [
        (one.setting.recipe_name, *(f"  {keys[key]}={value}" for key, value in one.setting.values.items()))
        for one in result.settings
    ]
    cells = [[Text("\n".join(map(printable, each)))] for each in lines]
    return _with_figures(Table(Column("Setting", overflow="fold")), result, cells)


def _with_figures(table: "Table", result: SweepResult, names: "Iterable[Sequence[Text]]") -> "Table":
    for header in ("Folds", "Errors", "Misread", "95 % interval"):
        table.add_column(header, justify="right", no_wrap=True)
    for one, name in zip(result.settings, names, strict=True):
        table.add_row(
            *name,
            f"{one.finished_folds} of {len(one.seeds) * one.all_folds}",
            f"{one.errors:,}" if one.images else "-",
            "-" if one.error_rate is None else percent(one.error_rate),
            _interval(one.error_rate_interval),
        )
    return table


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return "-"
    return f"{100 * interval.low:.2f} to {100 * interval.high:.2f} %"


def _notes(result: SweepResult) -> list[str]:
    judged = [one for one in result.settings if one.images]
    notes = [f"{result.partial_label}."] if result.partial_label else []
    notes += [
        f"Ended after epoch {one.stopped.epoch} of {one.stopped.epochs}, with {percent(one.stopped.error)} of the "
        f"validation images misread: {one.setting.name}."
        for one in result.settings
        if one.state == "stopped" and one.stopped
    ]
    notes += [CHOSEN] if len(judged) > 1 else []
    if not result.same_images:
        notes.append(OTHER_IMAGES)
    if len({one.epoch_chosen_on_these_images for one in judged}) > 1:
        notes.append(EPOCH_CHOSEN)
    if not judged:
        notes.append(f"No fold of {counted(len(result.settings), 'setting')} is finished yet.")
    return notes


def write_sweep_csv(result: SweepResult, path: Path) -> None:
    """Write a line for each setting and seed, with a column for each varied key. Rates are fractions.

    Raises:
        OSError: If it cannot be written.
    """
    with (
        replace_when_done(path) as temporary,
        # The folder's name may be no UTF-8.
        temporary.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file,
    ):
        writer = csv.writer(file)
        keys = short_keys(one.setting for one in result.settings)
        writer.writerow((*FIRST_COLUMNS, *keys, *LAST_COLUMNS))
        for one in result.settings:
            values = (one.setting.values.get(key, "") for key in keys)
            setting = (one.setting.name, one.setting.recipe, *values, one.state, one.stopped and one.stopped.epoch)
            # The module writes nothing for None.
            writer.writerows((*setting, *_seed_cells(seed)) for seed in one.seeds)


def _seed_cells(seed: SeedResult) -> tuple[object, ...]:
    interval = seed.error_rate_interval
    low, high = (interval.low, interval.high) if interval else (None, None)
    errors = seed.errors if seed.images else None
    return seed.seed, len(seed.folds), seed.images, errors, seed.error_rate, low, high, seed.folder
