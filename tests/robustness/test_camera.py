"""Cameras with too little light or too much, or a failing sensor."""

import numpy as np
import pytest

from roadsigns.robustness.camera import BANDING, DARK, DEAD_PIXELS, OVER_EXPOSED
from roadsigns.types import Box

BOX = Box(10, 10, 90, 90)
GREY = np.full((100, 100, 3), 120, np.uint8)


@pytest.fixture
def sign():
    """White with a black bar, on grey."""
    image = GREY.copy()
    image[10:90, 10:90] = 200
    image[40:60, 20:80] = 30
    return image


def test_dark_leaves_a_twentieth_at_severity_5(sign):
    """Of a sign that is dark already, too: the point is what others quote."""
    for image in (sign, sign // 4):
        after = DARK.apply(image, BOX, 5, np.random.default_rng(0))
        assert after[10:40, 10:90].mean() == pytest.approx(image[10, 10, 0] * 0.05, abs=0.4)


def test_darkness_has_noise():
    after = DARK.apply(GREY, BOX, 2, np.random.default_rng(0))

    assert 0.4 < after.astype(float).std() < 2.2


@pytest.mark.parametrize("light", [1.0, 0.1])
def test_exposure_is_relative_to_the_signs_white(sign, light):
    """So a dark sign is over-exposed as well: white is lost at every severity, black never."""
    image = (sign * light).astype(np.uint8)
    for severity in (1, 3, 5):
        after = OVER_EXPOSED.apply(image, BOX, severity, np.random.default_rng(0))
        assert after[10:35, 10:90].min() == 255
        assert after[48:52, 30:70].mean() < 225


def test_image_without_black_is_not_darkened():
    """What is white already has no more to lose."""
    white = np.full_like(GREY, 250)

    assert OVER_EXPOSED.apply(white, BOX, 1, np.random.default_rng(0)).min() >= 250


def test_bands_run_across_and_take_their_share():
    """Half of the light in the middle of a band at severity 3, none between two."""
    after = BANDING.apply(GREY, BOX, 3, np.random.default_rng(0))

    assert (after == after[:, :1]).all()
    assert after.min() == pytest.approx(60, abs=2)
    assert after.max() == pytest.approx(120, abs=2)


def test_dead_pixels_are_single_colours_and_black_lines():
    """12 % at severity 3; what is not dead stays."""
    after = DEAD_PIXELS.apply(GREY, BOX, 3, np.random.default_rng(0))
    rows, columns = (~after.any(axis=(axis, 2)) for axis in (1, 0))
    rest = after[~rows][:, ~columns]

    assert rows.sum() + columns.sum() > 0
    assert set(np.unique(rest)) == {0, 120, 255}
    assert (rest != 120).mean() == pytest.approx(0.12 * 0.6, abs=0.01)
    assert (after != 120).mean() == pytest.approx(0.12, abs=0.05)
