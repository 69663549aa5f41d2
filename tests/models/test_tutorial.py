"""The tutorial's network, to the parameter."""

import keras
import numpy as np
import pytest

from roadsigns.models.tutorial import tutorial_network


@pytest.fixture(scope="module")
def network():
    """The network of the tutorial: 43 classes, 48x48."""
    keras.utils.set_random_seed(0)
    return tutorial_network(num_classes=43, image_size=48, dtype="float32")


def test_network_has_exactly_the_tutorials_parameters(network):
    """1,358,155, as the notebook's summary says."""
    assert network.count_params() == 1_358_155


def test_output_is_probabilities(network):
    """Float32, (batch, num_classes), each row adding up to 1, for images and for black and white."""
    noise = np.random.default_rng(0).random((2, 48, 48, 3), np.float32)
    images = np.concatenate([noise, np.zeros_like(noise[:1]), np.ones_like(noise[:1])])

    probabilities = keras.ops.convert_to_numpy(network(images))

    assert probabilities.shape == (4, 43)
    assert probabilities.dtype == np.float32
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_layers_stand_in_the_tutorials_order(network):
    """Three blocks of two convolutions, pooling and dropout; then a hidden layer."""
    block = ["Conv2D", "Conv2D", "MaxPooling2D", "Dropout"]

    assert [type(layer).__name__ for layer in network.layers] == [*block * 3, "Flatten", "Dense", "Dropout", "Dense"]


def test_padding_alternates_as_in_the_tutorial(network):
    """48 stays 48, becomes 46, is halved to 23, and so on down to 4."""
    convolutions = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]

    assert [(layer.filters, layer.padding) for layer in convolutions] == [
        (channels, padding) for channels in (32, 64, 128) for padding in ("same", "valid")
    ]
    assert [layer.output.shape[1] for layer in convolutions] == [48, 46, 23, 21, 10, 8]


def test_dropout_rates_are_the_tutorials(network):
    """0.2 after each block, 0.5 after the hidden layer."""
    assert [layer.rate for layer in network.layers if isinstance(layer, keras.layers.Dropout)] == [0.2, 0.2, 0.2, 0.5]


@pytest.mark.parametrize(("num_classes", "image_size"), [(2, 32), (7, 64)])
def test_classes_and_image_size_are_ones_own(num_classes, image_size):
    """For people's own signs."""
    network = tutorial_network(num_classes=num_classes, image_size=image_size, dtype="float32")

    assert network.input_shape == (None, image_size, image_size, 3)
    assert network.output_shape == (None, num_classes)


def test_softmax_is_float32_whatever_trains():
    """Bfloat16 cannot tell 0.998 from 0.999."""
    policy = keras.DTypePolicy("mixed_bfloat16")
    network = tutorial_network(num_classes=3, image_size=32, dtype=policy)

    assert network.layers[0].compute_dtype == "bfloat16"
    assert network.layers[-1].compute_dtype == "float32"
    assert {weight.dtype for weight in network.weights} == {"float32"}
