"""The clone that is trained: faster layers, and otherwise the network that it was made of."""

import keras
import numpy as np
import pytest
from keras import layers

from roadsigns.models.accelerate import accelerate
from roadsigns.models.build import NETWORKS
from roadsigns.models.byte_dropout import ByteDropout
from roadsigns.models.product_gradient import ProductGradientConv2D

# Where each network of a recipe is trained.
SIZES = {"best": 40, "fast": 32, "spatial-transformer": 32, "tiny": 40, "tutorial": 48}


def plain_network(name="fast", precision="float32"):
    """A network of Keras's own layers, for five classes."""
    keras.utils.set_random_seed(0)
    return NETWORKS[name](num_classes=5, image_size=SIZES[name], dtype=keras.DTypePolicy(precision))


def described(network):
    """Name and dtype policy of each layer with a computation of its own."""
    return [
        (layer.name, layer.dtype_policy.name)
        for layer in network.layers
        if not isinstance(layer, keras.layers.InputLayer)
    ]


def small_network(*some):
    """A network of these layers."""
    return keras.Sequential([keras.Input((8, 8, 4)), *some])


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_clone_has_the_same_weights_names_and_dtypes(name, precision):
    """Layer by layer, in the same order."""
    network = plain_network(name, precision)

    faster = accelerate(network)

    for weight, copied in zip(network.get_weights(), faster.get_weights(), strict=True):
        np.testing.assert_array_equal(copied, weight)
    assert described(faster) == described(network)


@pytest.mark.parametrize("name", NETWORKS)
def test_clone_gives_the_same_probabilities(name):
    """Where nothing is dropped."""
    network, side = plain_network(name), SIZES[name]
    images = np.random.default_rng(0).random((2, side, side, 3), np.float32)

    given, expected = (keras.ops.convert_to_numpy(one(images)) for one in (accelerate(network), network))

    np.testing.assert_allclose(given, expected, atol=1e-6)


def test_training_the_clone_leaves_the_network_as_it_was():
    """No weight is shared."""
    network = plain_network()
    before = network.get_weights()

    faster = accelerate(network)
    faster.set_weights([weight + 1 for weight in before])

    for weight, old in zip(network.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


@pytest.mark.parametrize(("kind", "channels"), [(layers.Dropout, False), (layers.SpatialDropout2D, True)])
def test_dropout_draws_bytes(kind, channels):
    """At the same rate, of activations or of channels, in the same arithmetic."""
    (layer,) = accelerate(small_network(kind(0.1, dtype="mixed_bfloat16"))).layers

    assert type(layer) is ByteDropout
    assert (layer.rate, layer.channels, layer.compute_dtype) == (0.1, channels, "bfloat16")


def test_dropout_of_a_shape_of_its_own_stays_keras_own():
    """Bytes are drawn for activations or channels."""
    (layer,) = accelerate(small_network(layers.Dropout(0.1, noise_shape=(None, 1, 8, 1)))).layers

    assert type(layer) is layers.Dropout


@pytest.mark.parametrize(
    ("backend", "kind"),
    [("tensorflow", ProductGradientConv2D), ("jax", layers.Conv2D), ("torch", layers.Conv2D)],
)
def test_kernels_learn_by_products_on_tensorflow(monkeypatch, backend, kind):
    """Where that was measured; other back-ends keep Keras's layer."""
    network = small_network(layers.Conv2D(4, 3))
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)

    (layer,) = accelerate(network).layers

    assert type(layer) is kind


def test_1x1_convolutions_stay_keras_own():
    """Their kernel's gradient is one product already."""
    (layer,) = accelerate(small_network(layers.Conv2D(4, 1))).layers

    assert type(layer) is layers.Conv2D


def test_every_option_of_a_convolution_is_kept():
    """Whatever a network may set."""
    options = {"strides": 2, "padding": "same", "activation": "relu", "use_bias": False, "name": "first"}
    network = small_network(layers.Conv2D(4, 3, kernel_initializer="he_normal", **options))

    (layer,) = accelerate(network).layers

    assert layer.get_config() == network.layers[0].get_config()
