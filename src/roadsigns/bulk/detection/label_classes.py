"""The classes that a file of labels has: those of the model, and one for unknown signs."""

from collections.abc import Sequence

from roadsigns.inference.prediction import Prediction
from roadsigns.printable import printable
from roadsigns.types import SignClass

__all__ = ["label_class_names", "label_of"]


def label_class_names(classes: Sequence[SignClass]) -> list[str]:
    """Return the names of classes in label order; the last one is that of unknown signs."""
    names = [printable(sign.name) for sign in classes]
    unknown = "unknown"
    while unknown in names:
        unknown += " sign"
    return [*names, unknown]


def label_of(prediction: Prediction, classes: Sequence[SignClass]) -> int:
    """Return the index of a sign's class in `label_class_names`."""
    return len(classes) if prediction.decision == "unknown" else prediction.class_id
