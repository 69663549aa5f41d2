"""Which layers a network is made of: some are cheaper to train with, others are loaded by plain Keras."""

from typing import NamedTuple

import keras

from roadsigns.models.dropout import ByteDropout, MakeDropout, keras_dropout
from roadsigns.models.product_gradient import ProductGradientConv2D

__all__ = ["PLAIN", "LayerKinds", "kinds_to_train"]


class LayerKinds(NamedTuple):
    """The layers of which there are two kinds, with the same weights.

    Attributes:
        dropout: Makes a dropout layer.
        convolution: Makes a convolution.
    """

    dropout: MakeDropout
    convolution: type[keras.layers.Conv2D] = keras.layers.Conv2D


PLAIN = LayerKinds(keras_dropout)


def kinds_to_train(policy: keras.DTypePolicy) -> LayerKinds:
    """Return the layers that train fastest here.

    Args:
        policy: That of the dropout layers.
    """

    def dropout(rate: float, *, channels: bool = False) -> keras.layers.Layer:
        return ByteDropout(rate, channels=channels, dtype=policy)

    # On other back-ends products were not measured.
    on_tensorflow = keras.backend.backend() == "tensorflow"
    return LayerKinds(dropout, ProductGradientConv2D if on_tensorflow else keras.layers.Conv2D)
