"""What a model decides on images that all show signs of its classes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.inference.decide import DecisionRule, decision_numbers
from roadsigns.inference.prediction import Decision
from roadsigns.types import Float32Array

__all__ = ["DecidedImages", "count_decisions"]

# Each with its number in `decision_numbers`.
NUMBERS: dict[Decision, int] = {"known": 1, "uncertain": 2, "unknown": 0}


@dataclass(frozen=True, slots=True)
class DecidedImages:
    """The images of one decision.

    Attributes:
        decision: "known", "uncertain" or "unknown".
        images: Number of images.
        errors: Of how many of them the most probable class is wrong.
    """

    decision: Decision
    images: int
    errors: int


def count_decisions(
    outputs: Float32Array, wrong: npt.NDArray[np.bool_], rule: DecisionRule
) -> tuple[DecidedImages, ...]:
    """Count the images of each decision.

    Args:
        outputs: What an engine gives, shape (images, num_classes + kinds), float32.
        wrong: Whether the most probable class is wrong, shape (images,).
        rule: The model's.

    Returns:
        Known, uncertain and unknown ones, without uncertain ones where the model has no prediction sets; nothing where
        it has no threshold.
    """
    if rule.threshold is None:
        return ()
    numbers = decision_numbers(outputs, rule)
    possible = [name for name in NUMBERS if name != "uncertain" or rule.quantile is not None]
    return tuple(
        DecidedImages(name, int((numbers == NUMBERS[name]).sum()), int((wrong & (numbers == NUMBERS[name])).sum()))
        for name in possible
    )
