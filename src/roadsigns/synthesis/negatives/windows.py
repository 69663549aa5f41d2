"""Drawn windows without a sign: boxes that a bad detector might give, beside a sign, on a part of it, or around several
things."""

import numpy as np

from roadsigns.synthesis.designs import Designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track
from roadsigns.types import Box, UInt8Image

__all__ = ["MAX_OVERLAP", "draw_windows"]

# Of a window and the sign, as intersection over union. A detector's box on the sign has 0.5 and more.
MAX_OVERLAP = 0.2
# Sides of the sign that lie around it.
SURROUNDINGS = 1.0
# The window's longer side, in sides of the sign; its other side, in longer sides.
SIDES, ASPECTS = (0.35, 2.6), (0.7, 1.0)
SMALLEST = 8
TRIES = 50
# Of a window's sides, what is kept around it, about as much as GTSRB's images have around their sign.
MARGIN = 0.15


def draw_windows(
    *, designs: Designs, drawing: Drawing, count: int, rng: np.random.Generator
) -> list[tuple[UInt8Image, Box]]:
    """Draw windows in the picture of one sign post.

    Args:
        designs: Of the sign; any of them stands there.
        drawing: How it is worn, lit and seen.
        count: How many windows, at least 1.
        rng: The source of all randomness; the same state gives the same windows.

    Returns:
        At most `count` pairs of RGB, shape (height, width, 3), uint8, and a box in it that overlaps the sign by less
        than `MAX_OVERLAP`.
    """
    wide = drawing.model_copy(update={"margin": SURROUNDINGS, "margin_pixels": 0})
    class_id = int(rng.choice(designs.drawable))
    frames = draw_track(class_id, designs=designs, drawing=wide, frames=count, rng=rng)
    windows = ((image, _window(image, sign, rng)) for image, sign in frames)
    return [_cut_out(image, window) for image, window in windows if window is not None]


def _window(image: UInt8Image, sign: Box, rng: np.random.Generator) -> Box | None:
    """Choose a box by trying; None where none of the tries misses the sign."""
    height, width = image.shape[:2]
    side = max(sign.x2 - sign.x1, sign.y2 - sign.y1)
    for _ in range(TRIES):
        longer = side * np.exp(rng.uniform(*np.log(SIDES)))
        across, down = rng.permutation([longer, longer * rng.uniform(*ASPECTS)]).round().astype(int).tolist()
        if not (SMALLEST <= across <= width and SMALLEST <= down <= height):
            continue
        x, y = int(rng.integers(width - across + 1)), int(rng.integers(height - down + 1))
        window = Box(x, y, x + across, y + down)
        if _intersection_over_union(window, sign) < MAX_OVERLAP:
            return window
    return None


def _cut_out(image: UInt8Image, window: Box) -> tuple[UInt8Image, Box]:
    """Return what lies around a window, and the window in it: the whole picture would be large to keep."""
    height, width = image.shape[:2]
    margin = round(MARGIN * max(window.x2 - window.x1, window.y2 - window.y1))
    left, top = max(window.x1 - margin, 0), max(window.y1 - margin, 0)
    right, bottom = min(window.x2 + margin, width), min(window.y2 + margin, height)
    moved = Box(window.x1 - left, window.y1 - top, window.x2 - left, window.y2 - top)
    return image[top:bottom, left:right].copy(), moved


def _intersection_over_union(one: Box, other: Box) -> float:
    """Return the intersection over the union of two boxes."""
    across = min(one.x2, other.x2) - max(one.x1, other.x1)
    down = min(one.y2, other.y2) - max(one.y1, other.y1)
    shared = max(across, 0) * max(down, 0)
    return shared / (_area(one) + _area(other) - shared)


def _area(box: Box) -> int:
    return (box.x2 - box.x1) * (box.y2 - box.y1)
