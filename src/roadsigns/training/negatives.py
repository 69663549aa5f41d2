"""The negatives of a training: drawn ones, and windows of street scenes where a recipe names some."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from roadsigns.datasets.scenes import background_windows
from roadsigns.loading.crops import Crops
from roadsigns.preprocessing.prepare import Placed, Preparation, place
from roadsigns.progress import progress
from roadsigns.recipe import Recipe
from roadsigns.synthesis.designs import Designs
from roadsigns.synthesis.negatives.draw import draw_negatives
from roadsigns.types import UNKNOWN_KINDS

__all__ = ["load_negatives"]


def load_negatives(recipe: Recipe, designs: Designs, *, seed: int) -> tuple[Crops, npt.NDArray[np.int32]]:
    """Draw the negatives of a recipe, and cut those out of its street scenes.

    Args:
        recipe: Its `negatives`, `drawing` and `data` tables are used.
        designs: Signs that stand beside others.
        seed: Decides everything.

    Returns:
        Network inputs, and the index of what each shows in `UNKNOWN_KINDS`, int32.

    Raises:
        DataError: If the scenes cannot be used.
    """
    settings, preparation = recipe.negatives, recipe.data.as_preparation()
    crops, kinds = draw_negatives(settings, recipe.drawing, designs=designs, seed=seed, preparation=preparation)
    if not settings.scenes:
        return crops, kinds
    windows = Crops.collect(
        list(_windows(Path(settings.scenes), settings.scene_windows, seed, preparation)), preparation
    )
    nothing = np.full(len(windows), UNKNOWN_KINDS.index("no sign"), np.int32)
    return crops + windows, np.concatenate([kinds, nothing])


def _windows(scenes: Path, count: int, seed: int, preparation: Preparation) -> Iterator[Placed]:
    with progress("Cutting windows out of scenes", total=count) as advance:
        for image, box in background_windows(scenes, part="train", count=count, seed=seed):
            yield place(image, preparation, box if preparation.wants_boxes else None).compact()
            advance()
