"""Weather: lit as the sign is, and worse with its strength."""

import numpy as np
import pytest

from roadsigns.robustness.weather import CONDENSATION, FOG, SNOW
from roadsigns.types import Box

BOX = Box(10, 10, 90, 90)


@pytest.fixture
def sign():
    """A white field with a black bar."""
    image = np.full((100, 100, 3), 60, np.uint8)
    image[10:90, 10:90] = 220
    image[45:55, 20:80] = 20
    return image


@pytest.mark.parametrize("kind", [FOG, SNOW, CONDENSATION])
def test_weather_is_no_brighter_than_a_dark_sign(sign, kind):
    """At dusk, fog and flakes are dark too: the picture keeps its contrast to them."""
    dusk = (sign * 0.2).astype(np.uint8)

    for seed in range(5):
        assert kind.apply(dusk, BOX, 5, np.random.default_rng(seed)).max() <= 1.15 * 44


def test_fog_takes_the_share_of_the_contrast(sign):
    """30 % at severity 1, 76 % at severity 5, in patches."""
    for severity, share in ((1, 0.3), (5, 0.76)):
        left = [
            after[10:20, 10:90].mean() - after[46:54, 25:75].mean()
            for seed in range(8)
            for after in [FOG.apply(sign, BOX, severity, np.random.default_rng(seed)).astype(float)]
        ]
        assert np.mean(left) / 200 == pytest.approx(1 - share, abs=0.06)


def test_flakes_are_streaks_downward(sign):
    """Neighbours below are more alike than those beside."""
    black = np.zeros_like(sign)
    black[10:30] = 200
    snow = SNOW.apply(black, BOX, 3, np.random.default_rng(0))[30:, :, 0].astype(float)

    assert np.abs(np.diff(snow, axis=0)).mean() < np.abs(np.diff(snow, axis=1)).mean()
    assert snow.max() > 150


def test_flakes_stay_where_they_are_as_more_come(sign):
    """Severities differ in strength alone."""
    dark = np.zeros_like(sign)
    dark[10:30] = 200
    mild, worse = (SNOW.apply(dark, BOX, severity, np.random.default_rng(1))[30:].astype(float) for severity in (1, 2))

    assert (worse >= mild - 1).all()


def test_mist_covers_its_share_and_leaves_the_rest(sign):
    """20 % at severity 1 and 90 % at severity 5, in patches with soft edges."""
    for severity, share in ((1, 0.2), (5, 0.9)):
        black = [
            CONDENSATION.apply(sign, BOX, severity, np.random.default_rng(seed))[46:54, 25:75].ravel() > 60
            for seed in range(12)
        ]
        assert np.mean(black) == pytest.approx(share, abs=0.15)
