"""What scenes are painted on."""

import numpy as np
import pytest

from roadsigns.synthesis.scenes.canvas import Canvas


def canvas(**more):
    return Canvas(40, 30, haze=np.ones(3), visibility=more.pop("visibility", np.inf), **more)


def square(colour, alpha=1.0):
    picture = np.zeros((8, 8, 4), np.float32)
    picture[:] = [*(np.array(colour) * alpha), alpha]
    return picture


PLACE = np.array([[10, 5], [20, 5], [20, 15], [10, 15]], float)


def test_a_picture_covers_its_place_and_owns_it():
    painted = canvas()
    pixels = painted.lay(square((0.5, 0.2, 0.1)), PLACE, distance=10, owner=7)

    assert pixels == pytest.approx(100, abs=40)
    assert (painted.owner[6:14, 11:19] == 7).all()
    assert painted.light[10, 15] == pytest.approx([0.5, 0.2, 0.1], abs=0.01)
    assert not painted.light[20:].any()


def test_what_is_painted_later_hides_what_was_there():
    painted = canvas()
    painted.lay(square((1, 1, 1)), PLACE, distance=10, owner=1)
    painted.polygon(PLACE + np.array([5, 0]), np.zeros(3), distance=5)

    assert 0 < np.count_nonzero(painted.owner == 1) < 60
    assert not painted.light[10, 18].any()


def test_far_things_fade_to_the_haze():
    painted = canvas(visibility=100.0)
    painted.polygon(PLACE, np.zeros(3), distance=100)

    assert painted.light[10, 15] == pytest.approx([1 - np.exp(-1)] * 3, abs=0.01)


def test_what_lies_outside_is_left_out():
    painted = canvas()
    painted.polygon(PLACE + 100, np.ones(3), distance=1)
    painted.line((-1e9, 10), (1e9, 10), 2, np.ones(3), distance=1)

    assert painted.lay(square((1, 1, 1)), PLACE - 100, distance=1, owner=1) == 0
    assert not painted.light[20:].any()


def test_coverage_counts_all_that_is_painted():
    painted = canvas(coverage=True)
    painted.lay(square((1, 1, 1), alpha=0.5), PLACE, distance=1)
    painted.lay(square((0, 0, 0), alpha=0.5), PLACE, distance=1)

    assert painted.coverage[10, 15] == pytest.approx(0.75)
    assert painted.coverage[25, 35] == 0
