"""Backdrops are plain reflectances, and every one differs."""

import numpy as np

from roadsigns.images.backdrop import paint_backdrop


def test_backdrop_is_a_reflectance():
    """Shape, type and range are as promised, whatever the surroundings."""
    for seed in range(40):
        painted = paint_backdrop(48, np.random.default_rng(seed))

        assert painted.shape == (48, 48, 3)
        assert painted.dtype == np.float32
        assert 0 <= painted.min() <= painted.max() <= 1


def test_backdrops_differ():
    """Twenty seeds paint twenty pictures."""
    assert len({paint_backdrop(16, np.random.default_rng(seed)).tobytes() for seed in range(20)}) == 20
