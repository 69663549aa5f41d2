"""Plots of a data folder: the number of images of each class, their brightness and their size."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from roadsigns.dataset_check.class_stats import ClassStats, Spread
from roadsigns.reporting.figure import figure_at, write_title
from roadsigns.reporting.style import LIGHT, TINY
from roadsigns.reporting.words import plain, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_balance", "draw_brightness", "draw_sizes"]

# {name of the split: statistics of its classes}; all splits have the same classes.
Splits = Mapping[str, Sequence[ClassStats]]

COLOURS = dict(zip(("training", "test", "validation"), LIGHT.series, strict=False))
# In inches.
WIDTH, HEAD, ROW, MAX_HEIGHT = 10.0, 1.9, 0.22, 60.0
LONGEST_NAME = 48
# Of more classes not every one is named: a text takes ten times as long to draw as a bar.
MAX_NAMED = 250
SIDE_TICKS = [8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048, 4096, 8192]


def draw_balance(splits: Splits, path: Path, *, title: str) -> None:
    """Draw a bar chart of the number of images of each class.

    Args:
        splits: At least one.
        path: Ends in .png.
        title: The title of the plot.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    with figure_at(path, width=WIDTH, height=_height(splits)) as figure:
        axes = figure.add_subplot()
        ends = np.zeros(_rows(splits))
        for name, classes in splits.items():
            counts = np.array([one.images for one in classes])
            axes.barh(np.arange(len(counts)), counts, left=ends, height=0.7, color=COLOURS[name], label=name)
            ends += counts
        for row in _named(splits):
            of_class = [classes[row] for classes in splits.values()]
            text = " + ".join(f"{one.images:,}" for one in of_class)
            axes.annotate(
                text, (ends[row], row), (4, 0), textcoords="offset points", va="center", fontsize=TINY, color=LIGHT.soft
            )
        axes.set_xlim(0, (1.06 + 0.06 * len(splits)) * max(1, ends.max()))
        axes.xaxis.set_major_formatter("{x:,g}")
        _name_rows(figure, axes, splits, title=title, label="images")


def draw_brightness(splits: Splits, path: Path, *, title: str) -> None:
    """Draw the distribution of the mean grey levels of each class's images. See `draw_balance`."""
    with figure_at(path, width=WIDTH, height=_height(splits)) as figure:
        axes = figure.add_subplot()
        _draw_spreads(axes, {name: [one.brightness for one in classes] for name, classes in splits.items()})
        axes.set_xlim(0, 255)
        _name_rows(figure, axes, splits, title=title, label=_legend("mean grey level of an image"))


def draw_sizes(splits: Splits, path: Path, *, title: str) -> None:
    """Draw the distribution of the sizes of each class's images. See `draw_balance`."""
    with figure_at(path, width=WIDTH, height=_height(splits)) as figure:
        axes = figure.add_subplot()
        _draw_spreads(axes, {name: [one.side for one in classes] for name, classes in splits.items()})
        axes.set_xscale("log", base=2)
        axes.set_xticks(SIDE_TICKS, [str(tick) for tick in SIDE_TICKS])
        axes.minorticks_off()
        spreads = [one.side for classes in splits.values() for one in classes if one.side]
        least, largest = (
            (min(one.least for one in spreads), max(one.largest for one in spreads)) if spreads else (8, 64)
        )
        axes.set_xlim(least / 1.1, largest * 1.1)
        _name_rows(figure, axes, splits, title=title, label=_legend("shorter side of an image in pixels"))


def _legend(quantity: str) -> str:
    return f"{quantity}: median, middle half, middle 90 %, all"


def _draw_spreads(axes: "Axes", splits: Mapping[str, Sequence[Spread | None]]) -> None:
    # Two or three splits share a row, one above the other.
    reach = 0.09 * len(splits)
    offsets = np.linspace(-reach, reach, len(splits)) if len(splits) > 1 else [0.0]
    for offset, (name, spreads) in zip(offsets, splits.items(), strict=True):
        rows = np.array([row + offset for row, spread in enumerate(spreads) if spread])
        filled = [spread for spread in spreads if spread]
        colour = COLOURS[name]
        for low, high, width in (("least", "largest", 0.4), ("p5", "p95", 1.2), ("p25", "p75", 3.5)):
            starts, ends = ([getattr(spread, end) for spread in filled] for end in (low, high))
            axes.hlines(rows, starts, ends, color=colour, linewidth=width)
        axes.plot(
            [spread.median for spread in filled], rows, "o", color=LIGHT.ground, markeredgecolor=colour, markersize=4
        )
        axes.plot([], [], color=colour, linewidth=3.5, label=name)


def _name_rows(figure: "Figure", axes: "Axes", splits: Splits, *, title: str, label: str) -> None:
    classes = next(iter(splits.values()))
    rows = _named(splits)
    axes.set_yticks(
        rows, [plain(f"{shorten(classes[row].name, LONGEST_NAME)}  {classes[row].class_id}") for row in rows]
    )
    axes.set_ylim(len(classes) - 0.4, -0.6)
    axes.set_xlabel(label)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    write_title(figure, title)
    if len(splits) > 1:
        # Above the bars, where it covers none.
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(splits))


def _rows(splits: Splits) -> int:
    return len(next(iter(splits.values())))


def _named(splits: Splits) -> range:
    return range(0, _rows(splits), -(-_rows(splits) // MAX_NAMED))


def _height(splits: Splits) -> float:
    return min(HEAD + ROW * _rows(splits), MAX_HEIGHT)
