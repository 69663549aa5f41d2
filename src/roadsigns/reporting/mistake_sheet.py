"""A contact sheet of a detector's mistakes: windows of scenes with the labelled box and the detected one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
from PIL import Image, ImageDraw

from roadsigns.detection.annotation.look import Look
from roadsigns.detection.annotation.outline import draw_outline
from roadsigns.preprocessing.brighten import brighten
from roadsigns.reporting.sheet_cells import fit_into, paste, sheet_at, write_heading, write_text
from roadsigns.reporting.style import DPI, HEADING, LIGHT, MARKS, TINY, rgb_of
from roadsigns.reporting.words import keep_end, letters_in, shorten, width_of, wrap
from roadsigns.types import Box, UInt8Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MistakeCell", "MistakeSection", "draw_mistakes", "place_lines"]

# x1, y1, x2, y2 in pixels.
FloatBox: TypeAlias = tuple[float, float, float, float]

# Pixels of the sheet.
COLUMNS, CELL, WINDOW, GAP, EDGE = 8, 160, 148, 6, 12
HEAD, SECTION, ABOVE, BELOW = 56, 32, 32, 66
CAPTION_LINE, LINE_WIDTH = 14, 2
# A window is so many times as wide as the sign, for its surroundings, and at least so many pixels of the scene.
SURROUNDINGS, SMALLEST_WINDOW = 3.0, 48
WORDS = rgb_of(LIGHT.text)
LABELLED, DETECTED = Look(rgb_of(MARKS.labelled), WORDS, None), Look(rgb_of(MARKS.detected), WORDS, (4, 2))


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
    height = HEAD + EDGE + sum(SECTION + row * -(-len(section.cells) // COLUMNS) for section in sections)
    canvas = np.full((height, width, 3), 255, np.uint8)
    legend = "Whole blue line: labelled. Dashed orange line: detected, with its score. Dark windows are brightened."
    letters = letters_in((width - 2 * EDGE) / DPI, HEADING)
    with sheet_at(path, width=width, height=height, per_inch=DPI, canvas=canvas) as axes:
        write_heading(axes, f"{title}. {legend}", EDGE, EDGE, inches=width / DPI)
        top = HEAD
        for section in sections:
            write_text(axes, shorten(section.heading, letters), EDGE, top + 8, size=HEADING)
            top += SECTION
            for number, cell in enumerate(section.cells):
                line, column = divmod(number, COLUMNS)
                _draw_cell(axes, canvas, cell, EDGE + column * (CELL + GAP), top + line * row)
            top += row * -(-len(section.cells) // COLUMNS)


def _draw_cell(axes: "Axes", canvas: UInt8Image, cell: MistakeCell, left: int, top: int) -> None:
    window = fit_into(brighten(cell.window), WINDOW)
    scale = WINDOW / max(cell.window.shape[:2])
    picture = Image.fromarray(window)
    pen = ImageDraw.Draw(picture)
    # One around the other, for mostly they are the same.
    for box, look, margin in ((cell.labelled, LABELLED, 2 * LINE_WIDTH + 1), (cell.detected, DETECTED, 0)):
        if box is not None:
            draw_outline(pen, _grown(box, scale, margin), look, LINE_WIDTH)
    paste(canvas, np.asarray(picture), left, top + ABOVE, WINDOW)
    letters = letters_in(WINDOW / DPI, TINY)
    write_text(axes, wrap(cell.said, letters, 2), left, top + ABOVE - 2, size=TINY, colour=LIGHT.wrong, upward=True)
    below = top + ABOVE + WINDOW + 2
    truth = wrap(cell.truth, letters, 2)
    write_text(axes, truth, left, below, size=TINY)
    below += CAPTION_LINE * (1 + truth.count("\n"))
    write_text(axes, place_lines(cell.place, letters), left, below, size=TINY, colour=LIGHT.soft)


def place_lines(place: str, letters: float) -> str:
    """Return where to look in one line if it fits, else the scene and, in a line of its own, the corner in it."""
    scene, at, corner = place.rpartition(" at ")
    if not at or width_of(place) <= letters:
        return keep_end(place, letters)
    return f"{keep_end(scene, letters)}\n{keep_end(f'at {corner}', letters)}"


def _moved(box: FloatBox | None, left: int, top: int) -> FloatBox | None:
    return None if box is None else (box[0] - left, box[1] - top, box[2] - left, box[3] - top)


def _grown(box: FloatBox, scale: float, margin: int) -> Box:
    """Return a box in pixels of the enlarged window, so many pixels outside its own ones."""
    x1, y1, x2, y2 = (round(value * scale) for value in box)
    return Box(x1 - margin, y1 - margin, x2 + margin, y2 + margin)
