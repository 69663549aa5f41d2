"""The most accurate network here, of the tutorial's size: deeper than `fast`, with shortcuts where channels stay."""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

from roadsigns.models.contrast import ContrastNormalization
from roadsigns.models.convolution import convolution

__all__ = ["best_network"]

CHANNEL_DROPOUT = 0.1
# Channels of the convolutions (3x3) at a half, a quarter and an eighth of the input's side.
FIRST, STAGES = 64, ((96,), (144, 144), (224,))


def best_network(
    *, num_classes: int, image_size: int, dropout: Callable[[float], keras.layers.Layer], dtype: Any
) -> keras.Model:
    """Build the network of recipe `best`.

    As in `fast`, contrast is normalised inside, here of logarithms too, and the first convolution halves the sides.
    A convolution that keeps the number of channels adds to what it was given (He et al. 2016).

    Args:
        num_classes: Length of the output.
        image_size: Side of the input in pixels.
        dropout: Makes a dropout layer for a rate.
        dtype: Keras dtype or policy of all layers but the first and the softmax, which are float32.

    Returns:
        Maps (batch, image_size, image_size, 3), RGB in [0, 1], to probabilities (batch, num_classes), float32.
    """

    def convolved(value: Any, channels: int, size: int = 3, strides: int = 1) -> Any:
        result = value
        for layer in convolution(channels, size, strides=strides, channel_dropout=CHANNEL_DROPOUT, dtype=dtype):
            result = layer(result)
        return layers.Add(dtype=dtype)([value, result]) if value.shape[-1] == channels else result

    images = keras.Input((image_size, image_size, 3))
    value = convolved(ContrastNormalization(logarithmic=True)(images), FIRST, size=5, strides=2)
    for place, stage in enumerate(STAGES):
        if place:
            value = layers.MaxPooling2D(2, dtype=dtype)(value)
        for channels in stage:
            value = convolved(value, channels)
    value = dropout(0.3)(layers.Flatten(dtype=dtype)(value))
    probabilities = layers.Dense(num_classes, activation="softmax", dtype="float32")(value)
    return keras.Model(images, probabilities, name="best")
