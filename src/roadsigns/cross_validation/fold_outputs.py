"""What the models of a cross-validation computed for the images of their folds, as far as it is kept."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.cross_validation.store import CrossValidation
from roadsigns.evaluation.probabilities import probabilities_file, read_probabilities, read_unknown

__all__ = ["FoldOutputs", "has_corrupted_outputs", "read_fold_outputs"]


@dataclass(frozen=True, slots=True, eq=False)
class FoldOutputs:
    """Outputs at a temperature of 1, in the order of the fold's predictions.

    Attributes:
        probabilities: Of the classes, shape (images, num_classes), float32.
        unknown: Of the kinds of unknown, shape (images, kinds), float32; None where the model has none.
    """

    probabilities: npt.NDArray[np.float32]
    unknown: npt.NDArray[np.float32] | None


def has_corrupted_outputs(cross: CrossValidation) -> bool:
    """Whether the outputs for images with corruptions are there for every finished fold."""
    return cross.parts.keys() == cross.corrupted_parts.keys() and all(
        probabilities_file(cross.folder, number, corrupted=True).is_file() for number in cross.parts
    )


def read_fold_outputs(cross: CrossValidation, number: int, *, corrupted: bool = False) -> FoldOutputs:
    """Read the outputs of a finished fold.

    Args:
        cross: The cross-validation.
        number: Of the fold, from 1.
        corrupted: Those for its images with corruptions.

    Raises:
        RunError: If they were not kept, are damaged, or do not belong to the fold's predictions.
    """
    file = probabilities_file(cross.folder, number, corrupted=corrupted)
    predictions = (cross.corrupted_parts if corrupted else cross.parts)[number]
    probabilities = read_probabilities(file, predictions, num_classes=len(cross.record.classes))
    return FoldOutputs(probabilities, read_unknown(file, len(predictions.rows)))
