"""Signs copied from one scene into another."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.synthesis.scenes.move import move_signs
from roadsigns.types import Box

RED = (200, 20, 30)
SOURCE = Box(90, 60, 130, 100)


@pytest.fixture
def donor():
    """A grey scene with a red disc in it."""
    image = np.full((200, 300, 3), 120, np.uint8)
    cv2.circle(image, (110, 80), 20, RED, cv2.FILLED, cv2.LINE_AA)
    return image


@pytest.fixture
def street():
    """Another scene: sky above, street below."""
    image = np.full((240, 320, 3), 90, np.uint8)
    image[:120] = (180, 200, 220)
    return image


def test_a_copy_looks_like_its_source(street, donor):
    """Red in the middle; at the corners of a round sign's box the new scene shows."""
    image, moved = move_signs(street, [], donor, [SOURCE], np.random.default_rng(0), count=3)

    assert moved
    for box, source in moved:
        red, green, _ = image[(box.y1 + box.y2) // 2, (box.x1 + box.x2) // 2].astype(int)
        assert source == 0
        assert red > 2 * green
        corner = image[box.y1, box.x1].astype(int)
        assert np.abs(corner - street[box.y1, box.x1]).max() < 40


@settings(max_examples=25)
@given(seed=st.integers(0, 2**31 - 1))
def test_copies_keep_away_from_boxes_and_from_one_another(seed):
    street, donor = np.full((160, 200, 3), 90, np.uint8), np.full((200, 300, 3), 120, np.uint8)
    kept = Box(60, 0, 120, 160)
    image, moved = move_signs(street, [kept], donor, [SOURCE], np.random.default_rng(seed), count=4)

    boxes = [kept, *(one.box for one in moved)]
    for place, one in enumerate(boxes):
        assert 0 <= one.x1 < one.x2 <= 200
        assert 0 <= one.y1 < one.y2 <= 160
        for other in boxes[:place]:
            assert not (one.x1 < other.x2 and other.x1 < one.x2 and one.y1 < other.y2 and other.y1 < one.y2)
    assert np.array_equal(image[:, 60:120], street[:, 60:120])


def test_the_same_seed_copies_to_the_same_place(street, donor):
    (image, moved), (again, same) = (
        move_signs(street, [], donor, [SOURCE], np.random.default_rng(4), count=2) for _ in range(2)
    )

    assert np.array_equal(image, again)
    assert moved == same


def test_a_copy_in_a_dark_scene_is_darker(street, donor):
    def red(image):
        changed, moved = move_signs(image, [], donor, [SOURCE], np.random.default_rng(1))
        box = moved[0].box
        return int(changed[(box.y1 + box.y2) // 2, (box.x1 + box.x2) // 2, 0])

    assert red(street // 3) < 0.7 * red(street)


def test_tiny_signs_and_boxes_outside_are_not_copied(street, donor):
    boxes = [Box(10, 10, 20, 20), Box(280, 180, 320, 220)]
    image, moved = move_signs(street, [], donor, boxes, np.random.default_rng(0))

    assert not moved
    assert np.array_equal(image, street)
