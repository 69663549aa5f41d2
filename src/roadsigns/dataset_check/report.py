"""The check of a data folder as JSON and as a folder of files.

check.json      everything that `roadsigns check --json` prints
classes.csv     figures of each class in each split
tracks.csv      figures of each track
classes.png   brightness.png   sizes.png   duplicates.png   with the report extra
"""

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from roadsigns.dataset_check.check import Check
from roadsigns.dataset_check.class_stats import ClassFigures, Spread
from roadsigns.dataset_check.duplicates_sheet import draw_duplicates
from roadsigns.dataset_check.findings import Finding
from roadsigns.dataset_check.plots import draw_balance, draw_brightness, draw_sizes
from roadsigns.errors import RunError
from roadsigns.files import replace_when_done

__all__ = ["require_outside", "values_of", "write_check"]


def values_of(check: Check) -> dict[str, Any]:
    """Return all that was found as plain values that JSON can hold; None where there is nothing.

    Paths begin with the data folder as it was given. Bytes in them that are no UTF-8 become lone surrogates, as
    everywhere in Python (`os.fsdecode`).
    """
    inventory = check.inventory
    return {
        "data": str(inventory.data),
        "layout": inventory.layout,
        "images": len(inventory.names),
        "training_images": int((~inventory.is_test).sum()),
        "test_images": int(inventory.is_test.sum()),
        "undecodable": int((~check.measurements.decoded).sum()),
        "errors": check.errors,
        "warnings": check.warnings,
        "findings": [_finding_values(finding, inventory.data) for finding in check.findings],
        "classes": [_class_values(figures) for figures in check.training],
        "test_classes": [_class_values(figures) for figures in check.test],
        "tracks": [asdict(figures) for figures in check.tracks],
    }


def _finding_values(finding: Finding, data: Path) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "level": finding.level,
        "meaning": finding.meaning,
        "count": finding.count,
        "items": [
            {"paths": [str(data / path) for path in item.paths], "detail": item.detail} for item in finding.items
        ],
    }


def _class_values(figures: ClassFigures) -> dict[str, Any]:
    return {
        **asdict(figures),
        "side": figures.side and figures.side._asdict(),
        "brightness": figures.brightness and figures.brightness._asdict(),
    }


def require_outside(folder: Path, data: Path) -> None:
    """Refuse a folder for the report that lies in the data folder, where nothing is ever written.

    Raises:
        RunError: If it does, also by way of a link.
    """
    if folder.resolve().is_relative_to(data.resolve()):
        raise RunError(
            f"The report cannot be written to {folder}: it lies in the data folder {data}, "
            "and nothing is written there. Choose another folder with --out."
        )


def write_check(check: Check, folder: Path) -> None:
    """Write the files of a report; those of an earlier one are replaced, each whole or not at all.

    Raises:
        RunError: If the folder cannot be written, or lies in the data folder.
        MissingExtraError: If matplotlib is not installed; the JSON and CSV files are then written, the pictures not.
    """
    require_outside(folder, check.inventory.data)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replace_when_done(folder / "check.json") as temporary:
            # ASCII: a file's name may be no text.
            temporary.write_text(json.dumps(values_of(check), indent=2, allow_nan=False) + "\n", encoding="utf-8")
        _write_rows(folder / "classes.csv", _class_rows(check))
        _write_rows(folder / "tracks.csv", _track_rows(check))
        _draw_pictures(check, folder)
    except OSError as error:
        raise RunError(
            f"The report cannot be written to {folder}: {error.strerror or error}. Choose another folder with --out."
        ) from error


def _class_rows(check: Check) -> Iterable[list[Any]]:
    spread = [f"{quantity}_{name}" for quantity in ("side", "brightness") for name in Spread._fields]
    yield ["split", "class_id", "name", "images", "undecodable", "tracks", *spread]
    for split, classes in (("training", check.training), ("test", check.test)):
        for figures in classes:
            counts = [figures.class_id, figures.name, figures.images, figures.undecodable, figures.tracks]
            nothing = [None] * len(Spread._fields)
            yield [split, *counts, *(figures.side or nothing), *(figures.brightness or nothing)]


def _track_rows(check: Check) -> Iterable[list[Any]]:
    yield ["class_id", "track", "frames", "undecodable", "least_width", "largest_width", "brightness"]
    for figures in check.tracks:
        yield list(asdict(figures).values())


def _write_rows(path: Path, rows: Iterable[list[Any]]) -> None:
    # A class is named after its folder, whose name may be no text.
    with (
        replace_when_done(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file,
    ):
        csv.writer(file).writerows(rows)


def _draw_pictures(check: Check, folder: Path) -> None:
    splits = {name: classes for name, classes in (("training", check.training), ("test", check.test)) if classes}
    title = f"{check.inventory.data}: {len(check.inventory.names):,} images"
    draw_balance(splits, folder / "classes.png", title=title)
    draw_brightness(splits, folder / "brightness.png", title=title)
    draw_sizes(splits, folder / "sizes.png", title=title)
    draw_duplicates(check, folder / "duplicates.png")
