"""Integrated gradients (Sundararajan et al. 2017): what each pixel adds on the way from a blurred copy to the image."""

import cv2
import numpy as np

from roadsigns.inference.engine import Differentiable
from roadsigns.types import Float32Array

__all__ = ["gradient_evidence"]

# Points on the way; twice as many change no score.
STEPS = 16
# Standard deviations, as fractions of the side: of the copy, in which no digit can be read, and of the map, whose
# single pixels say little. Measured in docs/experiments/0046-what-decided.md.
BLUR = 1 / 6
SMOOTHING = 1 / 24


def gradient_evidence(engine: Differentiable, crop: Float32Array, class_id: int) -> Float32Array:
    """Return how much each pixel adds to the log-odds of a class, compared with a blurred copy of the image.

    Args:
        engine: The network.
        crop: The prepared image, shape (side, side, 3), float32 in [0, 1].
        class_id: The class.

    Returns:
        Shape (side, side), float32, at least 0: what pixels take away is left out before the map is smoothed.
    """
    side = len(crop)
    blurred = cv2.GaussianBlur(crop, (0, 0), side * BLUR)
    shares = ((np.arange(STEPS, dtype=np.float32) + np.float32(0.5)) / STEPS).reshape(-1, 1, 1, 1)
    way = np.asarray(blurred + shares * (crop - blurred), np.float32)
    gradients = engine.log_odds_gradients(way, class_id).mean(axis=0)
    evidence = ((crop - blurred) * gradients).sum(axis=2)
    return np.asarray(cv2.GaussianBlur(np.maximum(evidence, 0), (0, 0), side * SMOOTHING), np.float32)
