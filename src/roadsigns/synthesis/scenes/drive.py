"""Clips of a drive towards a scene, with the true boxes of its signs in every frame.

A picture is enlarged around a point far ahead, as what lies before a car grows, and moved as a camera turns and shakes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.types import BoxLike, UInt8Image

__all__ = ["DRIVE_SIZE", "Drive", "DriveFrame", "choose_drive"]

DRIVE_SIZE = (1280, 720)
# Widths of the picture that the first and the last frame show, and how far from its middle the car drives to.
FIRST_VIEW, LAST_VIEW = (0.8, 1.0), (0.2, 0.4)
FOCUS_SPREAD = 0.08
# In pixels of a frame that is 1280 wide: standard deviation of the shaking, and how far a bend turns the view.
SHAKE, PAN = 4.0, 25.0
# Part of a frame's time for which the shutter is open, and pictures that are averaged for it.
OPEN, EXPOSURES = (0.1, 0.6), 3
# Of a sign that much is seen at least, in its area.
IN_PICTURE = 0.6


class DriveFrame(NamedTuple):
    """A frame of a clip.

    Attributes:
        image: RGB, shape (height, width, 3), uint8.
        boxes: {index of a sign: where it is in the frame, x1, y1, x2, y2 in pixels, cut off at the edges}, for those
            that are mostly in it and large enough.
    """

    image: UInt8Image
    boxes: dict[int, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Drive:
    """A way of driving and shaking.

    Attributes:
        size: Width and height of the frames in pixels.
        views: Scale and offset from picture to frame at the middle of each frame's exposure, shape (frames, 3).
        moves: By how much they change while the shutter is open, shape (frames, 3).
        noise: Standard deviation of the sensor's noise, in levels of 255.
        smallest: Signs of fewer pixels a side are not listed.
    """

    size: tuple[int, int]
    views: npt.NDArray[np.float64]
    moves: npt.NDArray[np.float64]
    noise: float
    smallest: float

    def frames(self, image: UInt8Image, boxes: Sequence[BoxLike], rng: np.random.Generator) -> Iterator[DriveFrame]:
        """Yield the frames of the drive.

        Args:
            image: The scene, RGB, shape (height, width, 3), uint8.
            boxes: Its signs.
            rng: Source of the noise.
        """
        width, height = self.size
        for view, move in zip(self.views, self.moves, strict=True):
            exposures = [
                _seen(image, view + part * move, self.size).astype(np.float32)
                for part in np.linspace(-0.5, 0.5, EXPOSURES)
            ]
            levels = np.mean(exposures, axis=0)
            levels += self.noise * rng.standard_normal((height, width, 1), dtype=np.float32)
            yield DriveFrame(np.clip(np.rint(levels), 0, 255).astype(np.uint8), self.boxes(view, boxes))

    def boxes(self, view: npt.NDArray[np.float64], boxes: Sequence[BoxLike]) -> dict[int, npt.NDArray[np.float32]]:
        """Return where signs are in a view, see `DriveFrame`."""
        seen = {}
        for index, box in enumerate(boxes):
            whole = np.array(box, np.float64) * view[0] + np.tile(view[1:], 2)
            cut = np.clip(whole, 0, np.tile(self.size, 2))
            shares = (cut[2:] - cut[:2]) / (whole[2:] - whole[:2])
            if shares.prod() >= IN_PICTURE and (whole[2:] - whole[:2]).min() >= self.smallest:
                seen[index] = cut.astype(np.float32)
        return seen


def choose_drive(
    picture: tuple[int, int],
    rng: np.random.Generator,
    *,
    frames: int,
    size: tuple[int, int] = DRIVE_SIZE,
    noise: float = 3.0,
    smallest: float = 12.0,
) -> Drive:
    """Choose a drive towards a picture.

    Args:
        picture: Width and height of the scene in pixels; a large one stays sharp when it is near.
        rng: The source of all randomness.
        frames: How many.
        size: Width and height of the frames.
        noise: See `Drive`.
        smallest: See `Drive`.
    """
    pixel = size[0] / DRIVE_SIZE[0]
    first, last = rng.uniform(*FIRST_VIEW), rng.uniform(*LAST_VIEW)
    # With constant speed, the distance shrinks evenly, and what is seen of the picture with it.
    seen = np.linspace(first, last, frames)
    scales = size[0] / picture[0] / seen
    focus = np.array(picture) * (0.5 + rng.normal(0, FOCUS_SPREAD, 2))
    bumps = rng.normal(0, SHAKE * pixel, (frames, 2))
    # A car swings, it does not jump.
    shaking = (bumps + np.roll(bumps, 1, axis=0)) / np.sqrt(2)
    turning = PAN * pixel * rng.normal() * np.sin(np.linspace(0, rng.uniform(0.5, 4), frames) + rng.uniform(0, 6))
    offsets = np.array(size) / 2 - scales[:, np.newaxis] * focus + shaking
    offsets[:, 0] += turning
    # The picture covers the frame.
    low = np.array(size) - scales[:, np.newaxis] * picture
    offsets = np.clip(offsets, np.minimum(low, 0), 0)
    views = np.concatenate([scales[:, np.newaxis], offsets], axis=1)
    moves = np.gradient(views, axis=0) * rng.uniform(*OPEN)
    return Drive(size, views, moves, noise, smallest)


def _seen(image: UInt8Image, view: npt.NDArray[np.float64], size: tuple[int, int]) -> UInt8Image:
    scale, right, down = view
    # OpenCV counts from the middles of pixels.
    half = (scale - 1) / 2
    matrix = np.array([[scale, 0, right + half], [0, scale, down + half]])
    return np.asarray(
        cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
