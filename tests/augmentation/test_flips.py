"""Mirrored signs: which, how, and what they then are."""

import numpy as np
import pytest

from roadsigns.augmentation.flips import flip_some
from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.preprocessing.crop_transform import resample

GTSRB_FLIPS = GTSRB.flips


def flipped(labels, share=1.0, size=8, seed=0):
    """The maps and labels of a batch."""
    labels = np.array(labels, np.int32)
    return flip_some(labels, GTSRB_FLIPS, share=share, image_size=size, rng=np.random.default_rng(seed))


def test_every_flip_that_is_drawn_is_in_the_table():
    """Pixels are mapped, and labels changed, as the table says."""
    image = np.random.default_rng(0).random((8, 8, 3), np.float32)
    before = np.repeat(np.arange(43), 40)

    maps, after = flipped(before)

    seen = set()
    for class_id, matrix, label in zip(before, maps, after, strict=True):
        shown = resample(image, matrix, image_size=8)
        ways = {(way.left_right, way.top_bottom): way.class_id for way in GTSRB_FLIPS.get(int(class_id), ())}
        ways |= {} if ways else {(False, False): int(class_id)}
        drawn = matrix[0, 0] < 0, matrix[1, 1] < 0
        expected = image[:, ::-1] if drawn[0] else image
        np.testing.assert_array_equal(shown, expected[::-1] if drawn[1] else expected)
        assert ways[drawn] == label
        seen.add((int(class_id), *drawn))
    assert len(seen) == sum(len(ways) for ways in GTSRB_FLIPS.values()) + 43 - len(GTSRB_FLIPS)


def test_a_sign_flipped_twice_is_the_sign():
    """The table leads back by the same flip."""
    for class_id, ways in GTSRB_FLIPS.items():
        for way in ways:
            back = {(other.left_right, other.top_bottom): other.class_id for other in GTSRB_FLIPS[way.class_id]}
            assert back[way.left_right, way.top_bottom] == class_id


@pytest.mark.parametrize("class_id", [2, 14, 24, 25, 40, 41])
def test_what_has_one_right_way_round_stays(class_id):
    """Fifties, stop signs, a roundabout's arrows, ends of no overtaking."""
    maps, labels = flipped([class_id] * 50)

    assert (labels == class_id).all()
    np.testing.assert_array_equal(maps, np.broadcast_to([[1, 0, 0], [0, 1, 0]], (50, 2, 3)))


def test_the_share_is_of_those_that_may_be_flipped():
    """The input labels are not changed."""
    before = np.full(1000, 38, np.int32)

    _, after = flip_some(before, GTSRB_FLIPS, share=0.3, image_size=8, rng=np.random.default_rng(0))

    assert 250 < (after == 39).sum() < 350
    assert (before == 38).all()
