"""Squeeze-and-excitation (Hu et al. 2018): each channel is weighted by what all of the image holds."""

from typing import Any

from keras import layers

__all__ = ["squeeze_excitation"]

# Channels per hidden unit.
REDUCTION = 4


def squeeze_excitation(value: Any, *, dtype: Any) -> Any:
    """Weight the channels of a tensor, which costs next to no multiplications.

    Args:
        value: Tensor of a functional model, shape (batch, height, width, channels), at least 4 channels.
        dtype: Keras dtype or policy.

    Returns:
        Tensor of the same shape.
    """
    channels = value.shape[-1]
    weights = layers.GlobalAveragePooling2D(keepdims=True, dtype=dtype)(value)
    weights = layers.Conv2D(channels // REDUCTION, 1, activation="relu", dtype=dtype)(weights)
    weights = layers.Conv2D(channels, 1, activation="sigmoid", bias_initializer="ones", dtype=dtype)(weights)
    return layers.Multiply(dtype=dtype)([value, weights])
