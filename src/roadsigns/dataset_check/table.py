"""The result of a check as tables for the terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

import numpy as np

from roadsigns.dataset_check.check import Check
from roadsigns.dataset_check.class_stats import ClassStats, Spread, spread_of
from roadsigns.dataset_check.findings import Finding, Item
from roadsigns.printable import printable
from roadsigns.wording import counted, counted_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

__all__ = ["print_check"]

SHOWN_CLASSES = 100
SHOWN_ITEMS = 3
SHOWN_PATHS = 4


def print_check(check: Check, file: TextIO) -> None:
    """Print statistics and findings: of each kind of finding the number and the first few cases."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False, emoji=False)
    console.print(f"{printable(str(check.data))}, {check.inventory.title}", style="bold", soft_wrap=True)
    console.print(_overview(check))
    console.print(_class_table(check))
    console.print(
        "Side: least/median/largest shorter side in pixels. Grey: median of the images' mean grey levels, 0 to 255.",
        style="dim",
        soft_wrap=True,
    )
    if len(check.inventory.classes) > SHOWN_CLASSES:
        console.print(f"The first {SHOWN_CLASSES} of {len(check.inventory.classes):,} classes; --json has all.")
    for finding in check.findings:
        _print_finding(console, finding)
    if check.findings:
        asked = " ".join(f"--explain {rule}" for rule in sorted({finding.rule for finding in check.findings}))
        console.print(f"Why it is bad and how to fix it: roadsigns check {asked}", style="dim", soft_wrap=True)
    console.print(_verdict(check), style="bold", soft_wrap=True)


def _overview(check: Check) -> "Table":
    from rich.table import Table

    inventory, stats = check.inventory, check.image_stats
    table = Table(box=None, show_header=False, pad_edge=False)
    for split, classes in check.splits.items():
        table.add_row(split.capitalize(), _counts(classes))
    if check.tracks:
        frames = [one.frames for one in check.tracks]
        table.add_row("Tracks", f"{len(check.tracks):,} of {_range(min(frames), max(frames), 'frame')}")
    decoded = stats.decoded
    table.add_row("Decoding", f"{int(decoded.sum()):,} of {len(inventory.names):,} images decode")
    sides, brightness = spread_of(stats.size[decoded].min(axis=1)), spread_of(stats.brightness[decoded])
    if sides and brightness:
        table.add_row("Shorter side", f"{_spread(sides)} pixels")
        table.add_row("Grey level", f"{_spread(brightness)} of 255")
    return table


def _counts(classes: Sequence[ClassStats]) -> str:
    images = sorted(one.images for one in classes if one.images)
    if not images:
        return "no image"
    middle = f", median {np.median(images):,.0f}" if images[0] != images[-1] else ""
    return (
        f"{counted(sum(images), 'image')} of {counted_of(len(images), len(classes), 'class')}, "
        f"{_range(images[0], images[-1], 'image')} each{middle}"
    )


def _range(least: int, largest: int, noun: str) -> str:
    return counted(least, noun) if least == largest else f"{least:,} to {counted(largest, noun)}"


def _spread(spread: Spread) -> str:
    return f"{spread.least:,.0f} to {spread.largest:,.0f}, median {spread.median:,.0f}"


def _class_table(check: Check) -> "Table":
    """A row for each class; images, sizes and grey levels are those of the first split, the training images mostly."""
    from rich.table import Table

    shown, *others = check.splits.values()
    has_tracks = bool(check.tracks)
    table = Table(box=None, header_style="bold", pad_edge=False)
    names = list(check.splits)[1:]
    for header in ("class", "name", "images", *(["tracks"] if has_tracks else []), *names, "side", "grey"):
        table.add_column(header, justify="left" if header == "name" else "right")
    for place, one in enumerate(shown[:SHOWN_CLASSES]):
        table.add_row(*_cells(one, [other[place] for other in others], has_tracks=has_tracks))
    return table


def _cells(one: ClassStats, others: Sequence[ClassStats], *, has_tracks: bool) -> Iterator["Text"]:
    from rich.text import Text

    yield Text(str(one.class_id))
    yield Text(printable(one.name))
    yield Text(f"{one.images:,}")
    if has_tracks:
        yield Text(f"{one.tracks:,}")
    for other in others:
        yield Text(f"{other.images:,}")
    side, brightness = one.side, one.brightness
    yield Text(f"{side.least:.0f}/{side.median:.0f}/{side.largest:.0f}" if side else "")
    yield Text(f"{brightness.median:.0f}" if brightness else "")


def _print_finding(console: "Console", finding: Finding) -> None:
    style = "red" if finding.level == "error" else "yellow"
    console.print(f"{finding.rule} {finding.level}: {finding.kind}, {finding.count:,}", style=style, soft_wrap=True)
    console.print(f"  {finding.meaning}", soft_wrap=True)
    for item in finding.items[:SHOWN_ITEMS]:
        for line in _lines(item):
            console.print(f"    {line}", soft_wrap=True)
    if finding.count > SHOWN_ITEMS:
        console.print(f"    ... and {finding.count - SHOWN_ITEMS:,} more; --json lists them.", soft_wrap=True)


def _lines(item: Item) -> Iterator[str]:
    paths = [printable(path) for path in item.paths[:SHOWN_PATHS]]
    if len(item.paths) > SHOWN_PATHS:
        paths.append("...")
    detail = printable(item.detail)
    if len(paths) == 1 and paths[0] not in detail:
        yield f"{paths[0]}: {detail}" if detail else paths[0]
    elif len(paths) > 1:
        yield from paths[:-1]
        yield f"{paths[-1]}: {detail}" if detail else paths[-1]
    else:
        yield detail


def _verdict(check: Check) -> str:
    if not check.errors and not check.warnings:
        return "No problems found."
    return f"Errors: {check.errors:,}. Warnings: {check.warnings:,}."
