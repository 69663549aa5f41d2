"""Contrast normalisation as a layer: of the whole image and around each pixel."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

__all__ = ["ContrastNormalization", "running_mean"]

# Share of each side that lies outside the middle: the margin around the sign, its rim, and the background that shows
# beside a triangle.
BORDER = 0.1875
# Side of a pixel's neighbourhood, in pixels: that of a digit on a sign 27 pixels wide.
NEIGHBOURHOOD = 9
# Standard deviations, of levels in [0, 1] and of normalised values: contrast below them is noise, which dividing by its
# own deviation would amplify.
MIN_CONTRAST, MIN_LOCAL_CONTRAST = 0.03, 0.2
# Added to levels in [0, 1] before the logarithm: below it a sensor records noise. And the minimum for logarithms.
LOG_OFFSET, MIN_LOG_CONTRAST = 0.03, 0.07
# In standard deviations. Without it, a white sky behind a dark sign would dominate.
CLIP = 3.0


@keras.saving.register_keras_serializable("roadsigns")
class ContrastNormalization(keras.layers.Layer):
    """Global and local contrast normalisation (the latter after Jarrett et al. 2009), as channels side by side.

    Channels 1 to 3, global: the image minus the mean of its middle, divided by the standard deviation there, clipped to
    +-`CLIP`. All three colours share one mean and one deviation, so that hues stay what they are. The middle alone
    counts because, standardised by the whole image, a dark sign before a bright sky would keep next to no contrast.

    Channel 4, local: the mean of channels 1 to 3 minus its mean in the pixel's neighbourhood, divided by the standard
    deviation there.

    Channel 5, with `logarithmic`: the local contrast of the logarithm of the image's brightness. A dark sign before a
    white sky has little contrast in levels, but in ratios of brightness as much as in sunlight; in haze it is the other
    way round.

    Input shape: (batch, side, side, 3), RGB in [0, 1], `side` at least 6.
    Output shape: (batch, side, side, 4), with `logarithmic` (batch, side, side, 5), float32.
    """

    def __init__(self, *, logarithmic: bool = False, **options: Any) -> None:
        super().__init__(**{**options, "dtype": "float32"})
        self.logarithmic = logarithmic

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Normalise each image on its own."""
        local_mean = _mean_by_products if training else _mean_by_pooling
        border = self.border(inputs.shape[1])
        middle = inputs[:, border:-border, border:-border, :]
        mean = ops.mean(middle, axis=(1, 2, 3), keepdims=True)
        variance = ops.mean(ops.square(middle - mean), axis=(1, 2, 3), keepdims=True)
        colours = ops.clip((inputs - mean) * ops.rsqrt(variance + MIN_CONTRAST**2), -CLIP, CLIP)
        channels = [colours, _local_contrast(_brightness(colours), MIN_LOCAL_CONTRAST, local_mean)]
        if self.logarithmic:
            logarithms = ops.log(_brightness(inputs) + LOG_OFFSET)
            channels.append(_local_contrast(logarithms, MIN_LOG_CONTRAST, local_mean))
        return ops.concatenate(channels, axis=-1)

    @staticmethod
    def border(side: int) -> int:
        """Return how many pixels on each side do not belong to the middle, at least 1."""
        return max(1, round(BORDER * side))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape with four channels, or five."""
        return (*input_shape[:-1], 5 if self.logarithmic else 4)

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds the layer."""
        return {**super().get_config(), "logarithmic": self.logarithmic}


def _brightness(colours: Any) -> Any:
    """Return the mean of the three channels."""
    return ops.mean(colours, axis=-1, keepdims=True)


def _local_contrast(brightness: Any, minimum: float, local_mean: Callable[[Any], Any]) -> Any:
    """Return brightness minus its mean around each pixel, divided by the standard deviation there."""
    difference = brightness - local_mean(brightness)
    return difference * ops.rsqrt(local_mean(ops.square(difference)) + minimum**2)


def _mean_by_pooling(values: Any) -> Any:
    """Return the mean around each pixel, over the part of its neighbourhood that lies inside the image."""
    return ops.average_pool(values, NEIGHBOURHOOD, strides=1, padding="same")


def _mean_by_products(values: Any) -> Any:
    """Return the same by two matrix products, one along rows and one along columns.

    Pooling a single channel takes TensorFlow seven times as long on a CPU, 12 % of a training step of `fast`. The graph
    for inference pools all the same: LiteRT files are made from it, and matrix products in int8 lose the contrast.
    """
    mean = running_mean(values.shape[1])
    return ops.expand_dims(ops.matmul(ops.matmul(mean, ops.squeeze(values, -1)), mean.T), -1)


def running_mean(side: int) -> npt.NDArray[np.float32]:
    """Return the matrix that takes the mean around each of `side` values, at the ends over the values that there are.

    Returns:
        Shape (side, side), float32.
    """
    place = np.arange(side)
    near = np.abs(place[:, np.newaxis] - place) <= NEIGHBOURHOOD // 2
    return np.asarray(near / near.sum(axis=1, keepdims=True), np.float32)
