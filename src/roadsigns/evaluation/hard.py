"""The hard condition of each image in a cross-validation: from seed and name alone, so every recipe sees the same."""

import hashlib
from collections.abc import Callable

import numpy as np

from roadsigns.data.samples import Sample
from roadsigns.evaluation.predictions import LabelledImage, labelled_image
from roadsigns.images.decode import UInt8Image
from roadsigns.images.hardship import CONDITIONS, worsen

__all__ = ["condition_of", "worsening"]


def condition_of(row: LabelledImage, *, seed: int) -> str:
    """Return the condition of an image, each as often as the others."""
    return _choose(_generator(row, seed))


def worsening(seed: int) -> Callable[[UInt8Image, Sample], UInt8Image]:
    """Return what puts a sample's image under its condition; a pure function of both, from any thread.

    The data folder's place has no part in it, nor have folds, order or recipe.
    """

    def change(image: UInt8Image, sample: Sample) -> UInt8Image:
        rng = _generator(labelled_image(sample), seed)
        return worsen(image, sample.box, _choose(rng), rng)

    return change


def _generator(row: LabelledImage, seed: int) -> np.random.Generator:
    name = "\n".join((str(row.class_id), row.track or "", row.image))
    # Python's own hash differs from one process to the next.
    digest = hashlib.sha256(name.encode(errors="surrogateescape")).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8])])


def _choose(rng: np.random.Generator) -> str:
    """The first draw, which strengths and places follow."""
    return CONDITIONS[rng.integers(len(CONDITIONS))]
