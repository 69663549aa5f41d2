"""Heat maps of an evaluation on corrupted images: accuracy, confidence and calibration of each kind and severity."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from roadsigns.evaluation.corruptions.result import Cell, CorruptionEvaluation
from roadsigns.reporting.figure import figure_at, write_title
from roadsigns.reporting.style import LIGHT, TINY, shades_of, text_on
from roadsigns.robustness.corruption import SEVERITIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_corruptions"]

# Field of a cell, heading, and the values in percent that have the lightest and the darkest colour.
PANELS = (
    ("accuracy", "Accuracy, %", LIGHT.wrong, (100.0, 40.0)),
    ("confidence", "Mean confidence, %", LIGHT.accent, (100.0, 40.0)),
    ("ece", "Expected calibration error, %", LIGHT.wrong, (0.0, 20.0)),
)
# In inches.
WIDTH, ROW, HEAD = 12.0, 0.27, 1.8


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
        write_title(figure, title)
        for place, (field, heading, colour, ends) in enumerate(PANELS):
            axes = figure.add_subplot(1, len(PANELS), place + 1)
            _draw_panel(axes, _percents(evaluation, field), colour, ends)
            axes.set_title(heading)
            axes.set_yticks(range(len(names)), [] if place else names)


def _percents(evaluation: CorruptionEvaluation, field: str) -> npt.NDArray[np.float64]:
    """Return a field of all cells in percent, shape (kinds + 1, 5); the uncorrupted images stand in each column."""

    def value(cell: Cell) -> float:
        return 100 * float(getattr(cell, field))

    rows = [[value(cell) for cell in kind.severities] for kind in evaluation.kinds]
    return np.array([[value(evaluation.uncorrupted)] * len(SEVERITIES), *rows])


def _draw_panel(axes: "Axes", values: npt.NDArray[np.float64], colour: str, ends: tuple[float, float]) -> None:
    """Draw numbers on colours: white is good, or sure, and dark is not."""
    from matplotlib.colors import Normalize, to_hex

    lightest, darkest = ends
    place = Normalize(0, 1, clip=True)((values - lightest) / (darkest - lightest))
    shades = shades_of(colour)
    axes.imshow(place, cmap=shades, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    axes.set_xticks(range(len(SEVERITIES)), [str(severity) for severity in SEVERITIES])
    axes.set_xlabel("severity")
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    for (row, column), value in np.ndenumerate(values):
        words = text_on(to_hex(shades(place[row, column])))
        axes.text(column, row, f"{value:.1f}", ha="center", va="center", fontsize=TINY, color=words)
