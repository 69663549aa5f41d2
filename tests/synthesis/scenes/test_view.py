"""The camera in the car."""

from dataclasses import replace

import numpy as np
import pytest

from roadsigns.synthesis.scenes.view import View, choose_view

STRAIGHT = View(800, 400, 1000.0, 220.0, 400.0, 1.5, 1.4, 0.0)


def test_what_is_as_high_as_the_camera_lies_on_the_horizon():
    assert STRAIGHT.project(3.0, 1.4, [10, 50, 200])[:, 1] == pytest.approx([220, 220, 220])


def test_things_shrink_with_their_distance():
    """A sign of 0.6 m has 60 pixels at 10 m and 20 at 30 m."""
    assert STRAIGHT.pixels(0.6, 10) == pytest.approx(60)
    left, right = STRAIGHT.project([3.0, 3.6], 2.0, 30)
    assert right[0] - left[0] == pytest.approx(20)


def test_a_street_bends_to_its_side():
    right, left = (replace(STRAIGHT, bend=bend).project(0.0, 0.0, 80)[0, 0] for bend in (0.002, -0.002))

    assert left < STRAIGHT.project(0.0, 0.0, 80)[0, 0] < right


def test_places_beside_the_camera_do_not_fly_off():
    assert np.isfinite(STRAIGHT.project(1.0, 0.0, [0.0, -5.0])).all()


def test_the_horizon_lies_in_the_picture():
    for seed in range(50):
        view = choose_view(640, 360, 1.5, np.random.default_rng(seed))
        assert 0.4 * 360 < view.horizon < 0.75 * 360
