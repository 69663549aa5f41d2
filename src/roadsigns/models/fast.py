"""A small network that trains in a minute: four convolutions, no batch normalisation."""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

__all__ = ["fast_network"]

# Of [0, 1]: contrast below it is noise, which standardising would blow up.
LEAST_CONTRAST = 0.04
CHANNEL_DROPOUT = 0.1


def fast_network(
    *, num_classes: int, image_size: int, dropout: Callable[[float], keras.layers.Layer], dtype: Any
) -> keras.Model:
    """Build the network of recipe `fast`.

    Each image is standardised inside (mean 0, deviation 1 over all pixels and channels), so light and haze hardly
    matter. The first convolution halves the sides at once: what costs time on a CPU is not multiplying but passing over
    large activations. Without batch normalisation, which more than halves TensorFlow's speed here.

    Args:
        num_classes: Length of the output.
        image_size: Side of the input in pixels.
        dropout: Makes a dropout layer for a rate.
        dtype: Keras dtype or policy of all layers but the first and the softmax, which are float32.

    Returns:
        Maps (batch, image_size, image_size, 3), RGB in [0, 1], to probabilities (batch, num_classes), float32.
    """

    def convolution(channels: int, size: int, strides: int = 1) -> list[keras.layers.Layer]:
        return [
            layers.Conv2D(
                channels,
                size,
                strides=strides,
                padding="same",
                activation="relu",
                kernel_initializer="he_normal",
                dtype=dtype,
            ),
            layers.SpatialDropout2D(CHANNEL_DROPOUT, dtype=dtype),
        ]

    return keras.Sequential(
        [
            keras.Input((image_size, image_size, 3)),
            layers.LayerNormalization(
                axis=(1, 2, 3), center=False, scale=False, epsilon=LEAST_CONTRAST**2, dtype="float32"
            ),
            *convolution(48, 4, strides=2),
            *convolution(96, 3),
            layers.MaxPooling2D(2, dtype=dtype),
            *convolution(160, 3),
            layers.MaxPooling2D(2, dtype=dtype),
            *convolution(192, 3),
            layers.Flatten(dtype=dtype),
            dropout(0.3),
            layers.Dense(num_classes, activation="softmax", dtype="float32"),
        ],
        name="fast",
    )
