"""What several corruptions share."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.robustness.pixels import blend, cloud, displace, side_of, smooth_noise, to_levels, white_of
from roadsigns.types import Box

IMAGE = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)


def test_side_is_the_longer_one():
    assert side_of(Box(3, 4, 13, 10)) == 10


def test_levels_are_rounded_and_cut_off():
    assert to_levels(np.array([-3.0, 0.4, 0.6, 254.6, 300.0], np.float32)).tolist() == [0, 0, 1, 255, 255]


def test_white_is_that_of_the_sign():
    """Not of its surroundings; and at least 1."""
    image = np.full((20, 20, 3), 255, np.uint8)
    image[5:15, 5:15] = 90
    assert white_of(image, Box(5, 5, 15, 15)) == 90
    assert white_of(image * 0, Box(5, 5, 15, 15)) == 1


def test_blending_is_between_both():
    """By one share for all pixels, or by one for each."""
    np.testing.assert_array_equal(blend(IMAGE, 100.0, 0.0), IMAGE)
    np.testing.assert_array_equal(blend(IMAGE, 100.0, 1.0), np.full_like(IMAGE, 100))
    share = np.zeros((20, 30), np.float32)
    share[:, 10:] = 1
    half = blend(IMAGE, IMAGE[::-1], share)
    np.testing.assert_array_equal(half[:, :10], IMAGE[:, :10])
    np.testing.assert_array_equal(half[:, 10:], IMAGE[::-1, 10:])


def test_displaced_pixels_show_what_is_beside_them():
    """To the right and below; the edge repeats."""
    shape = (20, 30)
    moved = displace(IMAGE, np.full(shape, 2, np.float32), np.full(shape, 1, np.float32))

    np.testing.assert_array_equal(moved[:-1, :-2], IMAGE[1:, 2:])
    np.testing.assert_array_equal(moved[-1, :-2], IMAGE[-1, 2:])


@given(st.integers(1, 90), st.integers(1, 90), st.floats(1, 60), st.integers(1, 80))
def test_noise_and_clouds_have_the_shape_that_is_asked_for(height, width, cell, side):
    """Between 0 and 1."""
    rng = np.random.default_rng(0)
    for noise in (smooth_noise(height, width, cell, rng), cloud(height, width, side, rng)):
        assert noise.shape == (height, width)
        assert noise.dtype == np.float32
        assert 0 <= noise.min() <= noise.max() <= 1.0001
