"""Noise: as much of it as documented."""

import numpy as np
import pytest

from roadsigns.robustness.noise import GAUSSIAN_NOISE, IMPULSE_NOISE, SHOT_NOISE
from roadsigns.types import Box

GREY = np.full((80, 80, 3), 128, np.uint8)
BOX = Box(8, 8, 72, 72)


@pytest.mark.parametrize("severity", [1, 2, 3])
def test_gaussian_noise_has_its_standard_deviation(severity):
    """In each channel on its own; at severity 3 that is 25 levels."""
    noise = GAUSSIAN_NOISE.apply(GREY, BOX, severity, np.random.default_rng(0)) - 128.0

    assert noise.std() == pytest.approx(GAUSSIAN_NOISE.strengths[severity - 1], rel=0.03)
    assert abs(np.corrcoef(noise[:, :, 0].ravel(), noise[:, :, 1].ravel())[0, 1]) < 0.05


def test_shot_noise_grows_with_the_root_of_the_light():
    """Of 30 photons in white, 15 come from grey: a standard deviation of 15 ** 0.5 photons of 8.5 levels."""
    noise = SHOT_NOISE.apply(GREY, BOX, 3, np.random.default_rng(0))
    dark = SHOT_NOISE.apply(GREY // 16, BOX, 3, np.random.default_rng(0))

    assert noise.mean() == pytest.approx(128, rel=0.02)
    assert noise.astype(float).std() == pytest.approx(15**0.5 * 8.5, rel=0.05)
    assert dark.astype(float).std() == pytest.approx(15**0.5 * 8.5 / 4, rel=0.05)
    assert not SHOT_NOISE.apply(GREY * 0, BOX, 5, np.random.default_rng(0)).any()


def test_salt_and_pepper_are_a_tenth_of_the_pixels_at_severity_3():
    """Half black and half white, all channels at once; the others stay."""
    noisy = IMPULSE_NOISE.apply(GREY, BOX, 3, np.random.default_rng(0))

    assert (noisy == 0).all(axis=2).mean() == pytest.approx(0.05, abs=0.01)
    assert (noisy == 255).all(axis=2).mean() == pytest.approx(0.05, abs=0.01)
    assert set(np.unique(noisy)) == {0, 128, 255}
