"""The network of recipe `best`."""

import keras
import numpy as np
import pytest

from roadsigns.models.build import build_inference_network, build_training_network

# At 48x48.
TUTORIALS_PARAMETERS, TUTORIALS_MULTIPLY_ADDS = 1_358_155, 65_000_000


@pytest.fixture(scope="module")
def network():
    """For 43 classes at the recipe's size, with seeded random weights."""
    keras.utils.set_random_seed(0)
    return build_inference_network("best", num_classes=43, image_size=40)


def multiply_adds(network):
    """Of one image: each output of a convolution or dense layer costs the kernel that leads to it."""
    costly = [layer for layer in network.layers if hasattr(layer, "kernel")]
    return sum(int(np.prod(layer.output.shape[1:-1])) * int(np.prod(layer.kernel.shape)) for layer in costly)


def test_it_is_smaller_and_faster_than_the_tutorials(network):
    """In parameters, and in multiply-adds an image: 45 million."""
    assert network.count_params() <= TUTORIALS_PARAMETERS
    assert multiply_adds(network) == pytest.approx(45_000_000, rel=0.01)


def test_multiply_adds_are_counted_as_in_the_tutorials_network():
    """About 65 million."""
    network = build_inference_network("tutorial", num_classes=43, image_size=48)

    assert network.count_params() == TUTORIALS_PARAMETERS
    assert multiply_adds(network) == pytest.approx(TUTORIALS_MULTIPLY_ADDS, rel=0.05)


def test_convolutions_that_keep_their_channels_add_to_what_they_are_given(network):
    """The shortcuts."""
    sums = [layer for layer in network.layers if isinstance(layer, keras.layers.Add)]

    assert sums
    assert all(first.shape == second.shape for first, second in (layer.input for layer in sums))


def test_later_convolutions_weigh_their_channels(network):
    """Each image its own way: one number from 0 to 1 a channel."""
    products = [layer for layer in network.layers if isinstance(layer, keras.layers.Multiply)]
    weights = keras.Model(network.inputs[0], [product.input[1] for product in products])
    images = np.random.default_rng(0).random((2, 40, 40, 3), np.float32)

    for weighed, product in zip(weights(images), products, strict=True):
        values = keras.ops.convert_to_numpy(weighed)
        assert values.shape == (2, 1, 1, product.input[0].shape[-1])
        assert 0 < values.min() < values.max() < 1
        assert np.abs(values[0] - values[1]).max() > 0


def test_it_starts_with_the_whole_image(network):
    """Contrast, as it is, reaches the first convolution; what a training changes of that, `look` shows."""
    sampler = network.get_layer("sampler")
    images = np.random.default_rng(0).random((2, 40, 40, 3), np.float32)

    contrast, seen = keras.Model(network.inputs[0], [sampler.input[0], sampler.output])(images)

    np.testing.assert_allclose(keras.ops.convert_to_numpy(seen), keras.ops.convert_to_numpy(contrast), atol=1e-4)


def test_sides_of_any_even_size_will_do():
    """Larger inputs have more places to look at."""
    network = build_training_network("best", num_classes=5, image_size=32, precision="float32", seed=0)

    assert network(np.zeros((2, 32, 32, 3), np.float32)).shape == (2, 5)
