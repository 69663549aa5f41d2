"""A contact sheet of duplicates: equal and nearly equal images side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from roadsigns.dataset_check.check import Check
from roadsigns.preprocessing.brighten import brighten
from roadsigns.reporting.sheet_cells import (
    read_or_blank,
    sheet_at,
    show_image,
    write_heading,
    write_text,
)
from roadsigns.reporting.style import LIGHT, TINY
from roadsigns.reporting.words import keep_end, letters_in, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_duplicates"]

MAX_PAIRS = 48
PAIR_COLUMNS = 4
# In inches.
CELL_WIDTH, CELL_HEIGHT, CELL_IMAGE, HEAD, EDGE = 3.4, 2.35, 1.5, 0.8, 0.1
LINE = 0.15
# Duplicates that concern no split and no label are not shown.
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
    title = (
        f"{check.inventory.data}: {count:,} {cases} of equal or nearly equal images{shown}. Dark images are brightened."
    )
    with sheet_at(path, width=width, height=height) as axes:
        write_heading(axes, title, EDGE, EDGE, inches=width)
        for index, pair in enumerate(pairs):
            row, column = divmod(index, columns)
            _draw_pair(axes, check.inventory.data, pair, left=column * CELL_WIDTH, top=HEAD + row * CELL_HEIGHT)


def _pairs(check: Check) -> Iterator[_Pair]:
    """Yield the first pairs of each kind, with equal room for each kind."""
    findings = [finding for finding in check.findings if finding.kind.startswith(SHOWN)]
    for finding in findings:
        for item in finding.items[: MAX_PAIRS // len(findings)]:
            yield _Pair(finding.kind, item.paths[:2], item.detail)


def _draw_pair(axes: "Axes", data: Path, pair: _Pair, *, left: float, top: float) -> None:
    below = top + CELL_IMAGE + 0.03
    for column, path in enumerate(pair.paths):
        x = left + EDGE + column * (CELL_IMAGE + EDGE)
        # An image may have been removed since the check.
        show_image(axes, brighten(read_or_blank(data / path)), x, top, CELL_IMAGE)
        # The ends of the paths distinguish the images of a sheet.
        name = keep_end("/".join(Path(path).parts[-2:]), letters_in(CELL_IMAGE, TINY))
        write_text(axes, name, x, below, size=TINY, colour=LIGHT.soft)
    write_text(axes, pair.kind, left + EDGE, below + LINE, size=TINY, colour=LIGHT.wrong)
    detail = wrap(pair.detail, letters_in(2 * CELL_IMAGE + EDGE, TINY), 2)
    write_text(axes, detail, left + EDGE, below + 2 * LINE, size=TINY)
