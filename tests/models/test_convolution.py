"""A convolution as the networks here have it."""

import keras
import numpy as np
import pytest

from roadsigns.models.convolution import convolution


def network(**options):
    """A convolution of six channels alone."""
    return keras.Sequential(
        [keras.Input((8, 8, 3)), *convolution(6, 3, channel_dropout=0.5, dtype="float32", **options)]
    )


@pytest.mark.parametrize("strides", [1, 2])
def test_sides_are_kept_or_divided(strides):
    """By the strides."""
    assert network(strides=strides).output_shape == (None, 8 // strides, 8 // strides, 6)


def test_training_drops_whole_channels():
    """And only training."""
    images = np.random.default_rng(0).random((16, 8, 8, 3), np.float32)
    convolved = network()

    plain, dropped = (keras.ops.convert_to_numpy(convolved(images, training=training)) for training in (False, True))

    assert (plain >= 0).all()
    gone = (dropped == 0).all(axis=(1, 2))
    assert 0.3 < gone.mean() < 0.7
    np.testing.assert_allclose(dropped, np.where(gone[:, None, None], 0, 2 * plain), rtol=1e-5)
