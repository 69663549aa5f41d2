"""Heat maps of an evaluation on corrupted images: accuracy, confidence and calibration of each kind and severity."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.corruptions.result import Cell, CorruptionEvaluation
from roadsigns.printable import printable
from roadsigns.reporting.plots import figure_at
from roadsigns.robustness.corruption import SEVERITIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_corruptions"]

# Field of a cell, heading, colours, and the values at both ends of the colours in percent.
PANELS = (
    ("accuracy", "Accuracy, %", "RdYlBu", (40.0, 100.0)),
    ("confidence", "Mean confidence, %", "RdYlBu", (40.0, 100.0)),
    ("ece", "Expected calibration error, %", "Reds", (0.0, 20.0)),
)
WIDTH, ROW, HEAD = 12.0, 0.27, 1.7
TITLE_LETTERS = 105
# Where a number is white, as a share of the colours: on their dark ends.
DARK_BELOW, DARK_ABOVE = 0.12, 0.88


def draw_corruptions(evaluation: CorruptionEvaluation, path: Path) -> None:
    """Draw three heat maps, a row for each kind and a column for each severity.

    Args:
        evaluation: The metrics.
        path: Ends in .png.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    title = f"{evaluation.title}: {evaluation.images:,} images, {100 * evaluation.accuracy:.2f} % of all versions right"
    if evaluation.mce is not None:
        title += f", mCE {evaluation.mce:.3f} (unit: {evaluation.baseline})"
    names = ["as it is", *(kind.kind for kind in evaluation.kinds)]
    with figure_at(path, width=WIDTH, height=HEAD + ROW * len(names)) as figure:
        figure.suptitle(textwrap.fill(printable(title).replace("$", r"\$"), TITLE_LETTERS), fontsize=11)
        for axes, (field, heading, colours, ends) in zip(figure.subplots(1, len(PANELS)), PANELS, strict=True):
            _draw_panel(axes, _percents(evaluation, field), colours, ends)
            axes.set_title(heading, fontsize=10)
            axes.set_yticks(range(len(names)), names if axes.get_subplotspec().is_first_col() else [], fontsize=8)


def _percents(evaluation: CorruptionEvaluation, field: str) -> npt.NDArray[np.float64]:
    """Return a field of all cells in percent, shape (kinds + 1, 5); the uncorrupted images stand in each column."""

    def value(cell: Cell) -> float:
        return 100 * float(getattr(cell, field))

    rows = [[value(cell) for cell in kind.severities] for kind in evaluation.kinds]
    return np.array([[value(evaluation.uncorrupted)] * len(SEVERITIES), *rows])


def _draw_panel(axes: "Axes", values: npt.NDArray[np.float64], colours: str, ends: tuple[float, float]) -> None:
    low, high = ends
    axes.imshow(values, cmap=colours, vmin=low, vmax=high, aspect="auto", interpolation="nearest")
    axes.set_xticks(range(len(SEVERITIES)), [str(severity) for severity in SEVERITIES], fontsize=8)
    axes.set_xlabel("severity", fontsize=8)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for (row, column), value in np.ndenumerate(values):
        place = (value - low) / (high - low)
        dark = place > DARK_ABOVE or (place < DARK_BELOW and colours != "Reds")
        axes.text(column, row, f"{value:.1f}", ha="center", va="center", fontsize=7, color="white" if dark else "black")
