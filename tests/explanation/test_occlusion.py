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
    """The rest is the image, or its mean colour; that is rounded half up."""
    crop = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    crop[..., 0] = 7
    crop[:8, :, 0] = 8
    mean = np.floor(crop.reshape(-1, 3).mean(axis=0) + 0.5)

    whole, empty, *copies = occluded(crop)

    assert mean[0] == 8
    np.testing.assert_array_equal(whole, crop)
    assert (empty == mean).all()
    for hidden, shown in zip(copies[: GRID * GRID], copies[GRID * GRID :], strict=True):
        is_hidden = (hidden == mean).all(axis=2)
        assert 16 <= is_hidden.sum() < 64
        np.testing.assert_array_equal(hidden[~is_hidden], crop[~is_hidden])
        np.testing.assert_array_equal(shown[is_hidden], crop[is_hidden])
        assert (shown[~is_hidden] == mean).all()


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
