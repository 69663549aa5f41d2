"""The most accurate network here: deeper than `fast`, it chooses where it looks and weighs its channels."""

from typing import Any

import keras
from keras import layers

from roadsigns.models.contrast import ContrastNormalization
from roadsigns.models.convolution import convolution
from roadsigns.models.layer_kinds import LayerKinds
from roadsigns.models.spatial_transformer import spatial_transformer

__all__ = ["best_network"]

# Channels over the hidden units that weigh them.
SQUEEZE = 4


def best_network(*, num_classes: int, image_size: int, kinds: LayerKinds, dtype: Any) -> keras.Model:
    """Build the network of recipe `best`.

    As in `fast`, contrast is normalised inside, here of logarithms too, and the first convolution halves the sides. A
    spatial transformer (Jaderberg et al. 2015) first chooses where the others look.
    A convolution that keeps the number of channels adds to what it was given (He et al. 2016). The others but the first
    look at nothing beyond the edge, as in `fast`. The later ones weigh their channels by what the whole image shows (Hu
    et al. 2018), which costs next to no multiplications.

    Args:
        num_classes: Length of the output.
        image_size: Side of the input in pixels.
        kinds: Of the layers.
        dtype: Keras dtype or policy of all layers but the contrast, the transformer's frame and the softmax, which are
            float32.

    Returns:
        Maps (batch, image_size, image_size, 3), RGB in [0, 1], to probabilities (batch, num_classes), float32.
    """

    def convolved(value: Any, channels: int, size: int = 3, **options: Any) -> Any:
        for layer in convolution(channels, size, **options, kinds=kinds, dtype=dtype):
            value = layer(value)
        return value

    def weighed(value: Any) -> Any:
        channels = value.shape[-1]
        weights = layers.GlobalAveragePooling2D(keepdims=True, dtype=dtype)(value)
        weights = layers.Conv2D(channels // SQUEEZE, 1, activation="relu", dtype=dtype)(weights)
        weights = layers.Conv2D(channels, 1, activation="sigmoid", bias_initializer="ones", dtype=dtype)(weights)
        return layers.Multiply(dtype=dtype)([value, weights])

    images = keras.Input((image_size, image_size, 3))
    value = spatial_transformer(ContrastNormalization(logarithmic=True)(images), dtype=dtype)
    value = convolved(value, 64, size=5, strides=2)
    value = convolved(value, 96, whole=False, pool=True)
    value = weighed(convolved(value, 144, whole=False))
    value = layers.Add(dtype=dtype)([value, weighed(convolved(value, 144))])
    value = weighed(convolved(value, 224, whole=False))
    value = kinds.dropout(0.3)(layers.Flatten(dtype=dtype)(value))
    probabilities = layers.Dense(num_classes, activation="softmax", dtype="float32")(value)
    return keras.Model(images, probabilities, name="best")
