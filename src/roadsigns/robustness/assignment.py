"""The hard condition of each image in a cross-validation: from seed and name alone, so every recipe sees the same."""

from collections.abc import Callable

import numpy as np

from roadsigns.preprocessing.decode import UInt8Image
from roadsigns.robustness.corruptions import CONDITIONS, corrupt
from roadsigns.robustness.per_image_rng import image_generator
from roadsigns.types import LabelledImage, Sample, labelled_image

__all__ = ["condition_of", "worsening"]


def condition_of(row: LabelledImage, *, seed: int) -> str:
    """Return the condition of an image, each as often as the others."""
    return _choose(image_generator(row, seed))


def worsening(seed: int) -> Callable[[UInt8Image, Sample], UInt8Image]:
    """Return what puts a sample's image under its condition; a pure function of both, from any thread.

    The data folder's place has no part in it, nor have folds, order or recipe.
    """

    def change(image: UInt8Image, sample: Sample) -> UInt8Image:
        rng = image_generator(labelled_image(sample), seed)
        return corrupt(image, sample.box, _choose(rng), rng)

    return change


def _choose(rng: np.random.Generator) -> str:
    """The first draw, which strengths and places follow."""
    return CONDITIONS[rng.integers(len(CONDITIONS))]
