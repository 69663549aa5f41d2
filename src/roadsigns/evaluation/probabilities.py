"""All probabilities of a fold, beside the CSV that has the five best: a temperature wants every one of them.

What is left over of the five, in six digits, does not tell it: at a temperature of 2 a probability of 1e-8 becomes one
of 1e-4, and there are dozens of them.
"""

import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import Predictions, top_of
from roadsigns.files import replace_when_done

__all__ = ["probabilities_file", "read_probabilities", "write_probabilities"]


def probabilities_file(folder: Path, number: int) -> Path:
    """Return where all probabilities of a fold are."""
    return folder / f"fold-{number}-probabilities.npz"


def write_probabilities(probabilities: npt.NDArray[np.float32], path: Path) -> None:
    """Write probabilities, shape (images, num_classes), in the order of the CSV's rows; whole or not at all."""
    with replace_when_done(path) as temporary:
        np.savez_compressed(temporary, probabilities=probabilities)


def read_probabilities(path: Path, predictions: Predictions, *, num_classes: int) -> npt.NDArray[np.float32]:
    """Read them back.

    Args:
        path: The file.
        predictions: What the fold's CSV holds.
        num_classes: How many classes there are.

    Returns:
        Shape (images, num_classes), float32, in the order of the rows.

    Raises:
        RunError: If there is no such file, it is damaged, or its best are not those of the CSV.
    """
    again = "Delete the fold's CSV, and `roadsigns cross-validate` makes that fold again, with this file."
    if not path.is_file():
        raise RunError(
            f"There is no {path}: the fold was read before all probabilities were kept. The five best of its CSV tell "
            f"no temperature. {again}"
        )
    try:
        with np.load(path, allow_pickle=False) as arrays:
            probabilities: npt.NDArray[np.float32] = arrays["probabilities"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise RunError(f"{path} is damaged ({error}). {again}") from error
    if probabilities.dtype != np.float32 or probabilities.shape != (len(predictions.rows), num_classes):
        problem = f"it holds {probabilities.dtype} of shape {probabilities.shape}"
    elif not _belong(probabilities, predictions):
        problem = "its most probable classes are others"
    else:
        return probabilities
    raise RunError(f"{path} is not what was read in {len(predictions.rows)} images of the CSV: {problem}. {again}")


def _belong(probabilities: npt.NDArray[np.float32], predictions: Predictions) -> bool:
    class_ids, best = top_of(probabilities)
    return np.array_equal(class_ids, predictions.class_ids) and np.array_equal(best, predictions.probabilities)
