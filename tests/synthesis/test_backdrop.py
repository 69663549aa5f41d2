"""Backdrops are plain reflectances, every one differs, and as many as the setting says are of one colour."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.synthesis.backdrop import on_three_channels, paint_backdrop, smooth_noise, straight_edge
from roadsigns.synthesis.settings import Drawing


def painted(seed, *, size=16, **levers):
    """A backdrop."""
    return paint_backdrop(size, Drawing(**levers), np.random.default_rng(seed))


def is_plain(backdrop):
    """Whether all its pixels have one colour."""
    return bool((backdrop == backdrop[0, 0]).all())


def test_backdrop_is_a_reflectance():
    """Shape, type and range are as promised, whatever the surroundings."""
    for seed in range(40):
        backdrop = painted(seed, size=48)

        assert backdrop.shape == (48, 48, 3)
        assert backdrop.dtype == np.float32
        assert 0 <= backdrop.min() <= backdrop.max() <= 1


def test_backdrops_differ():
    """Twenty seeds paint twenty pictures, and one seed always the same."""
    assert len({painted(seed).tobytes() for seed in range(20)}) == 20
    assert painted(3).tobytes() == painted(3).tobytes()


def test_as_many_backdrops_are_plain_as_the_setting_says():
    """None, some or all; a plain one has one colour all over."""
    assert sum(is_plain(painted(seed, plain_backdrop_probability=0)) for seed in range(60)) == 0
    assert 0.1 < sum(is_plain(painted(seed, plain_backdrop_probability=0.3)) for seed in range(60)) / 60 < 0.5
    assert sum(is_plain(painted(seed, plain_backdrop_probability=1)) for seed in range(60)) == 60


def test_plain_backdrops_are_of_all_brightnesses():
    """From black to white, some of them coloured."""
    colours = np.array([painted(seed, size=2, plain_backdrop_probability=1)[0, 0] for seed in range(200)])

    assert colours.mean(axis=1).min() < 0.1
    assert colours.mean(axis=1).max() > 0.8
    assert np.ptp(colours, axis=1).max() > 0.2


@given(cells=st.integers(1, 40), size=st.integers(1, 60), seed=st.integers(0, 99))
def test_noise_is_smooth_and_about_0_to_1(cells, size, seed):
    """Interpolation overshoots a little."""
    noise = smooth_noise(cells, size, np.random.default_rng(seed))

    assert noise.shape == (size, size)
    assert noise.dtype == np.float32
    assert -0.6 < noise.min() <= noise.max() < 1.6


@pytest.mark.parametrize("seed", range(5))
def test_edge_has_two_sides(seed):
    """One is 0, the other 1, and each of at least a few pixels."""
    edge = straight_edge(64, np.random.default_rng(seed))

    assert (edge.min(), edge.max()) == (0, 1)
    assert 0.02 < edge.mean() < 0.98


def test_plane_on_three_channels_is_three_times_the_plane():
    """Equal to what NumPy's broadcasting makes."""
    plane = np.arange(6, dtype=np.float32).reshape(2, 3)

    np.testing.assert_array_equal(on_three_channels(plane), np.broadcast_to(plane[:, :, None], (2, 3, 3)))
