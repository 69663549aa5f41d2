"""Gradients of a Keras network's answer with respect to its input, on any of Keras's back-ends."""

from typing import TYPE_CHECKING, Any

import numpy as np

from roadsigns.keras_import import import_keras
from roadsigns.types import SMALLEST_PROBABILITY, Float32Array

if TYPE_CHECKING:
    import keras

__all__ = ["log_odds_gradients"]


def log_odds_gradients(
    network: "keras.Model", crops: Float32Array, class_id: int, *, num_classes: int, temperature: float
) -> Float32Array:
    """Return how the log-odds of a class change with each pixel: log(p / (1 - p)), p being its probability.

    The probability itself hardly changes where it is nearly 1, as it is for most signs; its log-odds do.

    Args:
        network: Maps crops to probabilities, shape (count, num_classes + kinds).
        crops: Shape (count, side, side, 3), float32 in [0, 1].
        class_id: Of the class, 0 to num_classes - 1.
        num_classes: How many outputs are classes; they come first. The kinds of unknown after them are left out.
        temperature: The logits are divided by it.

    Returns:
        Of the shape and type of `crops`.
    """
    keras = import_keras()

    def log_odds(inputs: Any) -> Any:
        """Return the sum over the crops, whose parts depend on one crop each."""
        ops = keras.ops
        probabilities = network(inputs, training=False)[:, :num_classes]
        logits = ops.log(ops.maximum(probabilities, SMALLEST_PROBABILITY)) / temperature
        others = ops.concatenate([logits[:, :class_id], logits[:, class_id + 1 :]], axis=1)
        return ops.sum(logits[:, class_id] - ops.logsumexp(others, axis=1))

    differentiate = {"jax": _with_jax, "torch": _with_torch}.get(keras.backend.backend(), _with_tensorflow)
    return np.asarray(differentiate(log_odds, crops), np.float32)


def _with_tensorflow(function: Any, inputs: Float32Array) -> Any:
    import tensorflow

    tensor = tensorflow.constant(inputs)
    with tensorflow.GradientTape() as tape:
        tape.watch(tensor)
        value = function(tensor)
    return tape.gradient(value, tensor)


def _with_jax(function: Any, inputs: Float32Array) -> Any:
    import jax

    return jax.grad(function)(inputs)


def _with_torch(function: Any, inputs: Float32Array) -> Any:
    import torch

    tensor = torch.tensor(inputs, requires_grad=True)
    (gradient,) = torch.autograd.grad(function(tensor), tensor)
    return gradient.cpu()
