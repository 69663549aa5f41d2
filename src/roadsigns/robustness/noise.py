"""Noise: of the sensor, of the light itself, and of pixels that are lost."""

import numpy as np

from roadsigns.robustness.corruption import Corruption
from roadsigns.robustness.pixels import to_levels
from roadsigns.types import Box, UInt8Image

__all__ = ["GAUSSIAN_NOISE", "IMPULSE_NOISE", "SHOT_NOISE"]

WHITE = np.float32(255)


def _gaussian(image: UInt8Image, box: Box, deviation: float, rng: np.random.Generator) -> UInt8Image:
    return to_levels(image + rng.standard_normal(image.shape, np.float32) * np.float32(deviation))


def _shot(image: UInt8Image, box: Box, photons: float, rng: np.random.Generator) -> UInt8Image:
    """Count photons: the noise of a level grows with its root."""
    counts = rng.poisson(image * np.float32(photons / WHITE)).astype(np.float32)
    return to_levels(counts * np.float32(WHITE / photons))


def _impulse(image: UInt8Image, box: Box, share: float, rng: np.random.Generator) -> UInt8Image:
    chance = rng.random(image.shape[:2], np.float32)
    noisy = image.copy()
    noisy[chance < share / 2] = 0
    noisy[chance >= 1 - share / 2] = 255
    return noisy


GAUSSIAN_NOISE = Corruption(
    name="gaussian noise",
    version=1,
    does="Gaussian noise, its own in each pixel and channel",
    measure="standard deviation in grey levels",
    strengths=(8, 15, 25, 40, 55),
    change=_gaussian,
)
SHOT_NOISE = Corruption(
    name="shot noise",
    version=1,
    does="noise of the light: photons counted in each pixel and channel (Poisson)",
    measure="photons in white",
    strengths=(150, 60, 30, 15, 8),
    change=_shot,
)
IMPULSE_NOISE = Corruption(
    name="impulse noise",
    version=1,
    does="salt and pepper: pixels turned black or white, half of them each",
    measure="share of the pixels",
    strengths=(0.02, 0.05, 0.1, 0.17, 0.25),
    change=_impulse,
)
