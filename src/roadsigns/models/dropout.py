"""Dropout that costs next to nothing on a CPU."""

from typing import Any, Protocol

import keras
from keras import ops

__all__ = ["ByteDropout", "MakeDropout", "keras_dropout"]

LEVELS = 256
ANY_WORD = -(2**31), 2**31 - 1


class MakeDropout(Protocol):
    """Makes a layer that drops a share of the activations, or of the whole channels."""

    def __call__(self, rate: float, *, channels: bool = False) -> keras.layers.Layer:
        """Make it."""


def keras_dropout(rate: float, *, channels: bool = False) -> keras.layers.Layer:
    """Make Keras's own layer, which plain Keras loads."""
    return (keras.layers.SpatialDropout2D if channels else keras.layers.Dropout)(rate)


@keras.saving.register_keras_serializable("roadsigns")
class ByteDropout(keras.layers.Layer):
    """Dropout (Srivastava et al. 2014) that draws one random byte for each activation instead of one float.

    With `channels` it drops whole channels (Tompson et al. 2015) by one pass over the activations; Keras's makes two.
    The rate is rounded to the next 1/256 (0.2 becomes 51/256 = 0.1992), and the scale follows the rounded rate.

    Input and output shape: (batch, ...), any; all but the batch size known, their product divisible by 4; with
    `channels` (batch, ..., channels), the number of channels divisible by 4.
    """

    def __init__(self, rate: float, *, channels: bool = False, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate
        self.channels = channels
        self.seed = seed
        self.threshold = round(rate * LEVELS)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Drop activations while training; return the inputs as they are otherwise."""
        if not training:
            return inputs
        shape = ops.shape(inputs)
        if self.channels:
            shape = (shape[0], *[1] * (len(shape) - 2), shape[-1])
        size = 1
        for side in shape[1:]:
            size *= side
        words = keras.random.randint((shape[0], size // 4), *ANY_WORD, dtype="int32", seed=self.seed_generator)
        kept = ops.reshape(ops.view(words, "uint8"), shape) >= self.threshold
        return inputs * (ops.cast(kept, inputs.dtype) * (LEVELS / (LEVELS - self.threshold)))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "rate": self.rate, "channels": self.channels, "seed": self.seed}
