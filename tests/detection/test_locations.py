"""What each location of the detector's output should say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.detection.locations import STRIDES, locations_at, locations_of, targets_of, to_boxes

SIDE = 320
PLACES = locations_of(SIDE, SIDE)


def targets(*boxes, ignored=()):
    """Of signs, some of them to be ignored."""
    marks = np.array([index in ignored for index in range(len(boxes))], bool)
    return targets_of(np.array(boxes, np.float32).reshape(-1, 4), marks, PLACES)


def test_locations_are_the_middles_of_their_cells():
    """Row by row, the finest level first."""
    places = locations_of(64, 96)

    assert len(places.x) == 8 * 12 + 4 * 6 + 2 * 3
    assert (places.x[0], places.y[0], places.x[1]) == (4, 4, 12)
    assert (places.x[12], places.y[12]) == (4, 12)
    assert (places.x[-1], places.y[-1], places.stride[-1]) == (80, 48, 32)
    assert sorted(set(places.stride.tolist())) == list(STRIDES)


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_locations_are_known_by_their_numbers(down, across, data):
    """The same as among all."""
    height, width = 32 * down, 32 * across
    places = locations_of(height, width)
    indices = np.array(data.draw(st.lists(st.integers(0, len(places.x) - 1))), np.intp)

    for values, some in zip(places, locations_at(indices, height, width), strict=True):
        np.testing.assert_array_equal(some, values[indices])


@given(st.floats(8, 300), st.floats(0.6, 1.6), st.floats(0, 1), st.floats(0, 1))
def test_every_sign_is_shown_by_a_location_that_gives_its_box(size, stretch, across, down):
    """From 8 to 300 pixels, wherever it stands."""
    width, height = min(size * stretch**0.5, SIDE), min(size / stretch**0.5, SIDE)
    x, y = across * (SIDE - width), down * (SIDE - height)
    box = np.array([x, y, x + width, y + height], np.float32)

    wanted = targets(box)
    shown = wanted[:, 0] > 0

    assert shown.any()
    output = np.zeros_like(wanted)
    output[:, 1:] = np.log(np.maximum(wanted[:, 1:], 1e-3) / PLACES.stride[:, np.newaxis])
    inside = shown & (wanted[:, 1:] > 0.01).all(axis=1)
    boxes, _ = to_boxes(output, PLACES)
    np.testing.assert_allclose(boxes[inside], np.broadcast_to(box, (inside.sum(), 4)), atol=0.05)


def test_scores_of_extreme_outputs_are_zero_and_one():
    """Without overflow on the way."""
    output = np.zeros((len(PLACES.stride), 5), np.float32)
    output[:3, 0] = -1e4, 0, 1e4

    with np.errstate(over="raise"):
        _, scores = to_boxes(output, PLACES)

    np.testing.assert_allclose(scores[:3], [0, 0.5, 1])


def test_large_signs_are_shown_by_coarse_levels():
    """And small ones by the fine one."""
    small, large = (targets((100, 100, 100 + side, 100 + side))[:, 0] > 0 for side in (14, 200))

    assert set(PLACES.stride[small].tolist()) == {8}
    assert set(PLACES.stride[large].tolist()) == {32}


def test_a_sign_in_front_of_another_has_its_locations():
    """The smaller one."""
    wanted = targets((50, 50, 90, 90), (60, 60, 80, 80))

    at = (PLACES.stride == 8) & (PLACES.x == 68) & (PLACES.y == 68)
    np.testing.assert_allclose(wanted[at][0], [1, 8, 8, 12, 12])


def test_an_ignored_sign_is_neither_right_nor_wrong():
    wanted = targets((40, 40, 100, 100), ignored=[0])

    inside = (PLACES.x > 40) & (PLACES.x < 100) & (PLACES.y > 40) & (PLACES.y < 100)
    assert (wanted[inside, 0] == -1).all()
    assert (wanted[~inside, 0] == 0).all()


def test_a_picture_without_signs_says_none():
    assert not targets().any()
