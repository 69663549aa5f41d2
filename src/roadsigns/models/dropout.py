"""Dropout that costs next to nothing on a CPU."""

from typing import Any

import keras
from keras import ops

__all__ = ["ByteDropout"]

LEVELS = 256
ANY_WORD = -(2**31), 2**31 - 1


@keras.saving.register_keras_serializable("roadsigns")
class ByteDropout(keras.layers.Layer):
    """Dropout (Srivastava et al. 2014) that draws one random byte for each activation instead of one float.

    The rate is rounded to the next 1/256 (0.2 becomes 51/256 = 0.1992), and the scale follows the rounded rate.

    Input and output shape: (batch, ...), any; all but the batch size known, their product divisible by 4.
    """

    def __init__(self, rate: float, *, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate
        self.seed = seed
        self.threshold = round(rate * LEVELS)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Drop activations while training; return the inputs as they are otherwise."""
        if not training:
            return inputs
        shape = ops.shape(inputs)
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
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
