"""What cameras and files do to pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.augmentation.degradation import choose_degradations
from roadsigns.augmentation.geometric import Augmentation

KEYS = ("defocus_probability", "sensor_noise_probability", "defective_pixels_probability", "jpeg_probability")


def degraded(image, count=1, seed=0, **probabilities):
    """So many degraded copies of an image; None for one that stays."""
    chosen = choose_degradations(count, Augmentation(**probabilities), np.random.default_rng(seed)) or [None] * count
    return [change and change(image) for change in chosen]


def step(height=32, width=32):
    """An image of two colours."""
    image = np.full((height, width, 3), 64, np.uint8)
    image[:, width // 2 :] = (192, 128, 64)
    return image


@pytest.mark.parametrize("key", KEYS)
@given(seed=st.integers(0, 2**31 - 1), height=st.integers(2, 90), width=st.integers(2, 90))
def test_degraded_pixels_are_pixels(key, seed, height, width):
    """Of any size, and the original stays as it is."""
    image = step(height, width)

    (changed,) = degraded(image, seed=seed, **{key: 1.0})

    assert (changed.shape, changed.dtype) == (image.shape, np.uint8)
    np.testing.assert_array_equal(image, step(height, width))


@pytest.mark.parametrize("key", KEYS)
def test_the_probability_says_how_many_are_degraded(key):
    changed = degraded(step(), 400, **{key: 0.25})

    assert np.mean([one is not None for one in changed]) == pytest.approx(0.25, abs=0.05)


def test_several_degradations_are_done_in_turn():
    """Noise comes before JPEG, which spreads it over blocks."""
    grey = np.full((32, 32, 3), 128, np.uint8)
    (noisy,) = degraded(grey, sensor_noise_probability=1.0)
    (both,) = degraded(grey, sensor_noise_probability=1.0, jpeg_probability=1.0)

    assert noisy.std() > 0
    assert both.std() > 0
    assert not np.array_equal(noisy, both)


def test_without_probabilities_nothing_is_drawn():
    """So that recipes without them train as before."""
    rng = np.random.default_rng(0)

    assert choose_degradations(8, Augmentation(), rng) is None
    assert rng.random() == np.random.default_rng(0).random()


def test_the_same_function_gives_the_same_image():
    """Its random numbers are drawn when it is chosen."""
    (change,) = choose_degradations(1, Augmentation(sensor_noise_probability=1.0), np.random.default_rng(0))

    np.testing.assert_array_equal(change(step()), change(step()))


def test_defocus_softens_edges_and_keeps_light():
    """By a part of the image's side, however many pixels it has."""
    for side in (32, 128):
        image = step(side, side)

        (soft,) = degraded(image, defocus_probability=1.0)

        assert 64 < soft[side // 2, side // 2, 0] < 192
        assert soft.mean() == pytest.approx(image.mean(), abs=1)


def test_noise_has_the_strength_of_a_sensor():
    """3 to 45 levels, of one colour or of all."""
    images = np.stack(degraded(np.full((32, 32, 3), 128, np.uint8), 200, sensor_noise_probability=1.0)).astype(float)

    strengths = images.std(axis=(1, 2, 3))
    assert strengths.min() > 2.5
    assert 30 < strengths.max() < 50
    grey = (images[..., 0] == images[..., 2]).all(axis=(1, 2)).mean()
    assert 0.2 < grey < 0.4


def test_defective_pixels_are_black_or_white():
    """Up to 15 % of them; the others stay."""
    images = np.stack(degraded(np.full((32, 32, 3), 128, np.uint8), 100, defective_pixels_probability=1.0))

    assert set(np.unique(images).tolist()) == {0, 128, 255}
    shares = (images != 128).mean(axis=(1, 2, 3))
    assert 0.1 < shares.max() < 0.2
    assert (images == 0).mean() == pytest.approx((images == 255).mean(), rel=0.1)


def test_jpeg_keeps_the_colours_in_their_order():
    """One colour survives any quality."""
    red = np.zeros((32, 32, 3), np.uint8) + np.uint8([204, 25, 51])

    images = np.stack(degraded(red, 20, jpeg_probability=1.0))

    np.testing.assert_allclose(images.mean(axis=(1, 2)), np.broadcast_to([204, 25, 51], (20, 3)), atol=20)
