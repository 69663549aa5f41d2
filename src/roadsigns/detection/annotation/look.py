"""How boxes and captions look: colours, lines and sizes."""

import math
from typing import NamedTuple

from roadsigns.inference.prediction import Decision
from roadsigns.palette import LIGHT, MARKS, rgb_of

__all__ = ["BLACK", "LOOKS", "MIN_TEXT", "WHITE", "Look", "line_width_of", "text_size_of"]

# Of the root of the picture's area: 17 pixels at 1360x800, 57 at 4000x3000, which look alike on a screen.
TEXT_SHARE = 1 / 61
# In pixels: what small pictures get, and where that does not fit into them.
SMALL_TEXT, MIN_TEXT = 13, 10
TEXT_PER_LINE = 6


class Look(NamedTuple):
    """How a decision looks. The line says it too, for those who do not tell the colours apart.

    Attributes:
        colour: Of box and caption, RGB, one of `roadsigns.palette.MARKS`.
        text: Of the text on it.
        dash: Of the box's line: how long it is drawn and left out, in line widths; None for a whole line.
    """

    colour: tuple[int, int, int]
    text: tuple[int, int, int]
    dash: tuple[int, int] | None


WHITE, BLACK = rgb_of(LIGHT.ground), rgb_of(MARKS.edge)
KNOWN = Look(rgb_of(MARKS.known), WHITE, None)
LOOKS: dict[Decision | None, Look] = {
    "known": KNOWN,
    "uncertain": Look(rgb_of(MARKS.uncertain), BLACK, (5, 3)),
    "unknown": Look(rgb_of(MARKS.unknown), BLACK, (1, 2)),
    # Of a model that does not decide.
    None: KNOWN,
}


def text_size_of(width: int, height: int) -> int:
    """Return the size of text in a picture, in pixels."""
    return max(SMALL_TEXT, round(math.sqrt(width * height) * TEXT_SHARE))


def line_width_of(text_size: int) -> int:
    """Return the width of lines beside text of this size, in pixels."""
    return max(2, round(text_size / TEXT_PER_LINE))
