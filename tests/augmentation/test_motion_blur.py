"""The line that a moving camera smears a point into."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.augmentation.motion_blur import motion_kernel


@given(st.floats(1, 30), st.floats(-180, 180))
def test_blur_keeps_brightness_and_place(length, degrees):
    """Sum 1, an odd side, its centre of gravity in the middle, as long as asked for."""
    kernel = motion_kernel(length, degrees)
    side = len(kernel)
    y, x = np.mgrid[:side, :side] - side // 2

    assert kernel.shape == (side, side)
    assert side % 2 == 1
    assert kernel.sum() == pytest.approx(1, abs=1e-4)
    assert (kernel * x).sum() == pytest.approx(0, abs=0.6)
    assert (kernel * y).sum() == pytest.approx(0, abs=0.6)
    assert side <= length + 3


def test_direction_is_heeded():
    """Level, upright, and between."""
    spread = {}
    for degrees in (0, 45, 90):
        kernel = motion_kernel(9, degrees)
        y, x = np.mgrid[: len(kernel), : len(kernel)] - len(kernel) // 2
        spread[degrees] = (kernel * x * x).sum(), (kernel * y * y).sum()

    assert spread[0][0] > 4 * spread[0][1]
    assert spread[90][1] > 4 * spread[90][0]
    assert spread[45][0] == pytest.approx(spread[45][1], rel=0.1)
