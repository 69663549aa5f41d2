"""A convolution that learns as Keras's does, on whichever back-end KERAS_BACKEND names."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.models import product_gradient
from roadsigns.models.product_gradient import MAX_SIDE, ProductGradientConv2D

RATE = 0.5


def network(kind, side, *, dtype="float32", **options):
    """A convolution between a dense layer, which only gradients of its inputs reach, and a mean."""
    keras.utils.set_random_seed(0)
    layers = [
        keras.Input((side, side, 2)),
        keras.layers.Dense(3, dtype=dtype),
        kind(options.pop("filters", 5), options.pop("size", 3), bias_initializer="ones", dtype=dtype, **options),
        keras.layers.GlobalAveragePooling2D(dtype="float32"),
    ]
    return keras.Sequential(layers)


def learn(network, side, count=4, *, eagerly=False):
    """Take a step, by a graph or without. Returns what was said before it, and all weights after it."""
    rng = np.random.default_rng(side)
    images, wanted = (
        rng.random((count, side, side, 2), np.float32),
        rng.random((count, network.output_shape[-1]), np.float32),
    )
    said = keras.ops.convert_to_numpy(network(images))
    network.compile(keras.optimizers.SGD(RATE), "mse", jit_compile=False, run_eagerly=eagerly)
    network.train_on_batch(images, wanted)
    return said, network.get_weights()


def use_products(monkeypatch, longest=8):
    """Whatever the arithmetic."""
    monkeypatch.setattr(product_gradient, "MAX_SIDE", dict.fromkeys(MAX_SIDE, longest))


@pytest.fixture
def products(monkeypatch):
    """Count the gradients that are computed as products."""
    counted, gradient = [], product_gradient._kernel_gradient

    def count(inputs, shape, upstream):
        counted.append(tuple(shape))
        return gradient(inputs, shape, upstream)

    monkeypatch.setattr(product_gradient, "_kernel_gradient", count)
    use_products(monkeypatch)
    return counted


@settings(max_examples=15, deadline=None)
@given(
    side=st.integers(4, 8),
    size=st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4))),
)
def test_a_step_is_that_of_keras(side, size):
    """The same output, and the same weights of all layers afterwards. A graph for each would take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        use_products(patch)
        compare_steps(side, size, eagerly=True)


@pytest.mark.parametrize(("side", "size"), [(5, 3), (8, (1, 4)), (4, (4, 2))])
def test_a_step_of_a_graph_is_that_of_keras(products, side, size):
    """Where it trains."""
    compare_steps(side, size, eagerly=False)

    assert products


def compare_steps(side, size, *, eagerly):
    """Assert that both layers say and learn the same."""
    ours, theirs = (
        learn(network(kind, side, size=size), side, eagerly=eagerly)
        for kind in (ProductGradientConv2D, keras.layers.Conv2D)
    )

    np.testing.assert_allclose(ours[0], theirs[0], atol=1e-5)
    for mine, wanted in zip(ours[1], theirs[1], strict=True):
        np.testing.assert_allclose(mine, wanted, atol=1e-5)


def test_a_step_of_bfloat16_is_that_of_keras(products):
    """To within its rounding; the weights are float32."""
    before = network(keras.layers.Conv2D, 5, dtype="mixed_bfloat16").get_weights()
    ours, theirs = (
        learn(network(kind, 5, dtype="mixed_bfloat16"), 5)[1] for kind in (ProductGradientConv2D, keras.layers.Conv2D)
    )

    assert products
    for mine, wanted, old in zip(ours, theirs, before, strict=True):
        assert mine.dtype == np.float32
        np.testing.assert_allclose(mine - old, wanted - old, atol=0.02 * np.abs(wanted - old).max())


def test_a_small_output_is_learnt_by_products(products):
    """Otherwise the tests above compare Keras with itself."""
    learn(network(ProductGradientConv2D, 5), 5)

    assert set(products) == {(3, 3, 3, 5)}


@pytest.mark.parametrize(
    ("side", "options"),
    [
        (11, {}),
        (5, {"padding": "same"}),
        (5, {"strides": 2}),
        (7, {"dilation_rate": 2}),
        (5, {"groups": 3, "filters": 6}),
    ],
)
def test_other_convolutions_are_left_to_keras(products, side, options):
    """Outputs of more pixels a side, zeros beyond the edge, strides, dilations, groups: without a product."""
    ours, theirs = (
        learn(network(kind, side, **options), side)[1] for kind in (ProductGradientConv2D, keras.layers.Conv2D)
    )

    assert not products
    for mine, wanted in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "side", "gains"),
    [("float32", 5, True), ("float32", 6, False), ("mixed_bfloat16", 8, True), ("mixed_bfloat16", 9, False)],
)
def test_arithmetic_decides_what_is_small(side, dtype, gains):
    """Outputs of 3x3 in float32, of 6x6 in bfloat16."""
    layer = ProductGradientConv2D(5, 3, dtype=dtype)

    assert layer._is_faster(keras.KerasTensor((None, side, side, 3))) is gains


def test_unknown_sides_are_left_to_keras(products):
    """A network for pictures of any size."""
    layer = ProductGradientConv2D(5, 3)

    assert layer(keras.Input((None, None, 3))).shape == (None, None, None, 5)
    assert not products
