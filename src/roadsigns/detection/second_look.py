"""Two more looks at each box, with the sign at one size and another: scores and boxes are means of all looks.

A sign of 20 pixels shows little at its own size, and a lamp or a wheel looks like a sign at some sizes only.
"""

import math
from collections.abc import Callable
from statistics import fmean

import cv2
import numpy as np

from roadsigns.detection.locations import locations_at, to_boxes
from roadsigns.types import Float32Array, UInt8Image

__all__ = ["MIN_FIRST_SCORE", "look_again"]

# Sides in pixels: of the window that the network looks at, and of the sign in it, which is enlarged to at most four
# times its size.
WINDOW, SIGNS, MAX_ENLARGED = 64, (32, 48), 4
GREY = (114, 114, 114)
# Lower boxes keep their score: there are many of them, and few show signs.
MIN_FIRST_SCORE = 0.3
# In one picture, the best. Only a network that is not trained finds more.
MAX_LOOKS = 100
# What a look finds is the same sign if it overlaps by more; where it finds none, this is its score.
SAME_SIGN, NO_SIGN = 0.4, 0.005
MAX_CERTAIN = 0.9999


def look_again(
    network: Callable[[UInt8Image], Float32Array], image: UInt8Image, boxes: Float32Array, scores: Float32Array
) -> tuple[Float32Array, Float32Array]:
    """Return boxes and scores as means of three looks, the first one among them.

    Args:
        network: Maps RGB, shape (height, width, 3), uint8, sides divisible by 32, to (locations, 5).
        image: RGB, shape (height, width, 3), uint8.
        boxes: x1, y1, x2, y2 in pixels, shape (count, 4).
        scores: Of the first look, shape (count,), the highest first.

    Returns:
        The same shapes in the same order. Scores are means of the logarithms of the odds.
    """
    boxes, scores = boxes.copy(), scores.copy()
    for index in np.flatnonzero(scores[:MAX_LOOKS] >= MIN_FIRST_SCORE):
        looks = [(boxes[index], scores[index]), *(_look(network, image, boxes[index], sign) for sign in SIGNS)]
        boxes[index] = np.mean([box for box, _ in looks], axis=0)
        scores[index] = _probability(fmean(_log_odds(score) for _, score in looks))
    return boxes, scores


def _look(
    network: Callable[[UInt8Image], Float32Array], image: UInt8Image, box: Float32Array, sign: int
) -> tuple[Float32Array, float]:
    """Look at a window in which the box's longer side has `sign` pixels; return the box and the score found there."""
    x1, y1, x2, y2 = box.tolist()
    side = max(WINDOW // MAX_ENLARGED, _whole(max(x2 - x1, y2 - y1) * WINDOW / sign))
    left, top = _whole((x1 + x2 - side) / 2), _whole((y1 + y2 - side) / 2)
    part = _window(image, left, top, side)
    interpolation = cv2.INTER_AREA if side > WINDOW else cv2.INTER_LINEAR
    output = network(np.asarray(cv2.resize(part, (WINDOW, WINDOW), interpolation=interpolation), np.uint8))
    boxes, scores = to_boxes(output, locations_at(np.arange(len(output)), WINDOW, WINDOW))
    boxes = boxes * np.float32(side / WINDOW) + np.array([left, top, left, top], np.float32)
    scores = np.where(_overlaps(box, boxes) > SAME_SIGN, scores, 0)
    best = int(np.argmax(scores))
    return (boxes[best], float(scores[best])) if scores[best] > NO_SIGN else (box, NO_SIGN)


def _window(image: UInt8Image, left: int, top: int, side: int) -> UInt8Image:
    """Cut a square out of the image, grey where it reaches beyond."""
    height, width = image.shape[:2]
    part = image[max(top, 0) : top + side, max(left, 0) : left + side]
    beyond = max(-top, 0), max(top + side - height, 0), max(-left, 0), max(left + side - width, 0)
    return np.asarray(cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=GREY), np.uint8)


def _overlaps(box: Float32Array, boxes: Float32Array) -> Float32Array:
    """Return the intersection over union of a box and each of some others."""
    sides = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    common = np.prod(np.maximum(sides, 0), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return np.asarray(common / (np.prod(box[2:] - box[:2]) + areas - common), np.float32)


def _whole(pixels: float) -> int:
    # Halves go up, also where the last digit is lost: the page counts with more digits.
    return math.floor(pixels + 0.501)


def _log_odds(score: float) -> float:
    # A score may be rounded to 1.
    score = min(score, MAX_CERTAIN)
    return float(np.log(score / (1 - score)))


def _probability(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))
