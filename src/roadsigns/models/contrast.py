"""Light and contrast taken out of an image: by what its middle shows, and about each pixel."""

from typing import Any

import keras
from keras import ops

__all__ = ["ContrastNormalization"]

# Share of each side that belongs to no sign's inside: margin, edge, and what shows beside a triangle.
BORDER = 0.1875
# Side of the surroundings of a pixel, in pixels: a digit of a sign that is 27 pixels wide.
SURROUNDINGS = 9
# Of [0, 1], and of deviations of the middle: contrast below it is noise, which dividing by it would blow up.
LEAST_CONTRAST, LEAST_LOCAL_CONTRAST = 0.03, 0.2
# In deviations. A white sky behind a dark sign must not drown it.
LIMIT = 3.0


@keras.saving.register_keras_serializable("roadsigns")
class ContrastNormalization(keras.layers.Layer):
    """Global and local contrast normalisation (the latter after Jarrett et al. 2009), side by side.

    Channels 1 to 3: the image less the mean of its middle, over the middle's deviation, cut off at `LIMIT`. One mean
    and one deviation for all pixels and colours of the middle, so colours stay what they are to each other.
    Standardised by the whole image, a dark sign before a bright sky keeps next to no contrast.

    Channel 4: their mean at each pixel, less its own mean in the surroundings, over the deviation there.

    Input shape: (batch, side, side, 3), RGB in [0, 1], `side` at least 6.
    Output shape: (batch, side, side, 4), float32.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "dtype": "float32"})

    def call(self, inputs: Any) -> Any:
        """Normalise each image by itself."""
        border = self.border(inputs.shape[1])
        middle = inputs[:, border:-border, border:-border, :]
        mean = ops.mean(middle, axis=(1, 2, 3), keepdims=True)
        variance = ops.mean(ops.square(middle - mean), axis=(1, 2, 3), keepdims=True)
        colours = ops.clip((inputs - mean) * ops.rsqrt(variance + LEAST_CONTRAST**2), -LIMIT, LIMIT)
        light = ops.mean(colours, axis=-1, keepdims=True)
        difference = light - _surroundings(light)
        local = difference * ops.rsqrt(_surroundings(ops.square(difference)) + LEAST_LOCAL_CONTRAST**2)
        return ops.concatenate([colours, local], axis=-1)

    @staticmethod
    def border(side: int) -> int:
        """Pixels on each side that are no part of the middle, at least 1."""
        return max(1, round(BORDER * side))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The input's shape with a fourth channel."""
        return (*input_shape[:-1], 4)


def _surroundings(values: Any) -> Any:
    """Mean about each pixel, of what lies inside the image."""
    return ops.average_pool(values, SURROUNDINGS, strides=1, padding="same")
