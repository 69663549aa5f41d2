"""Light and contrast taken out of an image: by what its middle shows, and about each pixel."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

__all__ = ["ContrastNormalization", "running_mean"]

# Share of each side that belongs to no sign's inside: margin, edge, and what shows beside a triangle.
BORDER = 0.1875
# Side of the surroundings of a pixel, in pixels: a digit of a sign that is 27 pixels wide.
SURROUNDINGS = 9
# Of [0, 1], and of deviations of the middle: contrast below it is noise, which dividing by it would blow up.
LEAST_CONTRAST, LEAST_LOCAL_CONTRAST = 0.03, 0.2
# Of white, added before logarithms are taken: below it a sensor sees noise. Of the logarithm, as LEAST_CONTRAST.
DARKEST, LEAST_RATIO = 0.03, 0.07
# In deviations. A white sky behind a dark sign must not drown it.
LIMIT = 3.0


@keras.saving.register_keras_serializable("roadsigns")
class ContrastNormalization(keras.layers.Layer):
    """Global and local contrast normalisation (the latter after Jarrett et al. 2009), side by side.

    Channels 1 to 3: the image less the mean of its middle, over the middle's deviation, cut off at `LIMIT`. One mean
    and one deviation for all pixels and colours of the middle, so colours stay what they are to each other.
    Standardised by the whole image, a dark sign before a bright sky keeps next to no contrast.

    Channel 4: their mean at each pixel, less its own mean in the surroundings, over the deviation there.

    Channel 5, with `logarithmic`: the same of the logarithm of the image's light. A dark sign before a white sky has
    next to no contrast in levels, and in ratios of light as much as in the sun; haze is the other way round.

    Input shape: (batch, side, side, 3), RGB in [0, 1], `side` at least 6.
    Output shape: (batch, side, side, 4), with `logarithmic` (batch, side, side, 5), float32.
    """

    def __init__(self, *, logarithmic: bool = False, **options: Any) -> None:
        super().__init__(**{**options, "dtype": "float32"})
        self.logarithmic = logarithmic

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Normalise each image by itself."""
        surroundings = _mean_by_products if training else _mean_by_pooling
        border = self.border(inputs.shape[1])
        middle = inputs[:, border:-border, border:-border, :]
        mean = ops.mean(middle, axis=(1, 2, 3), keepdims=True)
        variance = ops.mean(ops.square(middle - mean), axis=(1, 2, 3), keepdims=True)
        colours = ops.clip((inputs - mean) * ops.rsqrt(variance + LEAST_CONTRAST**2), -LIMIT, LIMIT)
        channels = [colours, _local_contrast(_light(colours), LEAST_LOCAL_CONTRAST, surroundings)]
        if self.logarithmic:
            channels.append(_local_contrast(ops.log(_light(inputs) + DARKEST), LEAST_RATIO, surroundings))
        return ops.concatenate(channels, axis=-1)

    @staticmethod
    def border(side: int) -> int:
        """Pixels on each side that are no part of the middle, at least 1."""
        return max(1, round(BORDER * side))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The input's shape with a fourth channel, or five."""
        return (*input_shape[:-1], 5 if self.logarithmic else 4)

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "logarithmic": self.logarithmic}


def _light(colours: Any) -> Any:
    """Mean of the three channels."""
    return ops.mean(colours, axis=-1, keepdims=True)


def _local_contrast(light: Any, least: float, surroundings: Callable[[Any], Any]) -> Any:
    """Light less its mean about each pixel, over the deviation there."""
    difference = light - surroundings(light)
    return difference * ops.rsqrt(surroundings(ops.square(difference)) + least**2)


def _mean_by_pooling(values: Any) -> Any:
    """Mean about each pixel, of what lies inside the image."""
    return ops.average_pool(values, SURROUNDINGS, strides=1, padding="same")


def _mean_by_products(values: Any) -> Any:
    """The same, of rows and then of columns, as products with a matrix.

    Pooling a single channel takes TensorFlow seven times as long on a CPU, 12 % of a training step of `fast`. Keras's
    graph in use pools: LiteRT is made from it, whose products lose the contrast in whole numbers of eight bits.
    """
    mean = running_mean(values.shape[1])
    return ops.expand_dims(ops.matmul(ops.matmul(mean, ops.squeeze(values, -1)), mean.T), -1)


def running_mean(side: int) -> npt.NDArray[np.float32]:
    """Return the matrix, (side, side), that takes the mean about each of `side` values, of those that there are."""
    place = np.arange(side)
    near = np.abs(place[:, np.newaxis] - place) <= SURROUNDINGS // 2
    return np.asarray(near / near.sum(axis=1, keepdims=True), np.float32)
