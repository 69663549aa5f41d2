"""Windows of street scenes: a sign with its surroundings, cut out of its scene and made small."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from roadsigns.errors import DataError
from roadsigns.preprocessing.decode import read_image
from roadsigns.types import Box, UInt8Image

__all__ = ["SIDE", "Frame", "SceneWindows", "Window", "window_around"]

# Pixels of a picture on the page.
SIDE = 176
# A window is so many times as wide as the sign, for its surroundings, and at least so many pixels of the scene.
SURROUNDINGS, SMALLEST = 3.0, 64


class Frame(NamedTuple):
    """A box within a window, in percent of it."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a scene.

    Attributes:
        scene: The image file.
        box: Which part, in pixels, within the scene.
    """

    scene: Path
    box: Box

    def frame_of(self, box: Sequence[float] | None) -> Frame | None:
        """Return where a box of the scene, (x1, y1, x2, y2) in pixels, lies within the window; None for None."""
        if box is None:
            return None
        width, height = self.box.x2 - self.box.x1, self.box.y2 - self.box.y1
        x1, y1, x2, y2 = box
        parts = ((x1 - self.box.x1) / width, (y1 - self.box.y1) / height, (x2 - x1) / width, (y2 - y1) / height)
        return Frame(*(round(100 * part, 2) for part in parts))


def window_around(scene: Path, boxes: Iterable[Sequence[float]], *, width: int, height: int) -> Window:
    """Return a window around boxes, moved into the scene where it would reach beyond; square where there is room.

    Args:
        scene: The image file.
        boxes: At least one, (x1, y1, x2, y2) in pixels.
        width: Of the scene, pixels.
        height: Of the scene, pixels.
    """
    corners = np.array(list(boxes), np.float64)
    low, high = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    wanted = max(SURROUNDINGS * float((high - low).max()), SMALLEST)
    edges = []
    for middle, length in zip(((low + high) / 2).tolist(), (width, height), strict=True):
        side = min(round(wanted), length)
        start = min(max(0, round(middle - side / 2)), length - side)
        edges.append((start, start + side))
    (left, right), (top, bottom) = edges
    return Window(scene, Box(left, top, right, bottom))


@dataclass(slots=True, eq=False)
class SceneWindows:
    """Windows of scenes by number. Each scene is read once, since that takes the time.

    Attributes:
        windows: Which can be read.
        side: Longer side of a picture on the page, in pixels.
    """

    windows: Mapping[int, Window]
    side: int = SIDE
    _cut: dict[int, UInt8Image | None] = field(default_factory=dict)

    def read(self, index: int) -> tuple[UInt8Image, Box | None] | None:
        """Return a window, RGB, shape (height, width, 3), uint8, at most `side` long; None if its scene is gone."""
        if index not in self._cut:
            self._cut |= self._cut_from(self.windows[index].scene)
        window = self._cut[index]
        return None if window is None else (window, None)

    def _cut_from(self, scene: Path) -> dict[int, UInt8Image | None]:
        numbers = [number for number, window in self.windows.items() if window.scene == scene]
        try:
            image = read_image(scene)
        except DataError:
            return dict.fromkeys(numbers)
        return {number: self._small(image, self.windows[number].box) for number in numbers}

    def _small(self, image: UInt8Image, box: Box) -> UInt8Image | None:
        window = image[box.y1 : box.y2, box.x1 : box.x2]
        if not window.size:
            # Another file stands there by now.
            return None
        height, width = window.shape[:2]
        scale = self.side / max(height, width)
        if scale >= 1:
            return window.copy()
        size = max(1, round(width * scale)), max(1, round(height * scale))
        return np.asarray(cv2.resize(window, size, interpolation=cv2.INTER_AREA), np.uint8)
