"""A small network that trains in a minute: four convolutions, no batch normalisation."""

from typing import Any

import keras
from keras import layers

from roadsigns.models.contrast import ContrastNormalization
from roadsigns.models.convolution import convolution
from roadsigns.models.layer_kinds import LayerKinds
from roadsigns.models.spatial_transformer import spatial_transformer

__all__ = ["fast_network", "spatial_transformer_network"]


def fast_network(
    *, num_classes: int, image_size: int, kinds: LayerKinds, dtype: Any, transformer: bool = False
) -> keras.Model:
    """Build the network of recipe `fast`.

    Contrast is normalised inside, of logarithms too, so light, haze and what stands behind hardly matter.
    The first convolution halves the sides at once: what costs time on a CPU is not multiplying but passing over large
    activations. The others look at nothing beyond the edge, where no sign is: that saves two fifths of the multiplying,
    and reads signs better.

    Args:
        num_classes: Length of the output.
        image_size: Side of the input in pixels.
        kinds: Of the layers.
        dtype: Keras dtype or policy of all layers but the contrast, a transformer's frame and the softmax, which are
            float32.
        transformer: The network first chooses where it looks.

    Returns:
        Maps (batch, image_size, image_size, 3), RGB in [0, 1], to probabilities (batch, num_classes), float32.
    """
    images = keras.Input((image_size, image_size, 3))
    value = ContrastNormalization(logarithmic=True)(images)
    if transformer:
        value = spatial_transformer(value, dtype=dtype)
    for layer in (
        *convolution(48, 4, strides=2, kinds=kinds, dtype=dtype),
        *convolution(96, 3, whole=False, pool=True, kinds=kinds, dtype=dtype),
        *convolution(160, 3, whole=False, kinds=kinds, dtype=dtype),
        *convolution(192, 3, whole=False, kinds=kinds, dtype=dtype),
        layers.Flatten(dtype=dtype),
        kinds.dropout(0.3),
        layers.Dense(num_classes, activation="softmax", dtype="float32"),
    ):
        value = layer(value)
    return keras.Model(images, value, name="spatial-transformer" if transformer else "fast")


def spatial_transformer_network(*, num_classes: int, image_size: int, kinds: LayerKinds, dtype: Any) -> keras.Model:
    """Build the network of recipe `spatial-transformer`: that of `fast`, which first chooses where it looks."""
    return fast_network(num_classes=num_classes, image_size=image_size, kinds=kinds, dtype=dtype, transformer=True)
