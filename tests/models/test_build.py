"""A network's name to a Keras model, to train and to use."""

import keras
import numpy as np
import pytest

from roadsigns.errors import ModelError
from roadsigns.models.build import NETWORKS, build_inference_network, build_training_network
from roadsigns.models.byte_dropout import ByteDropout
from roadsigns.recipe_tables import NETWORK_NAMES


def build(seed=0, precision="float32", name="tutorial"):
    """A small network to train."""
    return build_training_network(name, num_classes=5, image_size=32, precision=precision, seed=seed)


def test_every_network_can_be_named_in_a_recipe():
    """The recipe repeats their names, since it imports no Keras."""
    assert set(NETWORK_NAMES) == set(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_trained_weights_fit_the_network_that_is_saved(name, precision):
    """In the same order, and then both say the same."""
    trained = build(precision=precision, name=name)
    used = build_inference_network(name, num_classes=5, image_size=32)
    images = np.random.default_rng(0).random((2, 32, 32, 3), np.float32)

    used.set_weights(trained.get_weights())

    tolerance = 1e-6 if precision == "float32" else 0.02
    np.testing.assert_allclose(
        *(keras.ops.convert_to_numpy(network(images)) for network in (trained, used)), atol=tolerance
    )


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("tutorial", set()),
        ("best", {"ContrastNormalization", "AffineSampler"}),
        ("fast", {"ContrastNormalization"}),
        ("spatial-transformer", {"ContrastNormalization", "AffineSampler"}),
    ],
)
def test_saved_network_is_float32_and_keras_where_it_can_be(name, ours):
    """No other layer of ours, whatever precision trained it."""
    network = build_inference_network(name, num_classes=5, image_size=32)
    others = {type(layer).__name__ for layer in network.layers if not type(layer).__module__.startswith("keras.")}

    assert {layer.compute_dtype for layer in network.layers} == {"float32"}
    assert others == ours


def test_training_network_drops_cheaply():
    """Four times, at the tutorial's rates."""
    rates = [layer.rate for layer in build().layers if isinstance(layer, ByteDropout)]

    assert rates == [0.2, 0.2, 0.2, 0.5]


def test_seed_decides_the_initial_weights():
    """The same seed the same weights, another seed others."""
    first, again, other = (build(seed).get_weights()[0] for seed in (0, 0, 1))

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_precision_decides_the_arithmetic_but_not_the_weights():
    """Mixed bfloat16 computes in bfloat16 and keeps float32."""
    network = build(precision="mixed_bfloat16")

    assert network.layers[0].compute_dtype == "bfloat16"
    assert {weight.dtype for weight in network.trainable_weights} == {"float32"}


def test_one_step_of_training_lowers_the_loss():
    """A real step: gradients reach every weight."""
    network = build()
    for layer in network.layers:
        if isinstance(layer, ByteDropout):
            # What chance would drop must not decide whether the step goes downhill.
            layer.threshold = 0
    network.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy")
    images = np.random.default_rng(0).random((8, 32, 32, 3), np.float32)
    labels = np.arange(8) % 5
    before, weights = network.evaluate(images, labels, verbose=0), network.get_weights()

    network.train_on_batch(images, labels)

    assert network.evaluate(images, labels, verbose=0) < before
    for old, weight in zip(weights, network.trainable_weights, strict=False):
        assert not np.array_equal(old, keras.ops.convert_to_numpy(weight))


@pytest.mark.parametrize(
    "build_network",
    [
        lambda name: build(name=name),
        lambda name: build_inference_network(name, num_classes=5, image_size=32),
    ],
)
def test_unknown_network_is_refused_with_what_there_is(build_network):
    """A name from a recipe."""
    with pytest.raises(ModelError) as raised:
        build_network("resnet")

    assert "'resnet'" in raised.value.problem
    assert raised.value.expected == "one of best, fast, spatial-transformer, tiny, tutorial"
