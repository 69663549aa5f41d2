"""The report of a check: a folder of files.

check.json      everything that `roadsigns check --json` prints
classes.csv     statistics of each class in each split
tracks.csv      statistics of each track
classes.png   brightness.png   sizes.png   duplicates.png   with the report extra
"""

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from roadsigns.dataset_check.check import Check
from roadsigns.dataset_check.class_stats import Spread
from roadsigns.dataset_check.duplicates_sheet import draw_duplicates
from roadsigns.dataset_check.plots import draw_balance, draw_brightness, draw_sizes
from roadsigns.files import check_output_folder, made_folder, output_errors, replace_when_done
from roadsigns.wording import counted

__all__ = ["write_check"]


def write_check(check: Check, folder: Path) -> None:
    """Write the files of a report; those of an earlier one are replaced, each whole or not at all.

    Raises:
        OutputError: If the folder cannot be written, or lies in the data folder.
        MissingExtraError: If matplotlib is not installed; the JSON and CSV files are then written, the pictures not.
    """
    check_output_folder(folder, data=check.inventory.data)
    with output_errors(folder, "Free some space, or name another place with --out."), made_folder(folder):
        with replace_when_done(folder / "check.json") as temporary:
            # ASCII: a file's name may not be valid text.
            temporary.write_text(json.dumps(check.as_dict(), indent=2, allow_nan=False) + "\n", encoding="utf-8")
        _write_rows(folder / "classes.csv", _class_rows(check))
        _write_rows(folder / "tracks.csv", _track_rows(check))
        _draw_pictures(check, folder)


def _class_rows(check: Check) -> Iterable[list[Any]]:
    spread = [f"{quantity}_{name}" for quantity in ("side", "brightness") for name in Spread._fields]
    yield ["split", "class_id", "name", "images", "undecodable", "tracks", *spread]
    for split, classes in check.splits.items():
        for one in classes:
            counts = [one.class_id, one.name, one.images, one.undecodable, one.tracks]
            nothing = [None] * len(Spread._fields)
            yield [split, *counts, *(one.side or nothing), *(one.brightness or nothing)]


def _track_rows(check: Check) -> Iterable[list[Any]]:
    yield ["class_id", "track", "frames", "undecodable", "least_width", "largest_width", "brightness"]
    for one in check.tracks:
        yield list(asdict(one).values())


def _write_rows(path: Path, rows: Iterable[list[Any]]) -> None:
    # A class is named after its folder, whose name may not be valid text.
    with (
        replace_when_done(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file,
    ):
        csv.writer(file).writerows(rows)


def _draw_pictures(check: Check, folder: Path) -> None:
    splits = check.splits
    title = f"{check.data}: {counted(len(check.inventory.names), 'image')}"
    draw_balance(splits, folder / "classes.png", title=title)
    draw_brightness(splits, folder / "brightness.png", title=title)
    draw_sizes(splits, folder / "sizes.png", title=title)
    draw_duplicates(check, folder / "duplicates.png")
