"""Windows without a sign, as a bad detector might give them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.negatives import windows as module
from roadsigns.synthesis.negatives.windows import MAX_OVERLAP, draw_windows
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import Box


def drawn(seed, count=4, drawing=None):
    """Some windows."""
    rng = np.random.default_rng(seed)
    return draw_windows(designs=official_designs(), drawing=drawing or Drawing(), count=count, rng=rng)


@settings(max_examples=10)
@given(seed=st.integers(0, 2**31 - 1))
def test_a_window_lies_in_its_image(seed):
    for image, box in drawn(seed):
        assert image.dtype == np.uint8
        height, width = image.shape[:2]
        assert 0 <= box.x1 < box.x2 <= width
        assert 0 <= box.y1 < box.y2 <= height
        assert min(box.x2 - box.x1, box.y2 - box.y1) >= 8


def test_a_window_misses_the_sign(monkeypatch):
    """It may show a part of it, or the whole of it far away."""
    chosen = []
    choose = module._window

    def noting(image, sign, rng):
        window = choose(image, sign, rng)
        chosen.append((window, sign))
        return window

    monkeypatch.setattr(module, "_window", noting)

    assert len(drawn(0, count=20)) > 15

    overlaps = [module._intersection_over_union(window, sign) for window, sign in chosen if window]
    assert max(overlaps) < MAX_OVERLAP
    assert max(overlaps) > 0
    assert min(overlaps) == 0


def test_overlap_is_intersection_over_union():
    assert module._intersection_over_union(Box(0, 0, 4, 4), Box(2, 0, 6, 4)) == 8 / 24
    assert module._intersection_over_union(Box(0, 0, 4, 4), Box(4, 0, 8, 4)) == 0


def test_little_is_kept_around_a_window():
    """The pictures of whole posts would not fit into memory."""
    for image, box in drawn(1, count=8):
        side = max(box.x2 - box.x1, box.y2 - box.y1)
        assert max(image.shape[:2]) <= side + 2 * round(module.MARGIN * side)


def test_the_same_seed_draws_the_same_windows():
    for (one, first), (other, second) in zip(drawn(3), drawn(3), strict=True):
        assert first == second
        np.testing.assert_array_equal(one, other)
