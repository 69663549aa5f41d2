"""A contact sheet of a detector's mistakes: windows of scenes with the labelled box and the detected one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

import cv2
import numpy as np

from roadsigns.printable import printable
from roadsigns.reporting.plots import DPI, GREY, RED
from roadsigns.reporting.sheet_cells import brighten, fit_into, keep_end, paste, sheet_at, wrap, wrap_title, write_text
from roadsigns.types import UInt8Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MistakeCell", "MistakeSection", "draw_mistakes"]

# x1, y1, x2, y2 in pixels.
FloatBox: TypeAlias = tuple[float, float, float, float]

# Pixels of the sheet.
COLUMNS, CELL, WINDOW, GAP, EDGE = 8, 160, 148, 6, 12
TITLE, HEADING, ABOVE, BELOW = 48, 30, 28, 48
LETTERS = 25
# A window is so many times as wide as the sign, for its surroundings, and at least so many pixels of the scene.
SURROUNDINGS, SMALLEST_WINDOW = 3.0, 48
# RGB: green for what is labelled, red for what is detected.
GREEN_LINE, RED_LINE = (0, 220, 80), (235, 40, 40)


@dataclass(frozen=True, slots=True, eq=False)
class MistakeCell:
    """One mistake.

    Attributes:
        window: Cut out of the scene, RGB, uint8, shape (height, width, 3).
        labelled: The labelled box in pixels of the window; None where there is none.
        detected: The detected box in pixels of the window; None where there is none.
        said: What the detector says; empty for a missed sign.
        truth: What is labelled.
        place: Where to look: the scene and the corner of the box.
    """

    window: UInt8Image
    labelled: FloatBox | None
    detected: FloatBox | None
    said: str
    truth: str
    place: str

    @classmethod
    def of(
        cls,
        scene: UInt8Image,
        labelled: FloatBox | None,
        detected: FloatBox | None,
        *,
        said: str,
        truth: str,
        place: str,
    ) -> Self:
        """Cut the window out of a scene; the boxes, of which one is given, are in pixels of the scene."""
        boxes = np.array([box for box in (labelled, detected) if box is not None])
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        half = max(SURROUNDINGS * float((high - low).max()), SMALLEST_WINDOW) / 2
        height, width = scene.shape[:2]
        # At least one pixel, also for a box outside the scene.
        left, top = (
            int(np.clip(at, 0, end - 1)) for at, end in zip((low + high) / 2 - half, (width, height), strict=True)
        )
        right, bottom = (
            int(np.clip(at, start + 1, end))
            for at, start, end in zip((low + high) / 2 + half, (left, top), (width, height), strict=True)
        )
        inside = [_moved(box, left, top) for box in (labelled, detected)]
        return cls(scene[top:bottom, left:right], inside[0], inside[1], said=said, truth=truth, place=place)


@dataclass(frozen=True, slots=True, eq=False)
class MistakeSection:
    """Mistakes of one kind.

    Attributes:
        heading: The kind, how many there are, and how many are shown.
        cells: In their order.
    """

    heading: str
    cells: Sequence[MistakeCell]


def draw_mistakes(sections: Sequence[MistakeSection], path: Path, *, title: str) -> None:
    """Draw the sections below each other.

    Args:
        sections: With none the sheet holds only its title.
        path: Ends in .png.
        title: Which detector on which scenes.

    Raises:
        OSError: If the file cannot be written.
        MissingExtraError: If matplotlib is not installed.
    """
    width = 2 * EDGE + COLUMNS * (CELL + GAP)
    row = ABOVE + WINDOW + BELOW
    height = TITLE + EDGE + sum(HEADING + row * -(-len(section.cells) // COLUMNS) for section in sections)
    canvas = np.full((height, width, 3), 255, np.uint8)
    legend = "Green: labelled. Red: detected, with its score. Dark windows are brightened."
    with sheet_at(path, width=width, height=height, per_inch=DPI, canvas=canvas) as axes:
        write_text(axes, wrap_title(f"{title}. {legend}", width / DPI), EDGE, EDGE, size=9)
        top = TITLE
        for section in sections:
            write_text(axes, printable(section.heading), EDGE, top + 6, size=11)
            top += HEADING
            for number, cell in enumerate(section.cells):
                line, column = divmod(number, COLUMNS)
                _draw_cell(axes, canvas, cell, EDGE + column * (CELL + GAP), top + line * row)
            top += row * -(-len(section.cells) // COLUMNS)


def _draw_cell(axes: "Axes", canvas: UInt8Image, cell: MistakeCell, left: int, top: int) -> None:
    window = fit_into(brighten(cell.window), WINDOW)
    scale = WINDOW / max(cell.window.shape[:2])
    # One around the other, for mostly they are the same.
    for box, colour, margin in ((cell.labelled, GREEN_LINE, 5), (cell.detected, RED_LINE, 2)):
        if box is not None:
            _draw_box(window, box, scale, colour, margin)
    paste(canvas, window, left, top + ABOVE, WINDOW)
    write_text(axes, wrap(cell.said, LETTERS, 2), left, top + ABOVE - 2, size=7, colour=RED, upward=True)
    below = top + ABOVE + WINDOW + 2
    write_text(axes, wrap(cell.truth, LETTERS, 2), left, below, size=7)
    write_text(axes, keep_end(cell.place, LETTERS + 3), left, below + 25, size=6, colour=GREY)


def _moved(box: FloatBox | None, left: int, top: int) -> FloatBox | None:
    return None if box is None else (box[0] - left, box[1] - top, box[2] - left, box[3] - top)


def _draw_box(window: UInt8Image, box: FloatBox, scale: float, colour: tuple[int, int, int], margin: int) -> None:
    """Draw a box so many pixels outside its own ones, which stay visible."""
    x1, y1 = (round(value * scale) - margin for value in box[:2])
    x2, y2 = (round(value * scale) - 1 + margin for value in box[2:])
    cv2.rectangle(window, (x1, y1), (x2, y2), colour, 2)
