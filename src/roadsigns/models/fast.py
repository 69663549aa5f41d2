"""The network that trains in a minute or two: four convolutions, optionally behind a spatial transformer."""

from typing import Any

import keras
from keras import layers

from roadsigns.models.contrast import ContrastNormalization
from roadsigns.models.convolution import convolution
from roadsigns.models.spatial_transformer import spatial_transformer
from roadsigns.models.width import scaled

__all__ = ["fast_network", "spatial_transformer_network"]


def fast_network(
    *, num_classes: int, image_size: int, dtype: Any, width: float = 1.0, transformer: bool = False
) -> keras.Model:
    """Build the network of recipe `fast`.

    Contrast is normalised inside, in logarithms too, so that brightness, haze and the background hardly matter.
    The first convolution halves the sides at once: on a CPU, time goes into moving large activations through memory
    rather than into multiplying. The others do not pad: that saves two fifths of the multiplications and reads signs
    better.

    Args:
        num_classes: Length of the output.
        image_size: Side of the input in pixels.
        dtype: Keras dtype or policy of all layers but the contrast normalisation, theta and the sampler of the spatial
            transformer, and the softmax, which are float32.
        width: Factor of the convolutions' channels; a spatial transformer keeps its own.
        transformer: Put a spatial transformer before the convolutions.

    Returns:
        Maps (batch, image_size, image_size, 3), RGB in [0, 1], to probabilities (batch, num_classes), float32.
    """
    images = keras.Input((image_size, image_size, 3))
    value = ContrastNormalization(logarithmic=True)(images)
    if transformer:
        value = spatial_transformer(value, dtype=dtype)
    for layer in (
        *convolution(scaled(48, width), 4, strides=2, dtype=dtype),
        *convolution(scaled(96, width), 3, padding="valid", pool=True, dtype=dtype),
        *convolution(scaled(160, width), 3, padding="valid", dtype=dtype),
        *convolution(scaled(192, width), 3, padding="valid", dtype=dtype),
        layers.Flatten(dtype=dtype),
        layers.Dropout(0.3, dtype=dtype),
        layers.Dense(num_classes, activation="softmax", dtype="float32"),
    ):
        value = layer(value)
    return keras.Model(images, value, name="spatial-transformer" if transformer else "fast")


def spatial_transformer_network(*, num_classes: int, image_size: int, dtype: Any, width: float = 1.0) -> keras.Model:
    """Build the network of recipe `spatial-transformer`: that of `fast` behind a spatial transformer."""
    return fast_network(num_classes=num_classes, image_size=image_size, dtype=dtype, width=width, transformer=True)
