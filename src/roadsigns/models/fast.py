"""A small network that trains in a minute: four convolutions, no batch normalisation."""

from typing import Any

import keras
from keras import layers

from roadsigns.models.contrast import ContrastNormalization
from roadsigns.models.convolution import convolution
from roadsigns.models.dropout import MakeDropout

__all__ = ["fast_body", "fast_network"]


def fast_network(*, num_classes: int, image_size: int, dropout: MakeDropout, dtype: Any) -> keras.Model:
    """Build the network of recipe `fast`.

    Contrast is normalised inside, so light, haze and what stands behind hardly matter.
    The first convolution halves the sides at once: what costs time on a CPU is not multiplying but passing over large
    activations.

    Args:
        num_classes: Length of the output.
        image_size: Side of the input in pixels.
        dropout: Makes a dropout layer.
        dtype: Keras dtype or policy of all layers but the first and the softmax, which are float32.

    Returns:
        Maps (batch, image_size, image_size, 3), RGB in [0, 1], to probabilities (batch, num_classes), float32.
    """

    return keras.Sequential(
        [
            keras.Input((image_size, image_size, 3)),
            ContrastNormalization(),
            *fast_body(num_classes=num_classes, dropout=dropout, dtype=dtype),
        ],
        name="fast",
    )


def fast_body(*, num_classes: int, dropout: MakeDropout, dtype: Any) -> list[keras.layers.Layer]:
    """Make the layers of `fast` that follow the contrast: from images to probabilities. See `fast_network`."""

    return [
        *convolution(48, 4, strides=2, dropout=dropout, dtype=dtype),
        *convolution(96, 3, pool=True, dropout=dropout, dtype=dtype),
        *convolution(160, 3, pool=True, dropout=dropout, dtype=dtype),
        *convolution(192, 3, dropout=dropout, dtype=dtype),
        layers.Flatten(dtype=dtype),
        dropout(0.3),
        layers.Dense(num_classes, activation="softmax", dtype="float32"),
    ]
