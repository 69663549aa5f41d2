"""Image corruptions, to measure robustness; never used in training.

A benchmark after Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions and
perturbations". Strengths are relative to the sign's side or to its contrast, so that near and far signs become equally
difficult.

A corruption has a name and a version, and results are stored with both. To add one, append it to `CORRUPTIONS`. To
change what one does, give it the next version: results of the earlier version then keep their meaning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.augmentation.motion_blur import motion_kernel
from roadsigns.preprocessing.crop import require_box
from roadsigns.types import Box, UInt8Image

__all__ = ["CORRUPTIONS", "UNRECORDED_CORRUPTIONS", "Corruption", "CorruptionId", "corrupt", "current_corruptions"]

FloatImage = npt.NDArray[np.float32]
Range = tuple[float, float]

# Fraction of the light that is left. A sign that is dark already keeps its white at LEAST_WHITE levels, as the darkest
# signs of GTSRB that people still labelled have; with less, 8-bit levels hold no detail.
LIGHT: Range = (0.08, 0.30)
LEAST_WHITE = 16.0
# Standard deviation of the sensor's noise, in levels.
NOISE: Range = (0.5, 2.0)
# Fraction of the contrast that fog or glare leaves, and the level of the veil. A pale sign keeps a standard deviation
# of LEAST_SPREAD levels.
CONTRAST: Range = (0.15, 0.40)
VEIL: Range = (70.0, 200.0)
LEAST_SPREAD = 4.0
# How far a point is smeared to either side, as a fraction of the sign's side: the standard deviation of a defocus blur,
# half the length of a motion blur.
BLUR: Range = (0.04, 0.09)
# To either side.
TILT_DEGREES: Range = (10.0, 20.0)
# Fraction of the sign's side that is covered, and how far the edge strays from that.
COVER: Range = (0.15, 0.35)
EDGE_ROUGHNESS = 0.05
# Darkest and lightest leaves; posts, walls, cars: RGB in an image of a mean level of 110. They become darker with the
# image, but hardly brighter: in front of a white sky they do not shine.
LEAVES = np.array([(14, 24, 10), (98, 116, 70)], np.float32)
PLAIN = np.array([(110, 112, 116), (124, 108, 88), (52, 54, 60), (178, 178, 174)], np.float32)
USUAL_LEVEL, BRIGHTEST_PAINT = 110.0, 1.2
# The side of a distant sign, in pixels.
SMALL: Range = (9.0, 14.0)
# Where the sign has no box: the middle 80 %, the margin of GTSRB's images.
UNKNOWN_MARGIN = 0.1


class CorruptionId(NamedTuple):
    """What identifies a corruption in stored results.

    Attributes:
        name: Such as "dark".
        version: Raised when what it does to an image changes.
    """

    name: str
    version: int


@dataclass(frozen=True, slots=True)
class Corruption:
    """A way to make an image harder to read.

    Attributes:
        name: Stored with every image that was corrupted so; no other corruption has it.
        version: Counts from 1; the next one whenever `apply` changes its result.
        apply: Takes the image, the sign's box and a source of randomness; returns a new image of the same shape.
    """

    name: str
    version: int
    apply: Callable[[UInt8Image, Box, np.random.Generator], UInt8Image]

    @property
    def id(self) -> CorruptionId:
        """Name and version."""
        return CorruptionId(self.name, self.version)


def corrupt(image: UInt8Image, box: Box | None, corruption: CorruptionId, rng: np.random.Generator) -> UInt8Image:
    """Apply a corruption to an image.

    Args:
        image: RGB, shape (height, width, 3), uint8; not written to.
        box: The sign, (x1, y1, x2, y2) in pixels, x2 and y2 exclusive; None for the middle 80 % of the image.
        corruption: One of `current_corruptions`.
        rng: Decides strength, place and noise.

    Returns:
        A new array of the same shape and dtype. The sign is still in its box.

    Raises:
        ImageError: If the box does not lie inside the image.
        ValueError: If there is no such corruption.
    """
    known = {one.id: one for one in CORRUPTIONS}
    if corruption not in known:
        names = ", ".join(f"'{name}' version {version}" for name, version in known)
        raise ValueError(f"There is no corruption '{corruption[0]}' version {corruption[1]}. Expected one of {names}.")
    if box is not None:
        require_box(image, box)
    return known[corruption].apply(image, box or _middle(image), rng)


def current_corruptions() -> tuple[CorruptionId, ...]:
    """Return the corruptions that a new cross-validation uses, in order."""
    return tuple(one.id for one in CORRUPTIONS)


def _middle(image: UInt8Image) -> Box:
    height, width = image.shape[:2]
    across, down = round(UNKNOWN_MARGIN * width), round(UNKNOWN_MARGIN * height)
    return Box(across, down, width - across, height - down)


def _side(box: Box) -> int:
    return max(box[2] - box[0], box[3] - box[1])


def _sign(image: UInt8Image, box: Box) -> UInt8Image:
    x1, y1, x2, y2 = box
    return image[y1:y2, x1:x2]


def _to_levels(values: FloatImage) -> UInt8Image:
    return np.asarray(values.round().clip(0, 255), dtype=np.uint8)


def _darken(image: UInt8Image, box: Box, rng: np.random.Generator) -> UInt8Image:
    white = max(float(np.percentile(_sign(image, box), 95)), 1.0)
    light = min(max(rng.uniform(*LIGHT), LEAST_WHITE / white), 1.0)
    noise = rng.standard_normal(image.shape, np.float32) * np.float32(rng.uniform(*NOISE))
    return _to_levels(image * np.float32(light) + noise)


def _reduce_contrast(image: UInt8Image, box: Box, rng: np.random.Generator) -> UInt8Image:
    spread = max(float(_sign(image, box).std()), 1.0)
    contrast = min(max(rng.uniform(*CONTRAST), LEAST_SPREAD / spread), 1.0)
    return _to_levels(image * np.float32(contrast) + np.float32((1 - contrast) * rng.uniform(*VEIL)))


def _blur(image: UInt8Image, box: Box, rng: np.random.Generator) -> UInt8Image:
    reach = rng.uniform(*BLUR) * _side(box)
    if rng.integers(2):
        blurred = cv2.GaussianBlur(image, (0, 0), reach, borderType=cv2.BORDER_REPLICATE)
    else:
        kernel = motion_kernel(2 * reach, rng.uniform(0, 180))
        blurred = cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, dtype=np.uint8)


def _tilt(image: UInt8Image, box: Box, rng: np.random.Generator) -> UInt8Image:
    degrees = rng.uniform(*TILT_DEGREES) * rng.choice([-1, 1])
    # In OpenCV the centres of pixels lie at whole numbers.
    centre = (box[0] + box[2] - 1) / 2, (box[1] + box[3] - 1) / 2
    matrix = cv2.getRotationMatrix2D(centre, degrees, 1.0)
    size = image.shape[1], image.shape[0]
    tilted = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(tilted, dtype=np.uint8)


def _cover(image: UInt8Image, box: Box, rng: np.random.Generator) -> UInt8Image:
    """Cover everything from one edge of the image to somewhere in the sign."""
    turns = int(rng.integers(4))
    # Turned so that the cover comes from the left.
    turned = np.rot90(image, turns)
    before, along = _left_of(image, box, turns)
    height, width = turned.shape[:2]
    share, leafy = rng.uniform(*COVER), bool(rng.integers(2))
    edge = np.float32(before + share * along) + (_rough_edge if leafy else _straight_edge)(height, along, rng)
    covered = (edge[:, None] - np.arange(width, dtype=np.float32)).clip(0, 1)[:, :, None]
    level = np.float32(min(float(image.mean()) / USUAL_LEVEL, BRIGHTEST_PAINT))
    paint = (_leaves if leafy else _plain)(height, width, along, rng) * level
    levels = _to_levels(turned.astype(np.float32) * (1 - covered) + paint * covered)
    return np.ascontiguousarray(np.rot90(levels, -turns))


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
    size = max(along / 10, 1.0)
    cells = max(round(height / size), 2), max(round(width / size), 2)
    light = np.asarray(
        cv2.resize(rng.random(cells, np.float32), (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )
    return np.asarray(LEAVES[0] + (LEAVES[1] - LEAVES[0]) * light[:, :, None], np.float32)


def _plain(height: int, width: int, along: int, rng: np.random.Generator) -> FloatImage:
    """Return a post, a wall or a car: one colour with a little grain, shape (height, width, 3), in levels."""
    grain = rng.standard_normal((height, width, 1), np.float32) * np.float32(3)
    return np.asarray(PLAIN[rng.integers(len(PLAIN))] + grain, np.float32)


def _reduce_resolution(image: UInt8Image, box: Box, rng: np.random.Generator) -> UInt8Image:
    height, width = image.shape[:2]
    scale = min(rng.uniform(*SMALL) / _side(box), 1.0)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    far = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(far, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


# Their order decides, with the number of them, which corruption an image gets: append, never insert.
CORRUPTIONS: tuple[Corruption, ...] = (
    Corruption("dark", 1, _darken),
    Corruption("low contrast", 1, _reduce_contrast),
    Corruption("blurred", 1, _blur),
    Corruption("tilted", 1, _tilt),
    Corruption("covered", 1, _cover),
    Corruption("small", 1, _reduce_resolution),
)

# What was used where no list is stored, before version 0.2.0. Written out: it stays as it is, whatever is added above.
UNRECORDED_CORRUPTIONS = tuple(
    CorruptionId(name, 1) for name in ("dark", "low contrast", "blurred", "tilted", "covered", "small")
)
