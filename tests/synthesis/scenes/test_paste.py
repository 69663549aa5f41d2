"""Drawn signs put into given scenes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.synthesis.scenes.draw import draw_scene
from roadsigns.synthesis.scenes.paste import paste_signs
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import Box


@pytest.fixture(scope="module")
def street():
    """A scene that stands for a photograph."""
    return draw_scene(np.random.default_rng(11), Drawing(), (480, 300))[0]


def paste(image, seed, boxes=(), posts=3):
    return paste_signs(image, boxes, np.random.default_rng(seed), Drawing(), posts=posts)


def test_the_same_seed_gives_the_same_picture(street):
    (image, signs), (again, same) = paste(street, 1), paste(street, 1)

    assert np.array_equal(image, again)
    assert signs == same
    assert signs


def test_the_given_picture_stays_as_it_is(street):
    before = street.copy()
    paste(street, 2)

    assert np.array_equal(street, before)


@settings(max_examples=10)
@given(seed=st.integers(0, 2**31 - 1))
def test_signs_keep_away_from_given_boxes(street, seed):
    """They lie in the picture, and nothing changes inside the boxes, poles included."""
    kept = [(150, 60, 260, 200), (300, 100, 340, 180)]
    image, signs = paste(street, seed, kept)

    for sign in signs:
        box = sign.box
        assert 0 <= box.x1 < box.x2 <= 480
        assert 0 <= box.y1 < box.y2 <= 300
        assert not any(box.x1 < x2 and x1 < box.x2 and box.y1 < y2 and y1 < box.y2 for x1, y1, x2, y2 in kept)
    # The blur of an edge reaches over by a few pixels.
    for x1, y1, x2, y2 in kept:
        inside = np.s_[y1 + 4 : y2 - 4, x1 + 4 : x2 - 4]
        assert np.array_equal(image[inside], street[inside])


def test_pixels_change_where_signs_are(street):
    image, signs = paste(street, 5)

    for sign in signs:
        box = sign.box
        middle = np.s_[(box.y1 + box.y2) // 2, (box.x1 + box.x2) // 2]
        assert not np.array_equal(image[middle], street[middle]) or sign.kind == "hidden"


def test_pasted_signs_take_the_light_of_the_scene(street):
    """In a scene at a quarter of the light they are darker."""

    def brightness(image):
        pasted = [paste(image, seed) for seed in range(6)]
        parts = [one[sign.box.y1 : sign.box.y2, sign.box.x1 : sign.box.x2] for one, signs in pasted for sign in signs]
        return np.mean([part.mean() for part in parts])

    assert brightness(street // 4) < 0.6 * brightness(street)


def test_without_posts_nothing_changes(street):
    image, signs = paste(street, 0, posts=0)

    assert np.array_equal(image, street)
    assert not signs


def test_a_scene_full_of_boxes_gets_no_signs(street):
    image, signs = paste(street, 0, [Box(0, 0, 480, 300)])

    assert np.array_equal(image, street)
    assert not signs
