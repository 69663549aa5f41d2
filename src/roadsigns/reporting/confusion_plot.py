"""A plot of a confusion matrix."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roadsigns.reporting.figure import figure_at, write_title
from roadsigns.reporting.style import LIGHT, SMALL, THIN, TINY, shades_of, text_on
from roadsigns.reporting.words import letters_in, plain, shorten, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize

__all__ = ["draw_confusion"]

# With more classes than this, names and counts in the matrix would be too small to read.
MAX_NAMED_CLASSES = 120
# In inches: the sides of a cell, which holds four digits, and of a matrix of a few classes or without names.
CELL, LARGEST_CELL, SMALL_MATRIX, UNNAMED = 0.34, 0.6, 3.0, 12.0
# For the title, and for what stands around names and matrix.
MIN_WIDTH, AROUND = 6.0, 1.0
LONGEST_NAME = 34
# So many errors of one kind, or more, have the darkest colour.
MANY = 20


def draw_confusion(confusion: npt.NDArray[np.int64], names: Sequence[str], path: Path, *, title: str) -> None:
    """Draw a confusion matrix: misread images as coloured cells with their number, right ones as grey numbers.

    Args:
        confusion: Counts, rows are the truth, columns the prediction, shape (num_classes, num_classes).
        names: Of the classes, in label order.
        path: Ends in .png.
        title: What was evaluated.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    count = len(names)
    labels = [f"{shorten(name, LONGEST_NAME)}  {class_id}" for class_id, name in enumerate(names)]
    named = count <= MAX_NAMED_CLASSES
    matrix = count * min(LARGEST_CELL, max(CELL, SMALL_MATRIX / count)) if named else UNNAMED
    beside = max(map(width_of, labels)) / letters_in(1, SMALL) if named else 0
    side = matrix + beside + AROUND
    with figure_at(path, width=max(MIN_WIDTH, side), height=side) as figure:
        from matplotlib.colors import PowerNorm

        axes = figure.add_subplot()
        misread = np.where(np.eye(count, dtype=bool), 0, confusion)
        # The square root, since one error must show beside forty of another kind.
        norm = PowerNorm(0.5, 0, max(MANY, misread.max()))
        shades = shades_of(LIGHT.wrong, least=0.2)
        axes.imshow(np.ma.masked_equal(misread, 0), cmap=shades, norm=norm, interpolation="nearest")
        write_title(figure, title)
        axes.set(xlabel="prediction", ylabel="truth", xlim=(-0.5, count - 0.5), ylim=(count - 0.5, -0.5))
        axes.spines[:].set_visible(True)
        if named:
            _name_classes(axes, labels)
            _write_numbers(axes, confusion, norm, shades)
        else:
            axes.set(xlabel="prediction (class)", ylabel="truth (class)")
            axes.grid(visible=False)
            axes.plot([-0.5, count - 0.5], [-0.5, count - 0.5], color=LIGHT.grid, linewidth=THIN, zorder=0)


def _name_classes(axes: "Axes", labels: Sequence[str]) -> None:
    escaped = [plain(label) for label in labels]
    axes.set_xticks(range(len(labels)), escaped, rotation=90)
    axes.set_yticks(range(len(labels)), escaped)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    edges = np.arange(len(labels) + 1) - 0.5
    # A grid of ticks between the names would take as long as the rest of the picture.
    for draw in (axes.hlines, axes.vlines):
        draw(edges, edges[0], edges[-1], color=LIGHT.grid, linewidth=THIN, zorder=0.5)


def _write_numbers(axes: "Axes", confusion: npt.NDArray[np.int64], norm: "Normalize", shades: "Colormap") -> None:
    from matplotlib.colors import to_hex

    for row, column in np.argwhere(confusion).tolist():
        number = int(confusion[row, column])
        colour = LIGHT.soft if row == column else text_on(to_hex(shades(norm(number))))
        text = axes.text(column, row, str(number), ha="center", va="center", fontsize=TINY, color=colour)
        # It lies within the axes, whose place it cannot change.
        text.set_in_layout(False)
