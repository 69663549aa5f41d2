"""The locations of the detector's output, what each should say, and the boxes that it says."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["STRIDES", "Locations", "locations_at", "locations_of", "targets_of", "to_boxes"]

FloatArray = npt.NDArray[np.float32]
# Pixels from one location of a level to the next, as the network halves the sides. Each level finds signs of about 2
# to 6 times its stride.
STRIDES = (8, 16, 32)
# Which sizes of sign (the root of a box's area) a level learns, in strides. They overlap: a sign between two is learned
# by both.
SIZES = {8: (0.0, 5.0), 16: (2.0, 5.5), 32: (2.25, np.inf)}
# The part of a box around its middle whose locations show it, and the least distance in strides.
CENTRE, LEAST = 0.25, 0.6


class Locations(NamedTuple):
    """Where the outputs look.

    Attributes:
        x: Of each location, in pixels, shape (count,), float32.
        y: The same.
        stride: Of its level.
    """

    x: FloatArray
    y: FloatArray
    stride: FloatArray


def locations_of(height: int, width: int) -> Locations:
    """Return the locations of a picture whose sides are divisible by 32, in the order of the network's output."""
    parts = []
    for stride in STRIDES:
        y, x = np.mgrid[0 : height // stride, 0 : width // stride].reshape(2, -1).astype(np.float32)
        parts.append(((x + 0.5) * stride, (y + 0.5) * stride, np.full(len(x), stride, np.float32)))
    return Locations(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def locations_at(indices: npt.NDArray[np.intp], height: int, width: int) -> Locations:
    """Return some of the locations of a picture, by their numbers, shape (count,); see `locations_of`."""
    ends = np.cumsum([(height // stride) * (width // stride) for stride in STRIDES])
    level = np.searchsorted(ends, indices, side="right")
    stride = np.array(STRIDES)[level]
    row, column = np.divmod(indices - np.array([0, *ends[:-1]])[level], width // stride)
    middles = ((column + 0.5) * stride, (row + 0.5) * stride, stride)
    return Locations(*(values.astype(np.float32) for values in middles))


def targets_of(boxes: FloatArray, ignored: npt.NDArray[np.bool_], locations: Locations) -> FloatArray:
    """Return what each location should say.

    Args:
        boxes: Signs as x1, y1, x2, y2 in pixels, shape (signs, 4).
        ignored: Of each: whether finding it is neither right nor wrong.
        locations: See `locations_of`.

    Returns:
        Shape (count, 5), float32: 1 for a sign, 0 for none, -1 where either is right; the distances to the left, top,
        right and bottom of the sign, in pixels.
    """
    targets = np.zeros((len(locations.x), 5), np.float32)
    size = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))
    # The smallest last: where boxes overlap, it stands in front.
    for index in np.argsort(-size):
        x1, y1, x2, y2 = boxes[index]
        if ignored[index]:
            inside = (locations.x > x1) & (locations.x < x2) & (locations.y > y1) & (locations.y < y2)
            targets[inside, 0] = -1
            continue
        across, down = (np.maximum(CENTRE * side, LEAST * locations.stride) for side in (x2 - x1, y2 - y1))
        near = (np.abs(locations.x - (x1 + x2) / 2) < across) & (np.abs(locations.y - (y1 + y2) / 2) < down)
        strides = size[index] / locations.stride
        levels = [locations.stride == one for one in STRIDES]
        low, high = (np.select(levels, ends) for ends in zip(*SIZES.values(), strict=True))
        here = near & (strides >= low) & (strides < high)
        distances = (locations.x - x1, locations.y - y1, x2 - locations.x, y2 - locations.y)
        targets[here] = np.stack([np.ones_like(locations.x), *distances], axis=1)[here]
    return targets


def to_boxes(output: FloatArray, locations: Locations) -> tuple[FloatArray, FloatArray]:
    """Return boxes and scores of all locations of one picture.

    Args:
        output: Of the network, shape (count, 5), float32: a logit, and the logarithms of the distances to the left,
            top, right and bottom edges, in strides.
        locations: Of the picture.

    Returns:
        Shapes (count, 4) and (count,): x1, y1, x2, y2 in pixels; 0 to 1.
    """
    left, top, right, bottom = (np.exp(np.clip(output[:, 1:], -8, 8)) * locations.stride[:, np.newaxis]).T
    x, y = locations.x, locations.y
    scores = np.exp(-np.logaddexp(0, -output[:, 0]))  # the sigmoid function, which cannot overflow so
    return np.stack([x - left, y - top, x + right, y + bottom], axis=1, dtype=np.float32), scores.astype(np.float32)
