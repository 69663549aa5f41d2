"""The smallest network: that of `best` in miniature, with a narrow layer before the classes."""

from typing import Any

import keras
from keras import layers

from roadsigns.models.contrast import ContrastNormalization
from roadsigns.models.convolution import convolution
from roadsigns.models.spatial_transformer import spatial_transformer
from roadsigns.models.squeeze_excitation import squeeze_excitation
from roadsigns.models.width import scaled

__all__ = ["tiny_network"]

# Of the localisation network of the spatial transformer.
LOCALISATION = (8, 12, 16, 24)


def tiny_network(*, num_classes: int, image_size: int, dtype: Any, width: float = 1.0) -> keras.Model:
    """Build the network of recipe `tiny`.

    As in `best`, contrast is normalised inside, a spatial transformer chooses the part that the rest reads, and the
    convolutions end in squeeze-and-excitation. Before the classes a convolution of 1x1 pixels leaves few channels:
    without it, the last layer would hold half of all weights. So small a network learns too little rather than too
    much, so no channels are dropped.

    Args:
        num_classes: Length of the output.
        image_size: Side of the input in pixels.
        dtype: Keras dtype or policy of all layers but the contrast normalisation, theta and the sampler of the spatial
            transformer, and the softmax, which are float32.
        width: Factor of the convolutions' channels; the spatial transformer keeps its own.

    Returns:
        Maps (batch, image_size, image_size, 3), RGB in [0, 1], to probabilities (batch, num_classes), float32.
    """

    def convolved(value: Any, channels: int, size: int = 3, **options: Any) -> Any:
        for layer in convolution(scaled(channels, width), size, **options, dropout=0, dtype=dtype):
            value = layer(value)
        return value

    def excited(value: Any) -> Any:
        return squeeze_excitation(value, dtype=dtype)

    images = keras.Input((image_size, image_size, 3))
    normalized = ContrastNormalization(logarithmic=True)(images)
    value = spatial_transformer(normalized, dtype=dtype, channels=LOCALISATION)
    value = convolved(value, 32, size=5, strides=2)
    value = convolved(value, 48, padding="valid", pool=True)
    value = excited(convolved(value, 64, padding="valid"))
    value = layers.Add(dtype=dtype)([value, excited(convolved(value, 64))])
    value = excited(convolved(value, 80, padding="valid"))
    value = convolved(value, 24, size=1)
    value = layers.Dropout(0.1, dtype=dtype)(layers.Flatten(dtype=dtype)(value))
    probabilities = layers.Dense(num_classes, activation="softmax", dtype="float32")(value)
    return keras.Model(images, probabilities, name="tiny")
