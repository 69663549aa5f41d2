"""Things at the roadside that are no signs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.synthesis.negatives import things
from roadsigns.synthesis.negatives.things import invent_back, invent_thing
from roadsigns.synthesis.rendering import render_design


@given(seed=st.integers(0, 2**31 - 1))
def test_a_thing_is_a_drawing(seed):
    """It shows something, and not everywhere."""
    alpha = render_design(invent_thing(np.random.default_rng(seed)), 48)[:, :, 3]

    assert alpha.max() == 255
    assert alpha.min() == 0


def test_the_same_seed_invents_the_same_thing():
    assert invent_thing(np.random.default_rng(5)) == invent_thing(np.random.default_rng(5))


@pytest.mark.parametrize("draw", things.THINGS)
def test_things_of_one_sort_differ(draw):
    """Each is drawn anew."""
    rng = np.random.default_rng(0)

    assert len({draw(rng) for _ in range(20)}) > 10


def test_shares_add_up():
    assert len(things.SHARES) == len(things.THINGS)
    assert sum(things.SHARES) == pytest.approx(1)


def test_a_back_is_grey():
    """Nothing on it is red, blue or yellow."""
    for seed in range(8):
        picture = render_design(invent_back(np.random.default_rng(seed)), 48)
        colours = picture[picture[:, :, 3] == 255][:, :3].astype(int)
        assert len(colours)
        assert (colours.max(axis=1) - colours.min(axis=1)).max() < 16
