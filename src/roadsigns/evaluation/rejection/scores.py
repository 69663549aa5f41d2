"""Scores of how known an image looks, computed from what a network gives; the higher, the more known. Pure arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.errors import ModelError
from roadsigns.types import Float32Array
from roadsigns.wording import one_of

__all__ = [
    "DECIDING_SCORE",
    "SCORES",
    "NetworkOutputs",
    "available_scores",
    "choose_scores",
    "known_share",
    "max_softmax",
]

Float64Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class NetworkOutputs:
    """What a network gives for some images.

    Attributes:
        probabilities: Of the classes, float32, shape (images, num_classes).
        unknown: Of the kinds of unknown, float32, shape (images, kinds); without columns if it has no such outputs.
    """

    probabilities: Float32Array
    unknown: Float32Array


# Returns the score of each image, float64, shape (images,); None where the network does not give what it needs.
Score = Callable[[NetworkOutputs], Float64Array | None]


def max_softmax(outputs: NetworkOutputs) -> Float64Array:
    """The probability of the most probable class (Hendrycks and Gimpel 2017), 0 to 1."""
    score: Float64Array = outputs.probabilities.max(axis=1).astype(np.float64)
    return score


def known_share(outputs: NetworkOutputs) -> Float64Array | None:
    """What the kinds of unknown leave over of 1, 0 to 1; None if the network has no such outputs.

    The same as `roadsigns.inference.decide.known_scores`, which pure metrics may not import; a test compares them.
    """
    if not outputs.unknown.shape[1]:
        return None
    score: Float64Array = np.maximum(1 - outputs.unknown.sum(axis=1, dtype=np.float64), 0)
    return score


# Predictions are called unknown by this one.
DECIDING_SCORE = "known"
# The first that a model has is the one that pictures and lists are sorted by.
SCORES: Mapping[str, Score] = {DECIDING_SCORE: known_share, "max-softmax": max_softmax}


def available_scores(outputs: NetworkOutputs) -> dict[str, Float64Array]:
    """Return every score that can be computed from these outputs, by its name."""
    computed = {name: score(outputs) for name, score in SCORES.items()}
    return {name: values for name, values in computed.items() if values is not None}


def choose_scores(outputs: NetworkOutputs, name: str | None) -> dict[str, Float64Array]:
    """Return the score of that name, or all that are available where it is None.

    Raises:
        ModelError: If the model does not give what the score is computed from.
    """
    scores = available_scores(outputs)
    if name is None:
        return scores
    if name not in scores:
        raise ModelError(
            f"The score '{name}' cannot be computed: the model does not have the outputs that it needs.",
            expected=one_of(scores),
            hint="Choose another --score, or a model that has it.",
        )
    return {name: scores[name]}
