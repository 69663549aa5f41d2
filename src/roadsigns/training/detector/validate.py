"""How well a detector finds the signs of scenes that were held out."""

import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from roadsigns.datasets.scenes import Scene, SceneFold
from roadsigns.errors import ImageError
from roadsigns.evaluation.detection.compute_detection import compute_detection
from roadsigns.evaluation.detection.metrics import DetectionMetrics
from roadsigns.evaluation.detection.signs import DetectedSigns, LabelledSigns
from roadsigns.preprocessing.decode import read_image
from roadsigns.progress import progress
from roadsigns.types import UInt8Image

__all__ = ["Find", "HeldOutScenes", "measure"]

# Intervals are of no use while a network learns.
FEW_RESAMPLES = 10

Find = Callable[[UInt8Image], tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]


class HeldOutScenes(NamedTuple):
    """Scenes that do not train, and the run of neighbours that each is of."""

    scenes: Sequence[Scene]
    runs: Sequence[int]

    @classmethod
    def of(cls, fold: SceneFold) -> Self:
        """Return the held-out scenes of a fold that decode; of the others it is told why they are left out."""
        kept: list[tuple[Scene, int]] = []
        with progress("Checking held-out scenes", total=len(fold.validation), unit="scenes") as advance:
            for scene, run in zip(fold.validation, fold.runs, strict=True):
                advance()
                try:
                    read_image(scene.path)
                except ImageError as error:
                    print(f"Left out: {error}", file=sys.stderr)
                else:
                    kept.append((scene, run))
        return cls([scene for scene, _ in kept], [run for _, run in kept])


def measure(find: Find, held_out: HeldOutScenes, *, resamples: int = FEW_RESAMPLES) -> DetectionMetrics:
    """Find the signs of held-out scenes, and compare them with those that are labelled.

    Args:
        find: Maps an image, RGB, uint8, to boxes, shape (signs, 4), and scores from `MIN_SCORE` on.
        held_out: At least one scene; all decode.
        resamples: Of the intervals.

    Raises:
        ImageError: If one no longer decodes.
    """
    truth, found, runs = [], [], []
    with progress("Validating", total=len(held_out.scenes), unit="scenes") as advance:
        for scene, run in zip(held_out.scenes, held_out.runs, strict=True):
            advance()
            boxes, scores = find(read_image(scene.path))
            whole = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
            found.append(DetectedSigns.of(boxes[whole].tolist(), scores[whole].tolist()))
            truth.append(LabelledSigns.of(scene.boxes, [None] * len(scene.signs), [one.ignored for one in scene.signs]))
            runs.append(run)
    return compute_detection(truth, found, runs=runs, resamples=resamples)
