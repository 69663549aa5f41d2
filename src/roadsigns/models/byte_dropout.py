"""Dropout that costs next to nothing on a CPU."""

from typing import Any

import keras
from keras import ops

__all__ = ["ByteDropout"]

LEVELS = 256
INT32_RANGE = -(2**31), 2**31 - 1


@keras.saving.register_keras_serializable("roadsigns")
class ByteDropout(keras.layers.Layer):
    """Dropout (Srivastava et al. 2014) that draws one random byte per activation instead of one float.

    With `channels` it drops whole channels (Tompson et al. 2015) in one pass over the activations; Keras's layer makes
    two. The rate is rounded to a multiple of 1/256 (0.2 becomes 51/256 = 0.1992), and the scale follows the rounded
    rate.

    Input and output shape: (batch, ...), all sides but the batch known; with `channels` (batch, ..., channels).
    """

    def __init__(self, rate: float, *, channels: bool = False, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate
        self.channels = channels
        self.seed = seed
        self.threshold = round(rate * LEVELS)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Drop activations in training; return the inputs unchanged otherwise."""
        if not training:
            return inputs
        shape = ops.shape(inputs)
        if self.channels:
            shape = (shape[0], *[1] * (len(shape) - 2), shape[-1])
        size = 1
        for side in shape[1:]:
            size *= side
        words = keras.random.randint((shape[0], -(-size // 4)), *INT32_RANGE, dtype="int32", seed=self.seed_generator)
        drawn = ops.view(words, "uint8")
        if size % 4:
            drawn = drawn[:, :size]
        kept = ops.reshape(drawn, shape) >= self.threshold
        return inputs * (ops.cast(kept, inputs.dtype) * (LEVELS / (LEVELS - self.threshold)))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds the layer."""
        return {**super().get_config(), "rate": self.rate, "channels": self.channels, "seed": self.seed}
