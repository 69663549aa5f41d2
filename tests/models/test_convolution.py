"""The convolution block of `fast` and `best`."""

import keras
import numpy as np
import pytest

from roadsigns.models.convolution import convolution


def network(**options):
    """A convolution of eight channels alone."""
    return keras.Sequential([keras.Input((8, 8, 3)), *convolution(8, 3, dtype="float32", **options)])


@pytest.mark.parametrize("strides", [1, 2])
def test_sides_are_kept_or_divided(strides):
    """By the strides."""
    assert network(strides=strides).output_shape == (None, 8 // strides, 8 // strides, 8)


@pytest.mark.parametrize("pool", [False, True])
def test_valid_padding_does_not_look_beyond_the_edge(pool):
    """The output is the inside of what padding with zeros gives."""
    images = np.random.default_rng(0).random((2, 8, 8, 3), np.float32)
    whole, inside = network(), network(padding="valid", pool=pool)
    inside.set_weights(whole.get_weights())

    expected = whole(images)[:, 1:-1, 1:-1]
    if pool:
        expected = keras.layers.MaxPooling2D(2)(expected)

    given = keras.ops.convert_to_numpy(inside(images))
    assert given.shape == ((2, 3, 3, 8) if pool else (2, 6, 6, 8))
    np.testing.assert_allclose(given, keras.ops.convert_to_numpy(expected), rtol=1e-5, atol=1e-6)


def test_training_drops_whole_channels():
    """Inference drops none. The rate here is a half, so that few images show it."""
    images = np.random.default_rng(0).random((16, 8, 8, 3), np.float32)
    convolved = network(dropout=0.5)

    plain, dropped = (keras.ops.convert_to_numpy(convolved(images, training=training)) for training in (False, True))

    assert (plain >= 0).all()
    gone = (dropped == 0).all(axis=(1, 2))
    assert 0.3 < gone.mean() < 0.7
    np.testing.assert_allclose(dropped, np.where(gone[:, None, None], 0, 2 * plain), rtol=1e-5)


def test_pooling_halves_the_sides_and_drops_channels_after_it():
    """Which gives what dropping them before it would, and looks at a quarter of the values."""
    images = np.random.default_rng(0).random((2, 8, 8, 3), np.float32)
    plain, pooled = network(), network(pool=True)
    pooled.set_weights(plain.get_weights())

    given, expected = map(keras.ops.convert_to_numpy, (pooled(images), keras.layers.MaxPooling2D(2)(plain(images))))

    np.testing.assert_allclose(given, expected, rtol=1e-6)
    assert type(pooled.layers[-1]) is keras.layers.SpatialDropout2D


def test_no_channels_are_dropped_without_dropout():
    assert [type(layer) for layer in network(dropout=0).layers] == [keras.layers.Conv2D]
