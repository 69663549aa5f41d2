"""Captions beside their signs."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.detection.annotation.placing import place_captions
from roadsigns.types import Box


def shared(one, other):
    """How many pixels two boxes share."""
    across, down = (min(one[k + 2], other[k + 2]) - max(one[k], other[k]) for k in (0, 1))
    return max(across, 0) * max(down, 0)


def test_caption_stands_to_the_right_at_middle_height():
    """Where there is room."""
    (place,) = place_captions([(100, 40)], [Box(200, 200, 240, 240)], picture=(1000, 800), gap=3)

    assert place == Box(243, 200, 343, 240)


@pytest.mark.parametrize("box", [Box(960, 380, 1000, 420), Box(0, 0, 40, 40), Box(0, 760, 40, 800)])
def test_caption_at_an_edge_stays_in_the_picture_and_off_its_sign(box):
    """On another side."""
    (place,) = place_captions([(100, 40)], [box], picture=(1000, 800), gap=3)

    assert shared(place, (0, 0, 1000, 800)) == 100 * 40
    assert shared(place, box) == 0


def test_captions_of_signs_on_one_post_cover_nothing():
    """Five above each other, and a row beside them."""
    boxes = [Box(400, 100 + 45 * n, 440, 140 + 45 * n) for n in range(5)]
    boxes += [Box(100 + 50 * n, 600, 140 + 50 * n, 640) for n in range(6)]

    places = place_captions([(180, 50)] * len(boxes), boxes, picture=(1360, 800), gap=3)

    assert sum(shared(*pair) for pair in itertools.combinations(places, 2)) == 0
    assert sum(shared(place, box) for place in places for box in boxes) == 0


def test_sign_that_fills_the_picture_is_covered():
    """Better than no caption."""
    (place,) = place_captions([(100, 40)], [Box(0, 0, 200, 200)], picture=(200, 200), gap=3)

    assert shared(place, (0, 0, 200, 200)) == 100 * 40


@given(
    st.lists(st.tuples(st.integers(0, 290), st.integers(0, 190), st.integers(1, 99), st.integers(1, 99)), max_size=8)
)
def test_no_caption_leaves_the_picture(signs):
    """However many signs there are, and wherever."""
    boxes = [Box(x, y, min(x + width, 300), min(y + height, 200)) for x, y, width, height in signs]

    places = place_captions([(150, 30)] * len(boxes), boxes, picture=(300, 200), gap=2)

    assert len(places) == len(boxes)
    assert all(shared(place, (0, 0, 300, 200)) == 150 * 30 for place in places)
