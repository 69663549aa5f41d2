"""A Matplotlib figure in the package's style, written as a PNG file.

Only Matplotlib's Figure objects: pyplot keeps global state and may need a display.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from roadsigns.files import replace_when_done
from roadsigns.reporting.fonts import fonts_of_all_scripts, missing_glyphs_in_one_warning
from roadsigns.reporting.matplotlib_import import require_matplotlib
from roadsigns.reporting.style import DPI, LIGHT, MARGIN, TITLE, picture_style
from roadsigns.reporting.words import letters_in, wrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["figure_at", "write_title"]

TITLE_LINES = 4


@contextmanager
def figure_at(path: Path, *, width: float, height: float, axes_fitted: bool = True) -> Iterator["Figure"]:
    """Yield a Matplotlib figure and write it as a PNG file, whole or not at all.

    Args:
        path: Ends in .png.
        width: In inches.
        height: In inches.
        axes_fitted: Arrange the axes so that all labels fit.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    require_matplotlib()
    from matplotlib.figure import Figure

    with picture_style(), fonts_of_all_scripts():
        figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained" if axes_fitted else None)
        yield figure
        with replace_when_done(path) as temporary, missing_glyphs_in_one_warning():
            _fit_axes(figure)
            figure.savefig(temporary, format="png", facecolor=LIGHT.ground)


def _fit_axes(figure: "Figure") -> None:
    """Arrange the axes, if they are fitted. Matplotlib would arrange them twice and draw twice to write one file."""
    engine = figure.get_layout_engine()
    if engine and figure.axes:
        engine.execute(figure)
    figure.set_layout_engine(None)


def write_title(figure: "Figure", title: str) -> None:
    """Write the title of a figure at its top left, in as many lines as it takes."""
    inches = figure.get_figwidth() - 2 * MARGIN
    text = wrap(title, letters_in(inches, TITLE), TITLE_LINES)
    figure.suptitle(text, x=MARGIN / figure.get_figwidth(), ha="left", parse_math=False)
