"""The two outputs of a network that knows what it does not know: its classes, and the kinds of unknown."""

import numpy as np

from roadsigns.types import SMALLEST_PROBABILITY, Float32Array

__all__ = ["separate"]


def separate(joint: Float32Array, num_classes: int) -> Float32Array:
    """Turn the probabilities of classes and kinds of unknown together into those of the classes alone and the kinds.

    The exported graphs end in the same calculation.

    Args:
        joint: What the network was trained to put out: shape (count, num_classes + kinds), float32; rows sum to 1.
        num_classes: How many of the columns are classes; they come first.

    Returns:
        The same shape and type. The first `num_classes` columns sum to 1: they are the probabilities of the classes,
        provided that the image shows one of them. The others stay as they are.
    """
    if joint.shape[1] == num_classes:
        return joint
    known = np.maximum(joint[:, :num_classes], np.float32(SMALLEST_PROBABILITY))
    return np.concatenate([known / known.sum(axis=1, keepdims=True), joint[:, num_classes:]], axis=1, dtype=np.float32)
