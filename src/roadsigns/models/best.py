"""The most accurate network: a spatial transformer, residual blocks and squeeze-and-excitation."""

from typing import Any

import keras
from keras import layers

from roadsigns.models.contrast import ContrastNormalization
from roadsigns.models.convolution import convolution
from roadsigns.models.spatial_transformer import spatial_transformer
from roadsigns.models.squeeze_excitation import squeeze_excitation
from roadsigns.models.width import scaled

__all__ = ["best_network"]


def best_network(*, num_classes: int, image_size: int, dtype: Any, width: float = 1.0) -> keras.Model:
    """Build the network of recipe `best`.

    As in `fast`, contrast is normalised inside, the first convolution halves the sides, and later ones do not pad. A
    spatial transformer (Jaderberg et al. 2015) first chooses the part of the image that the rest reads.
    The convolution that keeps its number of channels is a residual block (He et al. 2016). The later ones end in
    squeeze-and-excitation (Hu et al. 2018), which costs next to no multiplications.

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
        for layer in convolution(scaled(channels, width), size, **options, dtype=dtype):
            value = layer(value)
        return value

    def excited(value: Any) -> Any:
        return squeeze_excitation(value, dtype=dtype)

    images = keras.Input((image_size, image_size, 3))
    value = spatial_transformer(ContrastNormalization(logarithmic=True)(images), dtype=dtype)
    value = convolved(value, 64, size=5, strides=2)
    value = convolved(value, 96, padding="valid", pool=True)
    value = excited(convolved(value, 144, padding="valid"))
    value = layers.Add(dtype=dtype)([value, excited(convolved(value, 144))])
    value = excited(convolved(value, 224, padding="valid"))
    value = layers.Dropout(0.3, dtype=dtype)(layers.Flatten(dtype=dtype)(value))
    probabilities = layers.Dense(num_classes, activation="softmax", dtype="float32")(value)
    return keras.Model(images, probabilities, name="best")
