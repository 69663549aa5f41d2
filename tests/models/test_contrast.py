"""Contrast, normalised by the middle and about each pixel."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.models.contrast import (
    CLIP,
    LOG_OFFSET,
    MIN_LOCAL_CONTRAST,
    MIN_LOG_CONTRAST,
    NEIGHBOURHOOD,
    ContrastNormalization,
)

SIDE = 32


def normalise(images):
    """All four channels."""
    return np.asarray(ContrastNormalization()(np.asarray(images, np.float32)))


def standardise(images):
    """The three that are standardised by the middle."""
    return normalise(images)[..., :3]


def noise(seed=0, count=2, side=SIDE):
    """Images of noise."""
    return np.random.default_rng(seed).random((count, side, side, 3), np.float32)


# Few sides: JAX compiles for each.
@given(side=st.sampled_from([6, 7, 24, 32, 48]), seed=st.integers(0, 9))
def test_the_middle_gets_mean_0_and_deviation_1(side, seed):
    """Over all of its pixels and channels, for each image by itself; nearly, for noise keeps a little."""
    border = ContrastNormalization.border(side)
    middle = standardise(noise(seed, side=side))[:, border:-border, border:-border]

    np.testing.assert_allclose(middle.mean(axis=(1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(middle.std(axis=(1, 2, 3)), 1, atol=0.02)


@given(side=st.sampled_from([6, 7, 24, 32]), seed=st.integers(0, 9))
def test_training_and_reading_see_the_same(side, seed):
    """Means are taken in another way while training, to the same effect."""
    layer = ContrastNormalization(logarithmic=True)
    images = noise(seed, side=side)

    np.testing.assert_allclose(layer(images, training=True), layer(images, training=False), atol=1e-4)


def test_a_bright_sky_does_not_drown_a_dark_sign():
    """The background does not change the middle, and is clipped."""
    dark = 0.1 * noise()
    before_sky = dark.copy()
    before_sky[:, :5] = 1

    np.testing.assert_allclose(standardise(before_sky)[:, 6:-6, 6:-6], standardise(dark)[:, 6:-6, 6:-6], atol=1e-5)
    assert standardise(before_sky).max() == CLIP


def test_light_and_haze_hardly_change_anything():
    """Half the contrast on a brighter ground gives nearly the same."""
    np.testing.assert_allclose(standardise(0.5 * noise() + 0.4), standardise(noise()), atol=0.05)


def test_colours_stay_what_they_are_to_each_other():
    """One deviation for all channels: a red image stays red."""
    red = noise() * np.array([1, 0.2, 0.2], np.float32)
    channels = standardise(red).mean(axis=(0, 1, 2))

    assert channels[0] > channels[1] + 0.5


def test_a_blank_image_becomes_nothing():
    """No division by its contrast of 0."""
    assert not normalise(np.full((1, SIDE, SIDE, 3), 0.5)).any()


def normalised_about_each_pixel(light, least):
    """Less the mean of the surroundings, over the root mean square of what that leaves in them; shape (side, side)."""
    reach = NEIGHBOURHOOD // 2

    def around(values, row, column):
        return values[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1]

    rows, columns = np.indices((SIDE, SIDE)).reshape(2, -1)
    difference = np.empty((SIDE, SIDE))
    expected = np.empty((SIDE, SIDE))
    for row, column in zip(rows, columns, strict=True):
        difference[row, column] = light[row, column] - around(light, row, column).mean()
    for row, column in zip(rows, columns, strict=True):
        deviation = np.sqrt(np.square(around(difference, row, column)).mean() + least**2)
        expected[row, column] = difference[row, column] / deviation
    return expected


def test_the_fourth_channel_is_normalised_about_each_pixel():
    """At any contrast."""
    images = noise(count=1) * np.linspace(0.1, 1, SIDE, dtype=np.float32)[None, None, :, None]

    expected = normalised_about_each_pixel(standardise(images).mean(axis=-1)[0], MIN_LOCAL_CONTRAST)

    np.testing.assert_allclose(normalise(images)[0, ..., 3], expected, atol=1e-4)


def test_the_fifth_channel_is_of_logarithms():
    """Of the light, also normalised about each pixel; the other four are as without it."""
    images = noise(count=1) * np.linspace(0.02, 1, SIDE, dtype=np.float32)[None, None, :, None]

    channels = np.asarray(ContrastNormalization(logarithmic=True)(images))

    np.testing.assert_allclose(channels[..., :4], normalise(images), atol=1e-6)
    expected = normalised_about_each_pixel(np.log(images.mean(axis=-1)[0] + LOG_OFFSET), MIN_LOG_CONTRAST)
    np.testing.assert_allclose(channels[0, ..., 4], expected, atol=1e-4)


def test_a_dark_sign_before_a_white_sky_keeps_its_contrast_in_logarithms():
    """Levels of 20 and 40 beside white, as through a triangle's corners: the fourth channel hardly sees them."""
    image = np.full((1, SIDE, SIDE, 3), 20 / 255, np.float32)
    image[:, :, ::4] = 40 / 255
    image[:, :12] = 1

    channels = np.asarray(ContrastNormalization(logarithmic=True)(image))[0, 20:26, 8:24]

    assert channels[..., 4].std() > 2 * channels[..., 3].std()


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "float32"])
def test_it_computes_in_float32(dtype):
    """Whatever the network around it does: bfloat16 would round levels away."""
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype)
    try:
        assert standardise(noise()).dtype == np.float32
    finally:
        keras.config.set_dtype_policy(previous)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_it_is_saved_and_loaded(tmp_path, logarithmic):
    """By its registered name."""
    network = keras.Sequential([keras.Input((SIDE, SIDE, 3)), ContrastNormalization(logarithmic=logarithmic)])
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")

    np.testing.assert_array_equal(loaded(noise()), network(noise()))
    assert loaded(noise()).shape == (2, SIDE, SIDE, 5 if logarithmic else 4)
