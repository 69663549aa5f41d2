"""Dropout by random bytes: the same in effect as Keras's own."""

import keras
import numpy as np
import pytest

from roadsigns.models.byte_dropout import ByteDropout

ONES = np.ones((64, 32, 32, 4), np.float32)


def drop(rate, inputs=ONES, seed=0, **options):
    """The result of one training pass."""
    return keras.ops.convert_to_numpy(ByteDropout(rate, seed=seed, **options)(inputs, training=True))


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.5, 0.8])
def test_dropped_share_is_the_rate(rate):
    """To the next 1/256, within four standard deviations over 262,144 activations."""
    rounded = round(rate * 256) / 256

    dropped = (drop(rate) == 0).mean()

    assert abs(rounded - rate) <= 1 / 512
    assert dropped == pytest.approx(rounded, abs=4 * np.sqrt(rounded * (1 - rounded) / ONES.size))


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_scale_keeps_the_mean(rate):
    """Kept values are scaled up by the dropped share, so that inference needs no scale."""
    dropped = drop(rate)

    assert np.unique(dropped) == pytest.approx([0, 1 / (1 - round(rate * 256) / 256)])
    assert dropped.mean() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("options", [{}, {"training": False}])
def test_inference_passes_everything_through(options):
    """Unchanged."""
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(ByteDropout(0.5)(ONES, **options)), ONES)


@pytest.mark.parametrize("options", [{}, {"channels": True}])
def test_any_number_of_activations_is_dropped(options):
    """Whether or not their bytes fill whole words."""
    dropped = drop(0.5, np.ones((64, 3, 3, 7), np.float32), **options)

    assert (dropped == 0).mean() == pytest.approx(0.5, abs=0.1)


def test_rate_of_zero_drops_nothing():
    """The least threshold."""
    np.testing.assert_array_equal(drop(0.0), ONES)


def test_same_seed_drops_the_same():
    """Another seed others."""
    np.testing.assert_array_equal(drop(0.5, seed=3), drop(0.5, seed=3))
    assert not np.array_equal(drop(0.5, seed=3), drop(0.5, seed=4))


def test_every_pass_drops_others():
    layer = ByteDropout(0.5, seed=0)
    first, second = (keras.ops.convert_to_numpy(layer(ONES, training=True)) for _ in range(2))

    assert not np.array_equal(first, second)
    assert not np.array_equal(first[0], first[1])


def test_neighbours_drop_independently():
    """Four activations share one random word; their bytes are independent."""
    kept = (drop(0.5).reshape(-1, 4) > 0).astype(float)

    correlations = np.corrcoef(kept, rowvar=False) - np.eye(4)

    assert np.abs(correlations).max() < 0.02


def test_whole_channels_are_dropped():
    """Of each image its own, a share that is the rate, and what is kept grows by it."""
    images = np.ones((512, 3, 5, 32), np.float32)

    dropped = drop(0.25, images, channels=True)

    assert (dropped == dropped[:, :1, :1]).all()
    assert np.unique(dropped) == pytest.approx([0, 4 / 3])
    assert (dropped[:, 0, 0] == 0).mean() == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / (512 * 32)))
    assert len({image.tobytes() for image in dropped}) > 500


def test_bfloat16_stays_bfloat16():
    """Training in mixed precision is not widened."""
    layer = ByteDropout(0.2, dtype=keras.DTypePolicy("mixed_bfloat16"))

    assert keras.backend.standardize_dtype(layer(ONES, training=True).dtype) == "bfloat16"


def test_shape_is_the_inputs():
    """Of a layer, and of the result."""
    assert ByteDropout(0.2).compute_output_shape((None, 3, 4)) == (None, 3, 4)
    assert drop(0.2, np.ones((5, 512), np.float32)).shape == (5, 512)


def test_layer_is_rebuilt_from_its_configuration():
    rebuilt = ByteDropout.from_config(ByteDropout(0.2, channels=True, seed=7, name="drop").get_config())

    assert (rebuilt.rate, rebuilt.channels, rebuilt.seed, rebuilt.name) == (0.2, True, 7, "drop")
