"""A plot of the recall of each class."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roadsigns.reporting.figure import figure_at, write_title
from roadsigns.reporting.style import LIGHT, SMALL
from roadsigns.reporting.words import LETTER, plain, shorten, width_of
from roadsigns.wording import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_recall"]

# In inches.
WIDTH, HEAD, ROW, MAX_HEIGHT = 10.0, 1.9, 0.22, 200.0
LONGEST_NAME = 48
# Between the bars and the columns beside them, in letters.
GAP = 2


def draw_recall(
    images: npt.NDArray[np.int64], errors: npt.NDArray[np.int64], names: Sequence[str], path: Path, *, title: str
) -> None:
    """Draw the recall of each class as bars that reach down from 100 %: a bar shows what was missed.

    Args:
        images: Number of images of each class, shape (num_classes,).
        errors: Number of misread images of each class, shape (num_classes,).
        names: Of the classes, in label order.
        path: Ends in .png.
        title: What was evaluated.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    missed = 100 * np.divide(errors, images, out=np.zeros(len(names)), where=images > 0)
    rows = np.arange(len(names))
    with figure_at(path, width=WIDTH, height=min(HEAD + ROW * len(names), MAX_HEIGHT)) as figure:
        axes = figure.add_subplot()
        axes.barh(rows, -missed, left=100, color=LIGHT.wrong, height=0.7)
        _write_notes(axes, images, errors)
        labels = [f"{shorten(name, LONGEST_NAME)}  {class_id}" for class_id, name in enumerate(names)]
        axes.set_yticks(rows, [plain(label) for label in labels])
        write_title(figure, title)
        axes.set(
            xlabel="recall, %; a bar is what was missed", xlim=(100 - min(100, max(1.0, 1.08 * missed.max())), 100)
        )
        axes.set_ylim(len(names) - 0.4, -1.6)
        axes.spines[["left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")


def _write_notes(axes: "Axes", images: npt.NDArray[np.int64], errors: npt.NDArray[np.int64]) -> None:
    """Write two right-aligned columns to the right of the bars."""
    columns: dict[str, list[str]] = {"recall": [], "misread": []}
    for total, wrong in zip(images.tolist(), errors.tolist(), strict=True):
        columns["recall"].append(percent(1 - wrong / total) if total else "")
        columns["misread"].append(f"{wrong:,} of {total:,}" if total else "no image")
    end = 0.0
    for heading, notes in columns.items():
        end += GAP + max(map(width_of, (heading, *notes)))
        for row, note in enumerate((heading, *notes), start=-1):
            axes.annotate(
                note,
                (100, row),
                xytext=(end * LETTER * SMALL, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=SMALL,
                color=LIGHT.text if row >= 0 and errors[row] else LIGHT.soft,
                annotation_clip=False,
            )
