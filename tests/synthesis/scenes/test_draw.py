"""Drawn street scenes: a picture of any size, and every sign in it with its box."""

import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.errors import DataError
from roadsigns.synthesis.scenes.draw import OTHER_KINDS, draw_scene, stands_out
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import Box

SMALL = (240, 150)
NO_SIGNS = {"additional plate", "back", "advertising"}


def scene(seed, size=SMALL, drawing=None):
    return draw_scene(np.random.default_rng(seed), drawing or Drawing(), size)


@pytest.fixture(scope="module")
def scenes():
    """Some small scenes."""
    return [scene(seed) for seed in range(16)]


def test_the_same_seed_draws_the_same_scene():
    (image, signs), (again, same), (other, _) = scene(3), scene(3), scene(4)

    assert np.array_equal(image, again)
    assert signs == same
    assert not np.array_equal(image, other)


@settings(max_examples=8)
@given(seed=st.integers(0, 2**31 - 1), width=st.integers(64, 300), height=st.integers(64, 200))
def test_boxes_lie_in_a_picture_of_any_size(seed, width, height):
    image, signs = scene(seed, (width, height))

    assert image.shape == (height, width, 3)
    assert image.dtype == np.uint8
    for sign in signs:
        assert 0 <= sign.box.x1 < sign.box.x2 <= width
        assert 0 <= sign.box.y1 < sign.box.y2 <= height


def test_a_sign_is_of_a_class_or_of_another_kind(scenes):
    """Never both, and never neither."""
    signs = [sign for _, some in scenes for sign in some]

    assert any(sign.class_id is not None for sign in signs)
    for sign in signs:
        assert (sign.class_id is None) == (sign.kind in OTHER_KINDS)
        assert sign.class_id is None or (0 <= sign.class_id < 43 and not sign.kind)
        assert sign.name


def test_signs_outside_the_classes_stand_there_too(scenes):
    kinds = {sign.kind for _, some in scenes for sign in some}

    assert len(kinds & set(OTHER_KINDS)) >= 4


def test_a_scene_has_at_most_six_signs(scenes):
    """Plates, backs and advertising apart, and a board beside those above the street."""
    many = [sum(sign.kind not in NO_SIGNS for sign in signs) for _, signs in scenes]

    assert max(many) <= 8
    assert min(many) == 0


def test_a_sign_that_nobody_sees_has_no_class():
    """In a picture that is black, a box holds nothing."""
    black = np.zeros((40, 40, 3), np.uint8)
    half = black.copy()
    half[15:25, 15:25] = 200

    assert not stands_out(black, Box(15, 15, 25, 25))
    assert stands_out(half, Box(15, 15, 25, 25))


def test_labelled_signs_stand_out(scenes):
    for image, signs in scenes:
        assert all(stands_out(image, sign.box) for sign in signs if sign.class_id is not None)


def test_a_picture_of_few_pixels_is_refused():
    with raises(DataError, problem="63x200 pixels", expected="at least 64 a side"):
        scene(0, (63, 200))
