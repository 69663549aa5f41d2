"""How all plots and sheets look: colours, sizes of text, widths of lines. Nothing of it is set anywhere else.

A picture is looked at on a screen, mostly as wide as it is or a little narrower. At `DPI`, text of `SMALL` points is 12
pixels high, which is read without effort; nothing is smaller but numbers in the cells of a large matrix.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from roadsigns.palette import DARK, LIGHT, MARKS, rgb_of

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

__all__ = [
    "DARK",
    "DASHES",
    "DPI",
    "HEADING",
    "LIGHT",
    "LINE",
    "MARGIN",
    "MARKS",
    "SMALL",
    "TEXT",
    "THIN",
    "TINY",
    "TITLE",
    "contrast",
    "picture_style",
    "rgb_of",
    "shades_of",
    "text_on",
]

# Pixels in an inch.
DPI = 100
# Sizes of text in points: titles of a picture and of its parts, labels of axes, ticks and captions, numbers in cells.
TITLE, HEADING, TEXT, SMALL, TINY = 13, 11, 10, 9, 8
# Around everything, in inches.
MARGIN = 0.12
# Widths of lines in points: those that show something, and those that help.
LINE, THIN = 1.8, 0.8
# How `Palette.series` differ where colours are not seen.
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.5, 1.2, 1.5)), (0, (9, 2)))


@contextmanager
def picture_style() -> Iterator[None]:
    """Let what Matplotlib draws in this block look alike, whatever the user's own `matplotlibrc` says."""
    from matplotlib import style

    with style.context(["default", _settings()]):
        yield


def _settings() -> dict[str, object]:
    words = ("text.color", "axes.labelcolor", "axes.titlecolor", "xtick.labelcolor", "ytick.labelcolor")
    return {
        **dict.fromkeys(words, LIGHT.text),
        **dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), LIGHT.line),
        **dict.fromkeys(("axes.spines.top", "axes.spines.right", "legend.frameon"), False),
        **dict.fromkeys(("axes.grid", "axes.axisbelow"), True),
        **dict.fromkeys(("axes.labelsize", "font.size"), TEXT),
        **dict.fromkeys(("xtick.labelsize", "ytick.labelsize", "legend.fontsize"), SMALL),
        "axes.linewidth": THIN,
        "axes.titlelocation": "left",
        "axes.titlesize": HEADING,
        **dict.fromkeys(("figure.constrained_layout.w_pad", "figure.constrained_layout.h_pad"), MARGIN),
        "figure.titlesize": TITLE,
        "grid.color": LIGHT.grid,
        "grid.linewidth": THIN,
        "lines.linewidth": LINE,
    }


def shades_of(colour: str, *, least: float = 0.0) -> "Colormap":
    """Return the shades from the ground to a colour, and on to a dark one of its hue, for numbers that grow.

    Args:
        colour: As "#RRGGBB".
        least: Where on the way from the ground to the dark end the shades begin: above 0, the smallest number shows.
    """
    from matplotlib.colors import LinearSegmentedColormap

    dark = "#" + "".join(f"{35 * part // 100:02X}" for part in rgb_of(colour))
    whole = LinearSegmentedColormap.from_list(colour, [LIGHT.ground, colour, dark])
    return LinearSegmentedColormap.from_list(colour, whole([least + (1 - least) * step / 255 for step in range(256)]))


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted(_luminance(colour) for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in rgb_of(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def text_on(colour: str) -> str:
    """Return the colour of words on this one: black or white, whichever is read more easily."""
    return max((MARKS.edge, LIGHT.ground), key=lambda words: contrast(words, colour))
