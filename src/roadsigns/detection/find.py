"""Finding: from a picture to boxes, at several scales and in tiles; of boxes that show the same sign the best is kept.

The network finds signs of about 8 to 320 pixels. Larger ones it finds in the picture made smaller, those of 8 pixels in
a small picture enlarged.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.detection.locations import locations_at, to_boxes
from roadsigns.detection.second_look import MIN_FIRST_SCORE, look_again
from roadsigns.detection.tiles import LONGEST_BOX, Tile, padded, tiles_of
from roadsigns.types import Float32Array, UInt8Image

__all__ = ["find_boxes", "scales_of", "suppress"]

# RGB, shape (height, width, 3), uint8, sides divisible by 32, to shape (locations, 5).
Network = Callable[[UInt8Image], Float32Array]
# Boxes as x1, y1, x2, y2, shape (count, 4), and scores, shape (count,).
Found = tuple[Float32Array, Float32Array]
# Boxes of two signs hardly overlap, so that those that do show one.
OVERLAP = 0.45
# In a sign longer than `CLOSE_UP` pixels, digits look like signs: a box with more than `WITHIN` of its area in it is
# dropped.
CLOSE_UP, WITHIN = 160, 0.9
GREY = (114, 114, 114)
# Pictures of fewer pixels are enlarged to as many, but at most twice: the network then takes no longer than for a scene
# of GTSDB. Less than a quarter is not worth the blur.
ENOUGH_PIXELS, MOST, WORTH_WHILE = 1360 * 800, 2.0, 1.25
# From one scale to the next, until the shorter side, and so any sign, is no longer than `LARGEST`.
COARSER, LARGEST = 0.35, 320
# At a coarser scale, boxes of fewer pixels are left to the finer ones.
COARSE_BOX = 64
# Narrower pictures and boxes show no sign.
MIN_SIDE = 4
# In one picture. Only a network that is not trained finds more.
MAX_BOXES = 1000


def find_boxes(network: Network, image: UInt8Image, *, min_score: float) -> Found:
    """Find the signs of one picture.

    Args:
        network: Maps RGB, shape (height, width, 3), uint8, sides divisible by 32, to (locations, 5).
        image: RGB, shape (height, width, 3), uint8, of any size.
        min_score: Above 0, below 1; boxes below are left out.

    Returns:
        x1, y1, x2, y2 in pixels within the picture, shape (signs, 4), and scores, shape (signs,), the highest first.
    """
    height, width = image.shape[:2]
    found: list[Found] = []
    min_first = min(min_score, MIN_FIRST_SCORE)
    if min(height, width) >= MIN_SIDE:
        scales = scales_of(height, width)
        found += [_at_scale(network, image, scale, min_first, coarse=scale < scales[0]) for scale in scales]
    first = _signs_of(image, *_joined(found))
    boxes, scores = _signs_of(image, *look_again(network, image, *first))
    return boxes[scores >= min_score], scores[scores >= min_score]


def _signs_of(image: UInt8Image, boxes: Float32Array, scores: Float32Array) -> Found:
    """Cut boxes to the picture; of those that show the same sign keep the best. The highest score comes first."""
    height, width = image.shape[:2]
    boxes = np.clip(boxes, 0, np.array([width, height, width, height], np.float32))
    large = (boxes[:, 2:] - boxes[:, :2]).min(axis=1, initial=np.inf) >= MIN_SIDE
    boxes, scores = boxes[large], scores[large]
    kept = suppress(boxes, scores)
    return boxes[kept], scores[kept]


def scales_of(height: int, width: int) -> list[float]:
    """Return the scales at which a picture is searched, the finest first.

    Args:
        height: Of the picture, in pixels.
        width: The same.
    """
    enlarged = min(MOST, float(np.sqrt(ENOUGH_PIXELS / (height * width))))
    scales = [enlarged if enlarged >= WORTH_WHILE else 1.0]
    while min(height, width) * scales[-1] > LARGEST:
        scales.append(scales[-1] * COARSER)
    return scales


def _at_scale(network: Network, image: UInt8Image, scale: float, min_score: float, *, coarse: bool) -> Found:
    if scale != 1:
        sides = tuple(max(1, round(side * scale)) for side in image.shape[1::-1])
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(image, sides, interpolation=interpolation), np.uint8)
    found = [_in_tile(network, image, tile, min_score) for tile in tiles_of(*image.shape[:2])]
    boxes, scores = _joined(found)
    if coarse:
        # What the finer look finds as well, it finds more exactly.
        large = _longer_side(boxes) > COARSE_BOX
        boxes, scores = boxes[large], scores[large]
    return np.asarray(boxes / np.float32(scale), np.float32), scores


def _joined(found: list[Found]) -> Found:
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *(boxes for boxes, _ in found)])
    return boxes, np.concatenate([np.zeros(0, np.float32), *(scores for _, scores in found)])


def _in_tile(network: Network, image: UInt8Image, tile: Tile, min_score: float) -> Found:
    """Find boxes in pixels of the whole image, those that the tile owns."""
    (left, width, low_x, high_x), (top, height, low_y, high_y), whole = tile
    part = _pad(image[top : top + height, left : left + width])
    output = network(part)
    # The logarithm of the odds, so that most locations cost nothing.
    (likely,) = np.nonzero(output[:, 0] > np.log(min_score / (1 - min_score)))
    if len(likely) > MAX_BOXES:
        likely = likely[np.argsort(-output[likely, 0], kind="stable")[:MAX_BOXES]]
    boxes, scores = to_boxes(output[likely], locations_at(likely, *part.shape[:2]))
    boxes += np.array([left, top, left, top], np.float32)
    if not whole:
        x, y = (boxes[:, :2] + boxes[:, 2:]).T / 2
        # A longer box may be cut off. It is found at the next scale.
        owned = (x > low_x) & (x < high_x) & (y > low_y) & (y < high_y) & (_longer_side(boxes) <= LONGEST_BOX)
        boxes, scores = boxes[owned], scores[owned]
    return boxes, scores


def _pad(image: UInt8Image) -> UInt8Image:
    """Add grey below and to the right, up to a size of tiles."""
    height, width = image.shape[:2]
    below, right = padded(height) - height, padded(width) - width
    if not below and not right:
        return np.ascontiguousarray(image)
    return np.asarray(cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_CONSTANT, value=GREY), np.uint8)


def _longer_side(boxes: Float32Array) -> Float32Array:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0), np.float32)


def suppress(boxes: Float32Array, scores: Float32Array) -> npt.NDArray[np.intp]:
    """Return which boxes to keep, the highest score first.

    None overlaps a better one by more than `OVERLAP`, and none lies in a better one that is large: close up, the
    digits of a speed limit look like signs.

    Args:
        boxes: x1, y1, x2, y2 in pixels, shape (count, 4), float32.
        scores: 0 to 1, shape (count,), float32.

    Returns:
        Their indices, shape (kept,).
    """
    if not len(boxes):
        return np.zeros(0, np.intp)
    sides = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(sides.tolist(), scores.tolist(), 0.0, OVERLAP, top_k=MAX_BOXES)
    best_first = np.asarray(kept, np.intp).reshape(-1)
    return best_first[~_parts(boxes[best_first])]


def _parts(boxes: Float32Array) -> npt.NDArray[np.bool_]:
    """Return which boxes lie in a large one that comes before them."""
    (large,) = np.nonzero(_longer_side(boxes) > CLOSE_UP)
    common = np.minimum(boxes[:, np.newaxis, 2:], boxes[large, 2:]) - np.maximum(
        boxes[:, np.newaxis, :2], boxes[large, :2]
    )
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    inside = np.prod(np.maximum(common, 0), axis=2) > WITHIN * areas[:, np.newaxis]
    later = np.arange(len(boxes))[:, np.newaxis] > large
    return np.asarray((inside & later).any(axis=1))
