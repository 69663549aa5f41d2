"""The network that finds signs in street photographs: fully convolutional, for pictures of any size."""

from typing import Any

import keras
from keras import layers

from roadsigns.models.width import scaled

__all__ = ["detector_network"]

# A location shows a sign in one of a hundred cases, or so the network begins; else the first steps undo everything.
FIRST_LOGIT = -4.6
# Two strides to each side, as logarithms.
FIRST_DISTANCES = (0.7,) * 4


def detector_network(*, dtype: Any, width: float = 1.0) -> keras.Model:
    """Build the network of recipe `detector`.

    A backbone of residual blocks halves the sides five times. What it saw at coarse levels is added to the finer ones
    (feature pyramid, Lin et al. 2017), and the head of each level says for each location how much a sign is there, and
    how far its box reaches to the left, top, right and bottom (FCOS, Tian et al. 2019).

    Args:
        dtype: Keras dtype or policy of all layers but the outputs, which are float32.
        width: Factor of the channels.

    Returns:
        Maps (batch, height, width, 3), RGB in [0, 1], sides divisible by 32, to (batch, locations, 5), float32: the
        locations of each level row by row, the finest first, see `roadsigns.detection.locations`; a logit, and four
        distances as logarithms of the stride.
    """

    def convolved(value: Any, channels: int, size: int = 3, strides: int = 1, activation: str | None = "relu") -> Any:
        return layers.Conv2D(
            channels,
            size,
            strides=strides,
            padding="same",
            activation=activation,
            kernel_initializer="he_normal",
            dtype=dtype,
        )(value)

    def residual(value: Any) -> Any:
        return layers.Add(dtype=dtype)([value, convolved(convolved(value, value.shape[-1]), value.shape[-1])])

    narrow, fine, middle, coarse = (scaled(channels, width) for channels in (16, 24, 56, 96))
    images = keras.Input((None, None, 3))
    value = convolved(images, narrow, strides=2)
    value = convolved(convolved(value, fine, strides=2), fine)
    third = residual(convolved(value, middle, strides=2))
    fourth = residual(convolved(third, coarse, strides=2))
    fifth = residual(convolved(fourth, coarse, strides=2))
    levels = [convolved(fifth, middle, size=1)]
    for finer in (fourth, third):
        above = layers.UpSampling2D(2, dtype=dtype)(levels[0])
        levels.insert(0, layers.Add(dtype=dtype)([above, convolved(finer, middle, size=1)]))
    outputs = []
    for level in levels:
        value = convolved(level, middle)
        last = layers.Conv2D(1 + len(FIRST_DISTANCES), 1, dtype="float32")
        outputs.append(layers.Reshape((-1, 1 + len(FIRST_DISTANCES)), dtype="float32")(last(value)))
        last.bias.assign([FIRST_LOGIT, *FIRST_DISTANCES])
    return keras.Model(images, layers.Concatenate(axis=1, dtype="float32")(outputs), name="detector")
