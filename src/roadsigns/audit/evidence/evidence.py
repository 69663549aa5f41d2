"""Predictions for the images of data, in the order of the data."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.types import Sample

__all__ = ["MAKE_SOME", "Evidence"]

# The hint of an error.
MAKE_SOME = "Make some with `roadsigns cross-validate --data {data}`, or leave --predictions out."


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Predictions for images, by networks that have not seen them.

    Attributes:
        samples: The images that are predicted, in the order of the data.
        probabilities: Of the classes, float32, shape (images, num_classes).
        unknown: Of the kinds of unknown, float32, shape (images, kinds); None where the networks have none.
        made_by: By what, for people.
        notes: What must be said beside every result, as whole sentences.
    """

    samples: tuple[Sample, ...]
    probabilities: npt.NDArray[np.float32]
    unknown: npt.NDArray[np.float32] | None
    made_by: str
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> npt.NDArray[np.intp]:
        """The labels that the data give, shape (images,)."""
        return np.array([sample.class_id for sample in self.samples], np.intp)

    @property
    def accuracy(self) -> float:
        """How many of the images are read as labelled, a fraction."""
        return float((self.probabilities.argmax(axis=1) == self.labels).mean())
