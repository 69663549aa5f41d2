"""Two more looks at each box."""

import numpy as np
import pytest

from roadsigns.detection.locations import locations_of, targets_of
from roadsigns.detection.second_look import MAX_LOOKS, MIN_FIRST_SCORE, NO_SIGN, SIGNS, WINDOW, look_again

RED = (255, 0, 0)


def seeing(logit=3.0, looks=None):
    """A network that finds the red rectangle of a window; what it looked at is put into `looks`."""

    def network(window):
        if looks is not None:
            looks.append(window)
        places = locations_of(*window.shape[:2])
        output = np.full((len(places.x), 5), -9, np.float32)
        rows, columns = np.nonzero((np.abs(window.astype(int) - RED) < 100).all(axis=2))
        if len(rows):
            box = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], np.float32)
            targets = targets_of(box, np.zeros(1, bool), places)
            shown = targets[:, 0] > 0
            output[shown, 0] = logit
            output[shown, 1:] = np.log(np.maximum(targets[shown, 1:], 0.01) / places.stride[shown, np.newaxis])
        return output

    return network


def picture(box, width=320, height=240):
    image = np.full((height, width, 3), 90, np.uint8)
    x1, y1, x2, y2 = box
    image[y1:y2, x1:x2] = RED
    return image


def look_at(network, image, box, score):
    boxes, scores = look_again(network, image, np.array([box], np.float32), np.array([score], np.float32))
    return boxes[0], scores[0]


@pytest.mark.parametrize(
    "box", [(100, 100, 110, 110), (100, 80, 140, 124), (0, 0, 30, 30), (290, 210, 320, 240), (20, 10, 240, 230)]
)
def test_a_sign_is_seen_at_the_same_sizes_whatever_its_own(box):
    """Small and large ones, and at the edges of the picture."""
    looks = []

    found, _ = look_at(seeing(looks=looks), picture(box), box, 0.5)

    np.testing.assert_allclose(found, box, atol=0.06 * (box[2] - box[0]))
    assert {look.shape for look in looks} == {(WINDOW, WINDOW, 3)}
    for sign, look in zip(SIGNS, looks, strict=True):
        columns = np.nonzero((np.abs(look.astype(int) - RED) < 100).all(axis=2))[1]
        longer = max(box[2] - box[0], box[3] - box[1])
        assert columns.max() + 1 - columns.min() == pytest.approx(
            min(sign, 4 * longer) * (box[2] - box[0]) / longer, abs=4
        )


def test_a_box_that_misses_its_sign_a_little_comes_nearer():
    """By the looks' shares in the mean."""
    sign, off = np.array((100, 100, 140, 140)), np.array((106, 104, 146, 144))

    found, _ = look_at(seeing(), picture(sign), off, 0.5)

    assert np.abs(found - sign).max() < np.abs(off - sign).max() / 2


def test_scores_are_means_of_log_odds():
    """Of all looks, seen or not."""
    box = (100, 100, 140, 140)

    _, seen = look_at(seeing(logit=2), picture(box), box, 0.5)
    _, gone = look_at(seeing(), np.full((240, 320, 3), 90, np.uint8), box, 0.5)

    assert seen == pytest.approx(1 / (1 + np.exp(-(0 + 2 + 2) / 3)))
    assert gone == pytest.approx(1 / (1 + np.exp(-2 / 3 * np.log(NO_SIGN / (1 - NO_SIGN)))))


def test_a_score_that_is_rounded_to_one_is_no_fault():
    """The logarithm of its odds would be infinite."""
    box = (100, 100, 140, 140)

    _, score = look_at(seeing(logit=30), picture(box), box, 1.0)

    assert 0.99 < score <= 1


def test_what_lies_elsewhere_in_the_window_is_another_sign():
    """The box keeps its place, and its score falls."""
    found, score = look_at(seeing(), picture((132, 100, 142, 110)), (100, 100, 140, 140), 0.5)

    np.testing.assert_array_equal(found, (100, 100, 140, 140))
    assert score < 0.05


def test_unlikely_boxes_and_those_beyond_a_hundred_are_left_as_they_are():
    """The network does not look at them."""
    looks = []
    boxes = np.tile(np.array([[100, 100, 140, 140]], np.float32), (MAX_LOOKS + 3, 1))
    scores = np.full(len(boxes), 0.6, np.float32)
    scores[1] = MIN_FIRST_SCORE - 0.01

    _, again = look_again(seeing(looks=looks), picture((100, 100, 140, 140)), boxes, scores)

    assert len(looks) == (MAX_LOOKS - 1) * len(SIGNS)
    assert again[1] == scores[1]
    np.testing.assert_array_equal(again[MAX_LOOKS:], scores[MAX_LOOKS:])
    assert (again[2:MAX_LOOKS] > 0.6).all()
    np.testing.assert_array_equal(scores[2:], np.float32(0.6))
