"""A convolution as the networks here have it: He's weights, ReLU, whole channels dropped; no batch normalisation."""

from typing import Any

import keras
from keras import layers

from roadsigns.models.layer_kinds import LayerKinds

__all__ = ["convolution"]

# Share of the channels that training drops. Twice as much costs accuracy, none too
# (docs/experiments/0009-contrast-normalisation.md).
CHANNEL_DROPOUT = 0.1


def convolution(
    channels: int,
    size: int,
    *,
    strides: int = 1,
    whole: bool = True,
    pool: bool = False,
    kinds: LayerKinds,
    dtype: Any,
) -> list[keras.layers.Layer]:
    """Make the layers of a convolution.

    Batch normalisation more than halves TensorFlow's speed on networks this small.

    Args:
        channels: Of the output.
        size: Side of the kernel in pixels.
        strides: Along both sides.
        whole: Keep the sides, or divide them by `strides`, with zeros beyond the edge. Otherwise only what lies within
            the image is looked at, and the sides lose `size` - 1.
        pool: Halve the sides by taking the largest of two by two. ReLU and dropout come after it: the same in effect as
            before it, on a quarter of the values.
        kinds: Of the layers.
        dtype: Keras dtype or policy.
    """
    pooling = [layers.MaxPooling2D(2, dtype=dtype), layers.ReLU(dtype=dtype)] if pool else []
    return [
        kinds.convolution(
            channels,
            size,
            strides=strides,
            padding="same" if whole else "valid",
            activation=None if pool else "relu",
            kernel_initializer="he_normal",
            dtype=dtype,
        ),
        *pooling,
        kinds.dropout(CHANNEL_DROPOUT, channels=True),
    ]
