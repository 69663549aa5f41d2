"""A contact sheet of duplicates: equal and nearly equal images side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from roadsigns.dataset_check.check import Check
from roadsigns.errors import ImageError
from roadsigns.preprocessing.decode import read_image
from roadsigns.printable import printable
from roadsigns.reporting.plots import RED, figure_at
from roadsigns.reporting.sheet_cells import brighten
from roadsigns.types import UInt8Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_duplicates"]

MAX_PAIRS = 48
PAIR_COLUMNS = 4
# In inches.
CELL_WIDTH, CELL_HEIGHT, CELL_IMAGE, HEAD = 3.3, 2.2, 1.5, 0.7
# Duplicates that concern no split and no label need not be looked at.
SHOWN = ("duplicate-across-", "near-across-")


class _Pair(NamedTuple):
    kind: str
    paths: tuple[str, ...]
    detail: str


def draw_duplicates(check: Check, path: Path) -> None:
    """Draw pairs of equal and nearly equal images across splits, classes and tracks.

    Args:
        check: The result of a check; the image files are read again.
        path: Ends in .png. Without pairs the sheet holds only its title.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    pairs = list(_pairs(check))
    count = sum(finding.count for finding in check.findings if finding.kind.startswith(SHOWN))
    shown = "" if len(pairs) == count else f", {len(pairs)} shown"
    cases = "case" if count == 1 else "cases"
    columns = max(2, min(PAIR_COLUMNS, len(pairs)))
    rows = -(-len(pairs) // columns)
    width, height = columns * CELL_WIDTH, rows * CELL_HEIGHT + HEAD
    with figure_at(path, width=width, height=height, axes_fitted=False) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        title = f"{printable(str(check.inventory.data))}: {count:,} {cases} of equal or nearly equal images{shown}"
        _write(axes, title + "\nDark images are brightened here.", x=width / 2, y=0.15, size=10)
        for index, pair in enumerate(pairs):
            row, column = divmod(index, columns)
            _draw_pair(axes, check.inventory.data, pair, left=column * CELL_WIDTH, top=HEAD + row * CELL_HEIGHT)
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")


def _pairs(check: Check) -> Iterator[_Pair]:
    """Yield the first pairs of each kind, with equal room for each kind."""
    findings = [finding for finding in check.findings if finding.kind.startswith(SHOWN)]
    for finding in findings:
        for item in finding.items[: MAX_PAIRS // len(findings)]:
            yield _Pair(finding.kind, item.paths[:2], item.detail)


def _draw_pair(axes: "Axes", data: Path, pair: _Pair, *, left: float, top: float) -> None:
    for column, path in enumerate(pair.paths):
        image = _read(data / path)
        tall, wide = image.shape[:2]
        scale = CELL_IMAGE / max(tall, wide)
        x = left + 0.1 + column * (CELL_IMAGE + 0.1)
        extent = (x, x + wide * scale, top + tall * scale, top)
        axes.imshow(brighten(image), extent=extent, interpolation="nearest")
    middle = left + 0.1 + CELL_IMAGE + 0.05
    _write(axes, pair.kind, x=middle, y=top + CELL_IMAGE + 0.03, size=7.5, colour=RED)
    for line, text in enumerate((" | ".join(_short(path) for path in pair.paths), pair.detail), start=1):
        _write(axes, text, x=middle, y=top + CELL_IMAGE + 0.03 + 0.14 * line, size=6.5)


def _short(path: str) -> str:
    """Return the end of a path, which tells the images of a sheet apart."""
    shown = printable("/".join(Path(path).parts[-2:]))
    return shown if len(shown) <= 32 else f"…{shown[-31:]}"  # noqa: PLR2004 - what fits


def _read(path: Path) -> UInt8Image:
    try:
        return read_image(path)
    except ImageError:
        # It was removed since the check.
        return np.zeros((1, 1, 3), np.uint8)


def _write(axes: "Axes", text: str, *, x: float, y: float, size: float, colour: str = "black") -> None:
    axes.text(x, y, text, ha="center", va="top", fontsize=size, color=colour, parse_math=False)
