"""Photographed signs copied from one scene into another, at another size and under the light of the new place."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from roadsigns.synthesis.scenes.compositing.blend import lay_into
from roadsigns.synthesis.scenes.compositing.place import Look, look_of, place_at, white_at
from roadsigns.synthesis.scenes.compositing.shapes import guess_shape, shape_mask
from roadsigns.types import Box, BoxLike, UInt8Image

__all__ = ["MovedSign", "move_signs"]

SMALLEST_SOURCE, SMALLEST = 14, 10
# Of the sides; enlarged signs show that they are.
SCALES = (0.35, 1.25)
TRIES = 20
# Of the logarithm of the light.
LIGHT_SPREAD = 0.25
DARKER, BRIGHTER = 0.4, 2.2
ASPECT = 0.05
WHITEST = 1.05


class MovedSign(NamedTuple):
    """A copy of a sign: its box, and which of the given boxes it was copied from."""

    box: Box
    source: int


def move_signs(
    image: UInt8Image,
    boxes: Sequence[BoxLike],
    donor: UInt8Image,
    donor_boxes: Sequence[BoxLike],
    rng: np.random.Generator,
    *,
    count: int = 1,
) -> tuple[UInt8Image, list[MovedSign]]:
    """Copy signs of one scene into another, or to another place in the same.

    Args:
        image: The scene to put them into, RGB, shape (height, width, 3), uint8; it is not changed.
        boxes: Of what must stay as it is there.
        donor: The scene to copy them from, likewise.
        donor_boxes: Of its signs. Those below 14 pixels are not copied.
        rng: The source of all randomness; the same state gives the same picture.
        count: How many copies; those for which no place is found are left out.

    Returns:
        The picture, and the copies in it.
    """
    picture, taken = image.copy(), [Box(*box) for box in boxes]
    height, width = donor.shape[:2]
    sources = [Box(*box) for box in donor_boxes]
    usable = [
        index
        for index, box in enumerate(sources)
        if min(box.x2 - box.x1, box.y2 - box.y1) >= SMALLEST_SOURCE
        and min(box.x1, box.y1) >= 0
        and box.x2 <= width
        and box.y2 <= height
    ]
    moved: list[MovedSign] = []
    if not usable:
        return picture, moved
    look, donor_look = look_of(image), look_of(donor)
    for _ in range(count):
        source = usable[int(rng.integers(len(usable)))]
        box = _place_for(sources[source], donor.shape[0], picture, taken, rng)
        if box is not None:
            _copy(picture, box, donor, sources[source], looks=(look, donor_look), rng=rng)
            taken.append(box)
            moved.append(MovedSign(box, source))
    return picture, moved


def _place_for(
    source: Box, donor_height: int, picture: UInt8Image, taken: Sequence[Box], rng: np.random.Generator
) -> Box | None:
    """Choose a size and a free place at about the height at which the sign was."""
    height, width = picture.shape[:2]
    for _ in range(TRIES):
        scale = np.exp(rng.uniform(*np.log(SCALES)))
        stretch = np.exp(rng.normal(0, ASPECT))
        wide, high = round((source.x2 - source.x1) * scale * stretch), round((source.y2 - source.y1) * scale / stretch)
        middle = (source.y1 + source.y2) / 2 / donor_height * height + rng.normal(0, 0.06) * height
        x, y = int(rng.integers(0, max(1, width - wide))), round(middle - high / 2)
        box = Box(x, y, x + wide, y + high)
        inside = y >= 0 and box.y2 <= height and box.x2 <= width and min(wide, high) >= SMALLEST
        if inside and not any(
            box.x1 < other.x2 + 2 and other.x1 < box.x2 + 2 and box.y1 < other.y2 + 2 and other.y1 < box.y2 + 2
            for other in taken
        ):
            return box
    return None


def _copy(
    picture: UInt8Image,
    box: Box,
    donor: UInt8Image,
    source: Box,
    *,
    looks: tuple[Look, Look],
    rng: np.random.Generator,
) -> None:
    """Copy a sign into a box."""
    look, donor_look = looks
    shape, closeness = guess_shape(donor, source)
    size = box.x2 - box.x1, box.y2 - box.y1
    crop = donor[source.y1 : source.y2, source.x1 : source.x2].astype(np.float32) / 255
    shrinks = size[0] <= crop.shape[1]
    sign = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC), np.float32)
    old, new = place_at(donor, source), place_at(picture, box)
    gain = white_at(new, look) / white_at(old, donor_look) * np.exp(rng.normal(0, LIGHT_SPREAD))
    # What is white stays below what the sensor cannot hold, or nothing would be left of it.
    gain = np.clip(gain, DARKER, min(BRIGHTER, max(1.0, WHITEST / max(float(np.percentile(crop, 90)), 0.01))))
    colour = gain * look.tint / donor_look.tint
    mask = shape_mask(shape, closeness, *size)
    lay_into(picture, box, (sign * colour.astype(np.float32) * mask[..., None], mask), look, rng)
