"""The results of a sweep as a table for the terminal, and as a CSV file."""

import csv
from pathlib import Path
from typing import TextIO

from roadsigns.evaluation.intervals import Interval
from roadsigns.files import replace_when_done
from roadsigns.printable import printable
from roadsigns.sweep.results import SweepResult
from roadsigns.wording import counted, percent

__all__ = ["print_sweep", "write_sweep_csv"]

CHOSEN = (
    "The best of several settings looks a little better on these images than it is. Before you quote its errors, "
    "measure it on images that chose nothing."
)
OTHER_IMAGES = "Not all settings were trained on the same folds and seeds, so their errors are not of the same images."
EPOCH_CHOSEN = (
    "Recipes that keep the epoch that does best on these very images have an advantage: --set training.keep=last keeps "
    "the last epoch of all."
)
COLUMNS = (
    *("setting", "state", "stopped_after_epoch", "seed", "folds", "images", "errors", "error_rate"),
    *("error_rate_low", "error_rate_high", "folder"),
)


def print_sweep(result: SweepResult, file: TextIO) -> None:
    """Print the settings, the most accurate first, and what is to be kept in mind."""
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    keys = list(dict.fromkeys(key for one in result.settings for key in one.setting.values))
    table = Table(Column("Recipe", overflow="fold"), *(key.rpartition(".")[2] for key in keys))
    for header in ("Folds", "Errors", "Misread", "95 % interval"):
        table.add_column(header, justify="right", no_wrap=True)
    for one in result.settings:
        table.add_row(
            Text(printable(Path(one.setting.recipe).stem)),
            *(Text(printable(one.setting.values.get(key, ""))) for key in keys),
            f"{one.finished_folds} of {len(one.seeds) * one.wanted_folds}",
            f"{one.errors:,}" if one.images else "-",
            "-" if one.error_rate is None else percent(one.error_rate),
            _interval(one.interval),
        )
    console = Console(file=file, highlight=False, markup=False)
    console.print(table)
    for note in _notes(result):
        console.print(printable(note), soft_wrap=True)


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return "-"
    low, high = (100 * (1 - bound) for bound in (interval.high, interval.low))
    return f"{low:.2f} to {high:.2f} %"


def _notes(result: SweepResult) -> list[str]:
    judged = [one for one in result.settings if one.images]
    notes = [
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
    """Write a line for each setting and seed. Rates are fractions.

    Raises:
        OSError: If it cannot be written.
    """
    with replace_when_done(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for one in result.settings:
            for seed in one.seeds:
                bounds = (1 - seed.interval.high, 1 - seed.interval.low) if seed.interval else ("", "")
                writer.writerow(
                    (
                        *(one.setting.name, one.state, one.stopped.epoch if one.stopped else "", seed.seed),
                        *(len(seed.folds), seed.images, seed.errors if seed.images else ""),
                        *(seed.errors / seed.images if seed.images else "", *bounds, seed.folder),
                    )
                )
