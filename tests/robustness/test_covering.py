"""Things in front of a sign."""

import numpy as np
import pytest

from roadsigns.robustness.covering import COVERED, STICKER
from roadsigns.types import Box

BOX = Box(20, 10, 100, 90)
WHITE = np.full((100, 120, 3), 250, np.uint8)


@pytest.mark.parametrize("severity", [1, 3, 5])
def test_cover_is_the_share_of_the_side(severity):
    """From one edge of the image to as far into the sign as documented."""
    shares = [
        (COVERED.apply(WHITE, BOX, severity, np.random.default_rng(seed)) != 250).any(axis=2)[10:90, 20:100].mean()
        for seed in range(20)
    ]

    assert np.mean(shares) == pytest.approx(COVERED.strengths[severity - 1], abs=0.03)


def test_sticker_is_a_square_inside_the_sign():
    """45 % of the side at severity 5, somewhere else each time, of one colour."""
    places = set()
    for seed in range(20):
        after = STICKER.apply(WHITE, BOX, 5, np.random.default_rng(seed))
        rows, columns = (np.flatnonzero((after != 250).any(axis=(axis, 2))) for axis in (1, 0))
        assert rows.size == columns.size == 36
        assert rows.min() >= 10
        assert rows.max() < 90
        assert columns.min() >= 20
        assert columns.max() < 100
        assert len(np.unique(after[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1], axis=0)) == 1
        places.add((rows.min(), columns.min()))
    assert len(places) > 15
