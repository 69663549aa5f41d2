"""The line around a sign: whole, dashed or dotted, on a dark edge that makes it visible on any ground."""

from PIL import ImageDraw

from roadsigns.detection.annotation.look import BLACK, Look
from roadsigns.types import Box

__all__ = ["draw_outline"]


def draw_outline(pen: ImageDraw.ImageDraw, box: Box, look: Look, width: int) -> None:
    """Draw a line of that width around a box, outside it, so that nothing of the sign is hidden."""
    pen.rectangle(_grown(box, width + 1), outline=BLACK, width=width + 1)
    if look.dash is None:
        pen.rectangle(_grown(box, width), outline=look.colour, width=width)
        return
    on, off = (part * width for part in look.dash)
    x1, y1, x2, y2 = _grown(box, width)
    for start in range(x1, x2, on + off):
        end = min(start + on - 1, x2)
        pen.rectangle((start, y1, end, y1 + width - 1), fill=look.colour)
        pen.rectangle((start, y2 - width + 1, end, y2), fill=look.colour)
    for start in range(y1, y2, on + off):
        end = min(start + on - 1, y2)
        pen.rectangle((x1, start, x1 + width - 1, end), fill=look.colour)
        pen.rectangle((x2 - width + 1, start, x2, end), fill=look.colour)


def _grown(box: Box, by: int) -> tuple[int, int, int, int]:
    """Return the corners, both inclusive, of a box that is larger on all sides."""
    return box.x1 - by, box.y1 - by, box.x2 - 1 + by, box.y2 - 1 + by
