"""The shape of a photographed sign, guessed from the edges in its box."""

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.synthesis.backdrop import FloatImage
from roadsigns.types import Box, UInt8Image

__all__ = ["SHAPES", "guess_shape", "shape_mask"]

Points = npt.NDArray[np.float64]
STEPS = 48
CLOSENESS = (0.84, 0.88, 0.92, 0.96, 1.0)


def _circle() -> Points:
    angles = np.linspace(0, 2 * np.pi, STEPS, endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


# Corners in a box from -1 to 1. A circle stands for all where no other shape has stronger edges.
CORNER = float(np.tan(np.pi / 8))
SHAPES: Mapping[str, Points] = {
    "circle": _circle(),
    "triangle": np.array([(0, -1), (1, 1), (-1, 1)], float),
    "inverted triangle": np.array([(-1, -1), (1, -1), (0, 1)], float),
    "diamond": np.array([(0, -1), (1, 0), (0, 1), (-1, 0)], float),
    "octagon": np.array(
        [(CORNER, -1), (1, -CORNER), (1, CORNER), (CORNER, 1), (-CORNER, 1), (-1, CORNER), (-1, -CORNER), (-CORNER, -1)]
    ),
    "rectangle": np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float),
}
# Most signs are round; straight edges of other things are often near.
LIKELY = {"circle": 1.2, "triangle": 1.1, "inverted triangle": 1.0, "diamond": 0.95, "octagon": 0.95, "rectangle": 0.93}


def guess_shape(image: UInt8Image, box: Box) -> tuple[str, float]:
    """Guess a sign's shape.

    Args:
        image: RGB, shape (height, width, 3), uint8.
        box: Of the sign, inside the image, a little loose as people draw it.

    Returns:
        One of `SHAPES`, and the share of the box's sides that it takes.
    """
    margin = max(2, (box.x2 - box.x1) // 8)
    x1, y1 = max(0, box.x1 - margin), max(0, box.y1 - margin)
    part = image[y1 : box.y2 + margin, x1 : box.x2 + margin].astype(np.float32)
    across, down = (np.asarray(cv2.Sobel(part, cv2.CV_32F, dx, 1 - dx, ksize=3), np.float32) for dx in (1, 0))
    middle = np.array([(box.x1 + box.x2) / 2 - x1, (box.y1 + box.y2) / 2 - y1])
    half = np.array([box.x2 - box.x1, box.y2 - box.y1]) / 2
    best, closeness, strength = "circle", 1.0, 0.0
    for name, corners in SHAPES.items():
        for close in CLOSENESS:
            edge = LIKELY[name] * _edge_strength(across, down, middle + corners * half * close)
            if edge > strength:
                best, closeness, strength = name, close, edge
    return best, closeness


def _edge_strength(across: FloatImage, down: FloatImage, corners: Points) -> float:
    """The median, along a closed line, of the strongest colour's step over it."""
    following = np.roll(corners, -1, axis=0)
    each = max(1, STEPS // len(corners))
    shares = ((np.arange(each) + 0.5) / each)[:, None, None]
    points = (corners + shares * (following - corners)).reshape(-1, 2)
    along = following - corners
    normals = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    normals = np.broadcast_to(normals, (each, *normals.shape)).reshape(-1, 2)
    height, width = across.shape[:2]
    x = np.clip(np.rint(points[:, 0] - 0.5).astype(int), 0, width - 1)
    y = np.clip(np.rint(points[:, 1] - 0.5).astype(int), 0, height - 1)
    steps = across[y, x] * normals[:, :1] + down[y, x] * normals[:, 1:]
    return float(np.median(np.abs(steps).max(axis=1)))


def shape_mask(shape: str, closeness: float, width: int, height: int) -> FloatImage:
    """Return a shape that fills its share of a box, with an edge that is soft over a pixel or a few, 0 to 1."""
    corners = (SHAPES[shape] * closeness + 1) / 2 * (width, height) - 0.5
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.rint(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    sigma = max(0.4, 0.012 * max(width, height))
    soft = cv2.GaussianBlur(mask, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(soft, np.float32) / np.float32(255)
