"""The tutorial's network: six convolutions and a hidden layer, 1,358,155 parameters for 43 classes at 48x48."""

from typing import Any

import keras
from keras import layers

from roadsigns.models.width import scaled

__all__ = ["tutorial_network"]


def tutorial_network(*, num_classes: int, image_size: int, dtype: Any, width: float = 1.0) -> keras.Model:
    """Build the network of the Keras tutorial (Chilamkurthy 2017).

    Args:
        num_classes: Length of the output.
        image_size: Side of the input in pixels; 48 in the tutorial.
        dtype: Keras dtype or policy of all layers but the softmax, which is float32.
        width: Factor of all channels and of the hidden units.

    Returns:
        Maps (batch, image_size, image_size, 3), RGB in [0, 1], to probabilities (batch, num_classes), float32.
    """
    blocks: list[keras.layers.Layer] = []
    for channels in (scaled(published, width) for published in (32, 64, 128)):
        blocks += [
            layers.Conv2D(channels, 3, padding="same", activation="relu", dtype=dtype),
            layers.Conv2D(channels, 3, activation="relu", dtype=dtype),
            layers.MaxPooling2D(2, dtype=dtype),
            layers.Dropout(0.2, dtype=dtype),
        ]
    return keras.Sequential(
        [
            keras.Input((image_size, image_size, 3)),
            *blocks,
            layers.Flatten(dtype=dtype),
            layers.Dense(scaled(512, width), activation="relu", dtype=dtype),
            layers.Dropout(0.5, dtype=dtype),
            layers.Dense(num_classes, activation="softmax", dtype="float32"),
        ],
        name="tutorial",
    )
