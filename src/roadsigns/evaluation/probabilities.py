"""The probabilities of all classes for a fold, which calibration needs; the CSV file holds only the five largest.

The five largest, in six digits, do not say how much is left for the others: at a temperature of 2 a probability of 1e-8
becomes 1e-4, and there are dozens of them.
"""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from roadsigns.archives.formats import DAMAGE
from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import Predictions, top_of
from roadsigns.files import replace_when_done
from roadsigns.wording import reason

__all__ = ["probabilities_file", "read_probabilities", "read_unknown", "write_probabilities"]


REPEAT = (
    "Move the fold's CSV file away and run `roadsigns cross-validate` again, which repeats that fold with this file."
)
# Of the kinds of unknown in all; float32 can add up to a little more than 1.
MOST = 1.001


def probabilities_file(folder: Path, number: int, *, corrupted: bool = False) -> Path:
    """Return the file for all probabilities of a fold, or of its images with corruptions."""
    return folder / f"fold-{number}{'-hard' if corrupted else ''}-probabilities.npz"


def write_probabilities(
    probabilities: npt.NDArray[np.float32], path: Path, *, unknown: npt.NDArray[np.float32] | None = None
) -> None:
    """Write probabilities in the order of the CSV file's rows; whole or not at all.

    Args:
        probabilities: Of the classes, shape (images, num_classes).
        path: The file.
        unknown: Of the kinds of unknown, shape (images, kinds); left out where there are none.
    """
    arrays: dict[str, Any] = {"probabilities": probabilities}
    if unknown is not None and unknown.shape[1]:
        arrays["unknown"] = unknown
    with replace_when_done(path) as temporary:
        np.savez_compressed(temporary, **arrays)


def read_unknown(path: Path, images: int) -> npt.NDArray[np.float32] | None:
    """Read the probabilities of the kinds of unknown of a fold whose file `read_probabilities` has found sound.

    Args:
        path: The file.
        images: How many there are.

    Returns:
        Shape (images, kinds), float32, each row at most 1 in all; None where its model has none.

    Raises:
        RunError: If they are no such probabilities.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            unknown: npt.NDArray[np.float32] | None = arrays.get("unknown")
    except DAMAGE as error:
        raise RunError(f"The file is damaged: {reason(error)}.", hint=REPEAT, subject=str(path)) from error
    if unknown is None:
        return None
    if unknown.dtype != np.float32 or unknown.shape != (images, unknown.size // max(images, 1)):
        problem = f"As probabilities of the kinds of unknown, the file holds {unknown.dtype} of shape {unknown.shape}."
    # The comparisons are False for NaN.
    elif not ((unknown >= 0).all() and (unknown.sum(axis=1) <= MOST).all()):
        problem = "The file holds probabilities of the kinds of unknown that are below 0, above 1, or no numbers."
    else:
        return unknown
    expected = f"float32 probabilities of shape ({images}, kinds), at most 1 in each row"
    raise RunError(problem, expected=expected, hint=REPEAT, subject=str(path))


def read_probabilities(path: Path, predictions: Predictions, *, num_classes: int) -> npt.NDArray[np.float32]:
    """Read the probabilities of a fold.

    Args:
        path: The file.
        predictions: Those of the fold's CSV file.
        num_classes: How many classes there are.

    Returns:
        Shape (images, num_classes), float32, in the order of the rows.

    Raises:
        RunError: If there is no such file, it is damaged, or it does not belong to the CSV file.
    """
    if not path.is_file():
        raise RunError(
            "There is no such file: the fold was finished before all probabilities were kept, and the five best in its "
            "CSV file are not enough to fit a temperature.",
            hint=REPEAT,
            subject=str(path),
        )
    try:
        with np.load(path, allow_pickle=False) as arrays:
            probabilities: npt.NDArray[np.float32] = arrays["probabilities"]
    except (*DAMAGE, KeyError) as error:
        # NumPy takes whatever is no archive for a pickle, and speaks of options that nobody has here.
        why = reason(error) if zipfile.is_zipfile(path) else "it is no archive of NumPy's"
        raise RunError(f"The file is damaged: {why}.", hint=REPEAT, subject=str(path)) from error
    expected = f"float32 probabilities of shape {(len(predictions.rows), num_classes)}, those of the CSV file's images"
    if probabilities.dtype != np.float32 or probabilities.shape != (len(predictions.rows), num_classes):
        problem = f"The file holds {probabilities.dtype} of shape {probabilities.shape}."
    elif not _belong(probabilities, predictions):
        problem = "Its most probable classes are not those of the CSV file."
    else:
        return probabilities
    raise RunError(problem, expected=expected, hint=REPEAT, subject=str(path))


def _belong(probabilities: npt.NDArray[np.float32], predictions: Predictions) -> bool:
    class_ids, best = top_of(probabilities)
    return np.array_equal(class_ids, predictions.class_ids) and np.array_equal(best, predictions.probabilities)
