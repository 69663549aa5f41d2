"""Things in front of a sign: from one side, or stuck onto it."""

import cv2
import numpy as np

from roadsigns.robustness.corruption import Corruption, Range
from roadsigns.robustness.pixels import FloatImage, smooth_noise, to_levels
from roadsigns.types import Box, UInt8Image

__all__ = ["COVERED", "STICKER"]

# Fraction of the sign's side that is covered, and how far the edge strays from that.
COVER: Range = (0.15, 0.35)
EDGE_ROUGHNESS = 0.05
# Darkest and lightest leaves; posts, walls, cars: RGB in an image of a mean level of 110. They become darker with the
# image, but hardly brighter: in front of a white sky they do not shine.
LEAVES = np.array([(14, 24, 10), (98, 116, 70)], np.float32)
PLAIN = np.array([(110, 112, 116), (124, 108, 88), (52, 54, 60), (178, 178, 174)], np.float32)
USUAL_LEVEL, BRIGHTEST_PAINT = 110.0, 1.2


def _cover_at_random(image: UInt8Image, box: Box, rng: np.random.Generator) -> UInt8Image:
    turns = int(rng.integers(4))
    return _cover_from(turns, image, box, rng.uniform(*COVER), rng)


def _cover(image: UInt8Image, box: Box, share: float, rng: np.random.Generator) -> UInt8Image:
    return _cover_from(int(rng.integers(4)), image, box, share, rng)


def _cover_from(turns: int, image: UInt8Image, box: Box, share: float, rng: np.random.Generator) -> UInt8Image:
    """Cover everything from one edge of the image to somewhere in the sign."""
    # Turned so that the cover comes from the left.
    turned = np.rot90(image, turns)
    before, along = _left_of(image, box, turns)
    height, width = turned.shape[:2]
    leafy = bool(rng.integers(2))
    edge = np.float32(before + share * along) + (_rough_edge if leafy else _straight_edge)(height, along, rng)
    covered = (edge[:, None] - np.arange(width, dtype=np.float32)).clip(0, 1)[:, :, None]
    paint = (_leaves if leafy else _plain)(height, width, along, rng) * _light(image)
    levels = to_levels(turned.astype(np.float32) * (1 - covered) + paint * covered)
    return np.ascontiguousarray(np.rot90(levels, -turns))


def _light(image: UInt8Image) -> np.float32:
    """Return the light on what is in front of the sign, 1 in a usual image."""
    return np.float32(min(float(image.mean()) / USUAL_LEVEL, BRIGHTEST_PAINT))


def _left_of(image: UInt8Image, box: Box, turns: int) -> tuple[int, int]:
    """Return how much lies left of the box once the image is turned, and the width of the box then; in pixels."""
    (height, width), (x1, y1, x2, y2) = image.shape[:2], box
    before = (x1, y1, width - x2, height - y2)[turns]
    # Each quarter turn counterclockwise brings the next side to the left: the top, the right, the bottom.
    return before, (x2 - x1, y2 - y1)[turns % 2]


def _straight_edge(length: int, along: int, rng: np.random.Generator) -> FloatImage:
    """Return a line that leans a little; in pixels, shape (length,)."""
    return np.linspace(-1, 1, length, dtype=np.float32) * np.float32(rng.normal(0, EDGE_ROUGHNESS) * along)


def _rough_edge(length: int, along: int, rng: np.random.Generator) -> FloatImage:
    """Return an outline of leaves; in pixels, shape (length,)."""
    knots = rng.standard_normal((8, 1), np.float32) * np.float32(EDGE_ROUGHNESS * along)
    return np.asarray(cv2.resize(knots, (1, length), interpolation=cv2.INTER_LINEAR), np.float32)[:, 0]


def _leaves(height: int, width: int, along: int, rng: np.random.Generator) -> FloatImage:
    """Return leaves of about a tenth of the sign, shape (height, width, 3), in levels."""
    light = smooth_noise(height, width, max(along / 10, 1.0), rng)
    return np.asarray(LEAVES[0] + (LEAVES[1] - LEAVES[0]) * light[:, :, None], np.float32)


def _plain(height: int, width: int, along: int, rng: np.random.Generator) -> FloatImage:
    """Return a post, a wall or a car: one colour with a little grain, shape (height, width, 3), in levels."""
    grain = rng.standard_normal((height, width, 1), np.float32) * np.float32(3)
    return np.asarray(PLAIN[rng.integers(len(PLAIN))] + grain, np.float32)


def _stick(image: UInt8Image, box: Box, size: float, rng: np.random.Generator) -> UInt8Image:
    """Stick a square onto the sign, wholly inside its box."""
    x1, y1, x2, y2 = box
    side = max(round(size * min(x2 - x1, y2 - y1)), 1)
    left, top = x1 + rng.random() * (x2 - x1 - side), y1 + rng.random() * (y2 - y1 - side)
    stuck = image.copy()
    colour = np.clip(rng.integers(0, 256, 3) * _light(image), 0, 255).astype(np.uint8)
    stuck[round(top) : round(top) + side, round(left) : round(left) + side] = colour
    return stuck


COVERED = Corruption(
    name="covered",
    version=1,
    does="leaves, a post or a wall in front of it, from one side",
    measure="share of the sign's side that is covered",
    strengths=(0.1, 0.15, 0.2, 0.27, 0.35),
    change=_cover,
    drawn=_cover_at_random,
)
STICKER = Corruption(
    name="sticker",
    version=1,
    does="a square of one colour somewhere on the sign",
    measure="its side, as a fraction of the sign's",
    strengths=(0.15, 0.22, 0.3, 0.38, 0.45),
    change=_stick,
)
