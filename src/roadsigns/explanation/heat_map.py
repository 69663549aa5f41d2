"""A heat map: how much each pixel of an image counted for what the network says of it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from roadsigns.types import Float32Array

__all__ = ["HeatMap", "Method", "scaled"]

Method: TypeAlias = Literal["gradient", "occlusion"]


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """How much each pixel of a prepared image supports a class.

    Attributes:
        values: Shape (side, side), float32, 0 to 1: 1 for the pixels that support the class most. All are 0 where
            nothing supports it. A map says nothing of how sure the network is, and maps of different images cannot
            be compared.
        class_id: The class that is explained, 0 to num_classes - 1.
        method: "gradient": how the class's log-odds change with the pixels. "occlusion": how far they fall when the
            pixels are hidden.
    """

    values: Float32Array
    class_id: int
    method: Method


def scaled(evidence: Float32Array) -> Float32Array:
    """Scale evidence to 0 to 1. What speaks against the class, below 0, becomes 0.

    Args:
        evidence: Shape (side, side).
    """
    positive = np.maximum(evidence, 0).astype(np.float32)
    largest = positive.max()
    return positive / largest if largest > 0 else positive
