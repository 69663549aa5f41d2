"""What cameras and files do to pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.augmentation.degradation import degrade
from roadsigns.augmentation.geometric import Augmentation

KEYS = ("defocus_probability", "sensor_noise_probability", "defective_pixels_probability", "jpeg_probability")
SIZE = 32


def squares(count=8, level=None):
    """Images of a step between dark and bright, or of one level."""
    images = np.full((count, SIZE, SIZE, 3), 0.25 if level is None else level, np.float32)
    if level is None:
        images[:, :, SIZE // 2 :] = (0.75, 0.5, 0.25)
    return images


@pytest.mark.parametrize("key", KEYS)
@given(seed=st.integers(0, 2**31 - 1))
def test_degraded_images_are_images(key, seed):
    """Of the same shape and type, between black and white."""
    images = degrade(squares(), Augmentation(**{key: 1.0}), np.random.default_rng(seed))

    assert (images.shape, images.dtype) == ((8, SIZE, SIZE, 3), np.float32)
    assert images.min() >= 0
    assert images.max() <= 1


@pytest.mark.parametrize("key", KEYS)
def test_the_probability_says_how_many_are_degraded(key):
    images = degrade(squares(400), Augmentation(**{key: 0.25}), np.random.default_rng(0))

    changed = (images != squares(400)).any(axis=(1, 2, 3)).mean()
    assert changed == pytest.approx(0.25, abs=0.05)


def test_without_probabilities_nothing_is_drawn():
    """So that recipes without them train as before."""
    rng = np.random.default_rng(0)

    images = degrade(squares(), Augmentation(), rng)

    np.testing.assert_array_equal(images, squares())
    assert rng.random() == np.random.default_rng(0).random()


def test_defocus_softens_edges_and_keeps_light():
    image = degrade(squares(1), Augmentation(defocus_probability=1.0), np.random.default_rng(0))[0]

    assert 0.25 < image[5, SIZE // 2 - 1, 0] < 0.5 < image[5, SIZE // 2, 0] < 0.75
    assert image.mean() == pytest.approx(squares(1).mean(), abs=1e-3)


def test_noise_has_the_strength_of_a_sensor():
    """3 to 45 levels, of one colour or of all."""
    images = degrade(squares(200, level=0.5), Augmentation(sensor_noise_probability=1.0), np.random.default_rng(0))

    strengths = 255 * images.std(axis=(1, 2, 3))
    assert strengths.min() > 2.5
    assert 30 < strengths.max() < 50
    grey = (images[..., 0] == images[..., 2]).all(axis=(1, 2)).mean()
    assert 0.2 < grey < 0.4


def test_defective_pixels_are_black_or_white():
    """Up to 15 % of them; the others stay."""
    images = degrade(squares(100, level=0.5), Augmentation(defective_pixels_probability=1.0), np.random.default_rng(0))

    assert set(np.unique(images).tolist()) == {0.0, 0.5, 1.0}
    shares = (images != 0.5).mean(axis=(1, 2, 3))
    assert 0.1 < shares.max() < 0.2
    assert (images == 0).mean() == pytest.approx((images == 1).mean(), rel=0.1)


def test_jpeg_keeps_the_colours_in_their_order():
    """Blocks of eight pixels in one colour survive any quality."""
    red = np.zeros((20, SIZE, SIZE, 3), np.float32) + np.float32([0.8, 0.1, 0.2])

    images = degrade(red, Augmentation(jpeg_probability=1.0), np.random.default_rng(0))

    np.testing.assert_allclose(images.mean(axis=(1, 2)), np.broadcast_to([0.8, 0.1, 0.2], (20, 3)), atol=0.08)
