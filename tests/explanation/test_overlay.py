"""A heat map over its sign."""

import numpy as np
import pytest

from roadsigns.explanation.heat_map import HeatMap, scaled
from roadsigns.explanation.overlay import BRIGHTNESS, colour_bar, levels_of, overlay


def heat_in(*places, side=8):
    """A map that is hot there and cold elsewhere."""
    values = np.zeros((side, side), np.float32)
    for place in places:
        values[place] = 1
    return HeatMap(values, 0, "occlusion")


def grey(level=200, side=8):
    """An image of one brightness."""
    return np.full((side, side, 3), level, np.uint8)


@pytest.mark.parametrize("scale", [1, 3, 10])
def test_picture_is_so_many_times_as_large(scale):
    """And of bytes."""
    picture = overlay(grey(), heat_in((2, 2)), scale=scale)

    assert picture.shape == (8 * scale, 8 * scale, 3)
    assert picture.dtype == np.uint8


def test_heat_is_told_by_brightness_too():
    """So that nobody has to tell colours apart: the scale only gets brighter."""
    bar = colour_bar(64, 2)
    brightness = bar[0] @ np.float32(BRIGHTNESS)

    assert bar.shape == (2, 64, 3)
    assert (np.diff(brightness) > 0).all()
    picture = overlay(grey(), heat_in(np.s_[2:6, 2:6]), scale=1)
    assert picture[4, 4].mean() > 1.2 * picture[0, 0].mean()


def test_hottest_part_has_a_white_outline():
    """Its inside has none, and what is cold neither."""
    picture = overlay(grey(), heat_in(np.s_[2:6, 2:6]), scale=1)

    white = (picture == 255).all(axis=2)
    assert white[2:6, 2].all()
    assert white[2, 2:6].all()
    assert not white[3:5, 3:5].any()
    assert white.sum() == 12


def test_sign_stays_visible_under_the_heat():
    """Its bright and dark parts are still apart, hot and cold."""
    sign = grey()
    sign[::2] = 60

    for heat_map in (heat_in(), heat_in(np.s_[:, :])):
        picture = overlay(sign, heat_map, scale=1).astype(int)
        assert (picture[3, 1:-1].mean() - picture[2, 1:-1].mean()) > 30


def test_floats_are_drawn_like_levels():
    """As the tutorial's preparation gives them."""
    sign = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    as_floats = sign.astype(np.float32) / 255

    np.testing.assert_array_equal(levels_of(as_floats), sign)
    np.testing.assert_array_equal(overlay(as_floats, heat_in((3, 3)), scale=2), overlay(sign, heat_in((3, 3)), scale=2))


def test_evidence_against_the_class_is_left_out():
    """What is hottest is 1; where nothing speaks for the class all is 0."""
    np.testing.assert_array_equal(scaled(np.float32([[-2, 1], [4, 0]])), np.float32([[0, 0.25], [1, 0]]))
    np.testing.assert_array_equal(scaled(np.float32([[-2, -1]])), np.float32([[0, 0]]))
