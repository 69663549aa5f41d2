"""The convolution block of `fast` and `best`: He initialisation, ReLU, dropout of whole channels."""

from typing import Any, Literal

import keras
from keras import layers

__all__ = ["convolution"]

# Share of the channels that training drops. Twice as much costs accuracy, and so does none
# (docs/experiments/0009-contrast-normalisation.md).
CHANNEL_DROPOUT = 0.1


def convolution(
    channels: int,
    size: int,
    *,
    strides: int = 1,
    padding: Literal["same", "valid"] = "same",
    pool: bool = False,
    dropout: float = CHANNEL_DROPOUT,
    dtype: Any,
) -> list[keras.layers.Layer]:
    """Make the layers of a convolution block.

    There is no batch normalisation: with it, TensorFlow trains networks this small at less than half the speed.

    Args:
        channels: Channels of the output.
        size: Side of the kernel in pixels.
        strides: Strides along both sides.
        padding: As in Keras: "same" pads with zeros, so that only `strides` change the sides; "valid" does not pad, and
            the sides lose `size` - 1 pixels.
        pool: Halve the sides by max pooling, before ReLU and dropout: the same result as after them, on a quarter of
            the values.
        dropout: Share of the channels that training drops; 0 for no such layer.
        dtype: Keras dtype or policy.
    """
    pooling = [layers.MaxPooling2D(2, dtype=dtype), layers.ReLU(dtype=dtype)] if pool else []
    return [
        layers.Conv2D(
            channels,
            size,
            strides=strides,
            padding=padding,
            activation=None if pool else "relu",
            kernel_initializer="he_normal",
            dtype=dtype,
        ),
        *pooling,
        *([layers.SpatialDropout2D(dropout, dtype=dtype)] if dropout else []),
    ]
