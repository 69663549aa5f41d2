"""The scores of a fold that leaves classes out, as a small CSV file beside its predictions.

    image,known,max-softmax
    00014/00003_00027.ppm,0.99921,0.998877

The rows are those of the predictions that decode, in their order. Scores have nine digits, which hold a float32.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import Predictions
from roadsigns.files import replace_when_done
from roadsigns.wording import reason

__all__ = ["read_scores", "scores_file", "write_scores"]

Scores = Mapping[str, npt.NDArray[np.float64]]


def scores_file(folder: Path, number: int) -> Path:
    """Return the file for the scores of a fold."""
    return folder / f"fold-{number}-scores.csv"


def write_scores(predictions: Predictions, scores: Scores, path: Path) -> None:
    """Write the scores of some predictions by name, each of shape (images,); whole or not at all.

    Raises:
        OSError: If the file cannot be written.
    """
    with (
        replace_when_done(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["image", *scores])
        for row, *values in zip(predictions.rows, *scores.values(), strict=True):
            writer.writerow([row.image, *(f"{value:.9g}" for value in values)])


def read_scores(path: Path, predictions: Predictions) -> dict[str, npt.NDArray[np.float64]]:
    """Read the scores of the predictions of a fold, by name, each of shape (images,).

    Raises:
        RunError: If there is no such file, it is damaged, or it does not belong to the predictions.
    """
    try:
        with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
            return _parse(list(csv.reader(file, strict=True)), predictions)
    except (OSError, ValueError, csv.Error) as error:
        raise RunError(
            f"The scores cannot be read: {reason(error)}.",
            hint="Move the fold's CSV file away and run the command again, which repeats that fold.",
            subject=str(path),
        ) from error


def _parse(lines: list[list[str]], predictions: Predictions) -> dict[str, npt.NDArray[np.float64]]:
    lines = [line for line in lines if line]
    if not lines:
        raise ValueError("it is empty")
    (_, *names), *rows = lines
    if [row[0] for row in rows] != [row.image for row in predictions.rows]:
        raise ValueError("it is of other images than the predictions beside it")
    values = np.array([[float(value) for value in row[1:]] for row in rows], np.float64)
    if not names or values.shape != (len(rows), len(names)) or not np.isfinite(values).all():
        raise ValueError("it does not hold a number for each image and score")
    return dict(zip(names, values.T, strict=True))
