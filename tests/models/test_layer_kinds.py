"""Layers that are cheap to train with, and those that plain Keras loads."""

import keras
import pytest

from roadsigns.models.dropout import ByteDropout
from roadsigns.models.layer_kinds import PLAIN, kinds_to_train
from roadsigns.models.product_gradient import ProductGradientConv2D


def test_plain_layers_are_keras_own():
    """Whatever they drop."""
    made = [PLAIN.dropout(0.1), PLAIN.dropout(0.1, channels=True), PLAIN.convolution(8, 3)]

    assert [type(layer) for layer in made] == [
        keras.layers.Dropout,
        keras.layers.SpatialDropout2D,
        keras.layers.Conv2D,
    ]


@pytest.mark.parametrize("channels", [False, True])
def test_training_drops_by_bytes(channels):
    """In the policy's arithmetic."""
    layer = kinds_to_train(keras.DTypePolicy("mixed_bfloat16")).dropout(0.1, channels=channels)

    assert type(layer) is ByteDropout
    assert (layer.rate, layer.channels, layer.compute_dtype) == (0.1, channels, "bfloat16")


@pytest.mark.parametrize(
    ("backend", "kind"),
    [("tensorflow", ProductGradientConv2D), ("jax", keras.layers.Conv2D), ("torch", keras.layers.Conv2D)],
)
def test_products_learn_where_they_were_measured(monkeypatch, backend, kind):
    """On TensorFlow."""
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)

    assert kinds_to_train(keras.DTypePolicy("float32")).convolution is kind
