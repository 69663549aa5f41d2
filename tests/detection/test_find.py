"""From a network's output to boxes in the picture."""

import numpy as np
import pytest

from roadsigns.detection.find import find_boxes, suppress
from roadsigns.detection.locations import locations_of, targets_of


def seeing(colour=(255, 0, 0)):
    """A network that finds rectangles of one colour, each as sharp as its pixels."""

    def network(images):
        (picture,) = images
        assert picture.shape[0] % 32 == picture.shape[1] % 32 == 0
        mask = (np.abs(picture.astype(int) - colour) < 60).all(axis=2)
        places = locations_of(*picture.shape[:2])
        output = np.full((len(places.x), 5), -9, np.float32)
        if mask.any():
            (rows, columns) = np.nonzero(mask)
            box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            targets = targets_of(np.array([box], np.float32), np.zeros(1, bool), places)
            shown = targets[:, 0] > 0
            output[shown, 0] = 3
            output[shown, 1:] = np.log(np.maximum(targets[shown, 1:], 0.01) / places.stride[shown, np.newaxis])
        return output[np.newaxis]

    return network


def picture(width, height, box):
    image = np.full((height, width, 3), 90, np.uint8)
    x1, y1, x2, y2 = box
    image[y1:y2, x1:x2] = (255, 0, 0)
    return image


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((1360, 800), (1000, 200, 1040, 240)),
        ((1360, 800), (300, 100, 800, 640)),
        ((500, 333), (100, 100, 108, 108)),
        ((33, 31), (2, 2, 31, 29)),
    ],
)
def test_a_sign_is_found_once_where_it_is(size, box):
    """In pictures of any size; signs of 8 pixels and of 600."""
    boxes, scores = find_boxes(seeing(), picture(*size, box), least_score=0.3)

    assert len(boxes) == 1
    np.testing.assert_allclose(boxes[0], box, atol=3)
    assert scores[0] == pytest.approx(1 / (1 + np.exp(-3)))


@pytest.mark.parametrize("shape", [(300, 400, 3), (1, 1, 3), (1, 900, 3)])
def test_nothing_is_found_where_nothing_is(shape):
    boxes, scores = find_boxes(seeing(), np.full(shape, 90, np.uint8), least_score=0.3)

    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


def test_boxes_stay_within_the_picture():
    boxes, _ = find_boxes(seeing(), picture(640, 480, (600, 440, 640, 480)), least_score=0.3)

    assert (boxes <= [640, 480, 640, 480]).all()


def test_of_boxes_that_overlap_the_best_is_kept():
    """Signs side by side are two."""
    boxes = np.array([[0, 0, 20, 20], [2, 2, 22, 22], [22, 0, 42, 20]], np.float32)

    assert suppress(boxes, np.array([0.5, 0.9, 0.4], np.float32)).tolist() == [1, 2]
    assert suppress(boxes[:0], np.zeros(0, np.float32)).tolist() == []
