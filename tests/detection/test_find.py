"""From a network's output to boxes in the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.detection.find import OVERLAP, find_boxes, scales_of, suppress
from roadsigns.detection.locations import locations_of, targets_of


def seeing(colour=(255, 0, 0), seen=None):
    """A network that finds a rectangle of one colour, as sharp as its pixels; what it looks at is noted in `seen`."""

    def network(picture):
        if seen is not None:
            seen.append(picture.shape)
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
        return output

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
        ((4000, 2500), (1700, 1000, 1740, 1040)),
        ((4000, 2500), (1500, 800, 2100, 1400)),
        ((9000, 300), (4000, 100, 4090, 200)),
        ((300, 5000), (100, 2400, 200, 2490)),
    ],
)
def test_a_sign_is_found_once_where_it_is(size, box):
    """In pictures of any size; signs of 8 pixels and of 600; also where tiles meet."""
    boxes, scores = find_boxes(seeing(), picture(*size, box), min_score=0.3)

    assert len(boxes) == 1
    np.testing.assert_allclose(boxes[0], box, atol=3)
    assert scores[0] == pytest.approx(1 / (1 + np.exp(-3)))


@pytest.mark.parametrize("shape", [(300, 400, 3), (1, 1, 3), (1, 900, 3), (900, 3, 3), (4, 4, 3), (4, 9000, 3)])
def test_nothing_is_found_where_nothing_is(shape):
    boxes, scores = find_boxes(seeing(), np.full(shape, 90, np.uint8), min_score=0.3)

    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


def test_boxes_stay_within_the_picture():
    boxes, _ = find_boxes(seeing(), picture(640, 480, (600, 440, 640, 480)), min_score=0.3)

    assert (boxes <= [640, 480, 640, 480]).all()


def test_of_boxes_that_overlap_the_best_is_kept():
    """Signs side by side are two."""
    boxes = np.array([[0, 0, 20, 20], [2, 2, 22, 22], [22, 0, 42, 20]], np.float32)

    assert suppress(boxes, np.array([0.5, 0.9, 0.4], np.float32)).tolist() == [1, 2]
    assert suppress(boxes[:0], np.zeros(0, np.float32)).tolist() == []


def test_parts_of_a_sign_close_up_are_no_signs():
    """Unless they are more likely to be signs than the whole, such as signs on a board."""
    boxes = np.array([[0, 0, 400, 400], [100, 100, 200, 200], [390, 0, 480, 90], [0, 0, 100, 100]], np.float32)

    assert suppress(boxes, np.array([0.8, 0.5, 0.4, 0.9], np.float32)).tolist() == [3, 0, 2]
    # Farther away, a sign in front of another is one.
    assert suppress(boxes / 4, np.array([0.8, 0.5, 0.4, 0.9], np.float32)).tolist() == [3, 0, 1, 2]


@given(st.data())
def test_of_any_boxes_the_kept_ones_are_apart_and_the_others_near_a_better_one(data):
    """Against the definition, one pair at a time."""
    count = data.draw(st.integers(0, 12))
    numbers = data.draw(st.lists(st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(4, 40)] * 2), min_size=count))
    boxes = np.array([(x, y, x + width, y + height) for x, y, width, height in numbers], np.float32).reshape(-1, 4)
    # No two as high, so that the order is known.
    scores = np.array(data.draw(st.permutations(range(len(boxes)))), np.float32) / 20 + 0.1

    kept = suppress(boxes, scores).tolist()

    assert kept == sorted(kept, key=lambda index: -scores[index])
    for index in range(len(boxes)):
        better = [other for other in kept if scores[other] > scores[index]]
        near = [other for other in better if overlap(boxes[index], boxes[other]) > OVERLAP]
        assert (index in kept) == (not near)


def overlap(one, other):
    """Intersection over union."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    common = np.prod(np.maximum(sides, 0))
    return common / (np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]) - common)


@pytest.mark.parametrize(("least", "count"), [(1e-6, 1000), (0.999, 0)])
def test_a_network_that_finds_signs_everywhere_ends(least, count):
    """As one does that is not trained."""
    rng = np.random.default_rng(0)

    def network(picture):
        places = len(locations_of(*picture.shape[:2]).x)
        return np.stack([rng.uniform(-9, 6, places), *rng.normal(-2, 0.1, (4, places))], axis=1).astype(np.float32)

    boxes, _ = find_boxes(network, np.zeros((800, 1360, 3), np.uint8), min_score=least)

    assert len(boxes) <= count


def test_scales_are_those_that_are_worth_their_cost():
    """Small pictures enlarged to at most twice their sides, large ones made smaller until any sign is small enough."""
    assert scales_of(800, 1360) == [1, 0.35]
    assert scales_of(720, 1280) == [1, 0.35]
    assert scales_of(3000, 4000) == pytest.approx([1, 0.35, 0.35**2, 0.35**3])
    assert scales_of(480, 640)[0] == pytest.approx(1.88, abs=0.01)
    assert scales_of(30, 40) == [2]
    assert scales_of(100, 60_000) == [1]


@given(st.integers(4, 3000), st.integers(4, 3000))
def test_a_small_picture_takes_no_longer_than_a_scene(height, width):
    """And the coarse scales of any picture at most a sixth more."""
    scales = scales_of(height, width)

    assert height * width * scales[0] ** 2 <= max(height * width, 1360 * 800 * 1.001)
    assert sum(scale**2 for scale in scales[1:]) < scales[0] ** 2 / 6
    assert min(height, width) * scales[-1] <= 320


def test_network_is_given_few_sizes():
    """A runtime compiles for each."""
    seen = []
    rng = np.random.default_rng(0)
    for _ in range(40):
        height, width = rng.integers(600, 1000, 2)
        find_boxes(seeing(seen=seen), np.zeros((height, width, 3), np.uint8), min_score=0.5)

    assert len(seen) >= 80
    assert len(set(seen)) < len(seen) / 3
