"""Patches of an image, hidden and shown alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.explanation.occlusion import GRID, log_odds, occluded, occlusion_evidence, patches


@given(st.integers(1, 300))
def test_patches_cover_the_image_and_stay_in_it(size):
    """Of any size."""
    corners, side = patches(size)

    covered = {pixel for corner in corners for pixel in range(corner, corner + side)}
    assert covered == set(range(size))
    assert len(corners) == GRID


def test_a_patch_is_hidden_or_shown_alone():
    """The rest is the image, or a blurred copy."""
    crop = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)

    whole, blurred, *copies = occluded(crop)

    np.testing.assert_array_equal(whole, crop)
    corners, side = patches(16)
    places = [np.s_[top : top + side, left : left + side] for top in corners for left in corners]
    for place, hidden, shown in zip(places, copies[: GRID * GRID], copies[GRID * GRID :], strict=True):
        for copy, image, patch in ((hidden, crop, blurred), (shown, blurred, crop)):
            expected = image.copy()
            expected[place] = patch[place]
            np.testing.assert_array_equal(copy, expected)


@pytest.mark.parametrize("size", [1, 12, 48])
def test_nothing_can_be_read_in_what_hides(size):
    """It is blurred: the mean of the image stays, and what is of one colour; details go. Floats are not rounded."""
    rng = np.random.default_rng(0)
    plain = np.full((size, size, 3), (10, 200, 30), np.uint8)
    noise = rng.integers(0, 256, (48, 48, 3), np.uint8)

    np.testing.assert_array_equal(occluded(plain)[1], plain)
    blurred = occluded(noise)[1]
    assert blurred.dtype == np.uint8
    assert blurred.mean() == pytest.approx(noise.mean(), abs=5)
    assert blurred.std() < noise.std() / 5
    as_floats = occluded(noise.astype(np.float32) / 255)[1]
    np.testing.assert_allclose(as_floats * 255, blurred, atol=0.51)


def test_log_odds_do_not_end_at_one():
    """float32 holds no probability between 1 - 6e-8 and 1, but the others' are there."""
    sure, surer = np.array([[1, 1e-9, 0]], np.float32), np.array([[1, 1e-12, 0]], np.float32)

    assert log_odds(np.array([[0.5, 0.3, 0.2]], np.float32), 0)[0] == pytest.approx(0, abs=1e-6)
    assert log_odds(sure, 0)[0] == pytest.approx(np.log(1e9), rel=1e-4)
    assert log_odds(surer, 0)[0] > log_odds(sure, 0)[0]


def test_of_a_single_class_nothing_decides():
    """Its probability is always 1."""
    crop = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)

    evidence = occlusion_evidence(lambda crops: np.ones((len(crops), 1), np.float32), crop, 0, num_classes=1)

    assert (evidence == 0).all()


def test_kinds_of_unknown_are_no_classes():
    """They come after the classes."""
    crop = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)

    def outputs(crops):
        unknown = crops.mean(axis=(1, 2, 3), dtype=np.float32)[:, np.newaxis]
        return np.concatenate([np.full((len(crops), 2), 0.5, np.float32), unknown], axis=1)

    assert (occlusion_evidence(outputs, crop, 1, num_classes=2) == 0).all()
