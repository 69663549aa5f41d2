"""Network inputs cut out when they are requested."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.augmentation.geometric import Augmentation, affine_matrices
from roadsigns.loading.crops import Crops
from roadsigns.preprocessing.crop_transform import compose, resample
from roadsigns.preprocessing.prepare import Preparation, place, prepare

PREPARATIONS = [Preparation("tutorial", 32), Preparation("box", 32), Preparation("stretched-box", 32)]
MOVED = Augmentation(rotation_degrees=15, shift=0.1, scale=0.2)


def images(count=6):
    """Of different sizes."""
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (30 + 17 * number, 90, 3), np.uint8) for number in range(count)]


def crops_of(pictures, preparation):
    """As a data set's are collected."""
    return Crops.collect([place(picture, preparation) for picture in pictures], preparation)


@pytest.mark.parametrize("preparation", PREPARATIONS)
@given(index=st.lists(st.integers(0, 5), max_size=9))
def test_batch_holds_what_was_requested(preparation, index):
    """In that order, as often as it was, as prepared one by one; also nothing."""
    pictures = images()

    batch = crops_of(pictures, preparation).batch(index)

    assert batch.shape == (len(index), 32, 32, 3)
    assert batch.dtype == np.float32
    for crop, position in zip(batch, index, strict=True):
        np.testing.assert_array_equal(crop, prepare(pictures[position], preparation))


def test_changed_crop_is_resampled_once():
    """From the original pixels, where the change of the matrix says."""
    preparation = PREPARATIONS[1]
    pictures = images()
    changes = affine_matrices(MOVED, count=6, image_size=32, rng=np.random.default_rng(1))

    batch = crops_of(pictures, preparation).batch(range(6), changes)

    for crop, picture, change in zip(batch, pictures, changes, strict=True):
        pixels, matrix = place(picture, preparation)
        expected = resample(pixels, compose(matrix, change), image_size=32)
        np.testing.assert_allclose(crop * 255, expected, atol=1e-4)


def test_changed_square_is_the_square_changed():
    """Where the preparation has made the square already, that is resampled."""
    preparation = PREPARATIONS[0]
    pictures = images()
    changes = affine_matrices(MOVED, count=6, image_size=32, rng=np.random.default_rng(1))

    batch = crops_of(pictures, preparation).batch(range(6), changes)

    for crop, picture, change in zip(batch, pictures, changes, strict=True):
        np.testing.assert_array_equal(crop, resample(prepare(picture, preparation), change, image_size=32))


@pytest.mark.parametrize("preparation", PREPARATIONS)
def test_crops_of_two_sources_are_joined(preparation):
    """The second's after the first's; nothing added changes nothing."""
    pictures = images()
    first, second = crops_of(pictures[:2], preparation), crops_of(pictures[2:], preparation)
    nothing = crops_of([], preparation)

    for joined in (first + second, nothing + first + second, first + nothing + second):
        assert len(joined) == 6
        np.testing.assert_array_equal(joined.batch(range(6)), crops_of(pictures, preparation).batch(range(6)))
    assert len(nothing + nothing) == 0


@pytest.mark.parametrize("preparation", PREPARATIONS)
def test_degraded_pixels_are_resampled(preparation):
    """Those of the images that have a function; the others stay."""
    crops = crops_of(images(3), preparation)

    plain = crops.batch(range(3))
    inverted = crops.batch(range(3), None, [None, lambda pixels: 255 - pixels, None])

    np.testing.assert_array_equal(inverted[[0, 2]], plain[[0, 2]])
    np.testing.assert_allclose(inverted[1], 1 - plain[1], atol=0.01)
