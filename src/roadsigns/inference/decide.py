"""The decision: which class an image shows, given the probabilities that the network computed.

The only place where probabilities become predictions. A rule that calls a prediction uncertain or a sign unknown
belongs here.
"""

from collections.abc import Sequence

import numpy as np

from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.types import Float32Array, SignClass

__all__ = ["decide"]


def decide(probabilities: Float32Array, classes: Sequence[SignClass], *, top_k: int) -> list[Prediction]:
    """Turn each image's probabilities into a prediction: the most probable class, and the `top_k` most probable ones.

    Args:
        probabilities: Shape (count, num_classes), float32.
        classes: In label order.
        top_k: How many classes to list, at least 1; more than there are lists all.

    Returns:
        One prediction per image, in order. Of equally probable classes the lower label comes first.
    """
    # Stable, so that of equal probabilities the lower label comes first, as with argmax.
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :top_k]
    values = np.take_along_axis(probabilities, best, axis=1)
    names = [sign.name for sign in classes]
    # `tolist` converts a whole batch to Python numbers at once; number by number takes several times as long.
    return [_prediction(ids, row, names) for ids, row in zip(best.tolist(), values.tolist(), strict=True)]


def _prediction(class_ids: list[int], probabilities: list[float], names: list[str]) -> Prediction:
    top = tuple(ClassProbability(i, names[i], value) for i, value in zip(class_ids, probabilities, strict=True))
    return Prediction(top[0].class_id, top[0].name, top[0].probability, top)
