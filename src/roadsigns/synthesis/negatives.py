"""Negatives: images of none of the classes, to train a network with that can say so."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.loading.crops import Crops
from roadsigns.parallel import over_cores
from roadsigns.preprocessing.prepare import Placed, Preparation, place
from roadsigns.progress import progress
from roadsigns.synthesis.designs import Designs
from roadsigns.synthesis.settings import Drawing, NegativeSettings
from roadsigns.synthesis.windows import draw_windows
from roadsigns.types import UNKNOWN_KINDS, Box, UInt8Image

__all__ = ["draw_negatives"]

NO_SIGN = UNKNOWN_KINDS.index("no sign")
# Keeps the random numbers of negatives apart from those of drawn signs of the classes.
SEED_WINDOWS = 101
POSTS_PER_JOB = 24


@dataclass(frozen=True, slots=True)
class _Windows:
    posts: range
    settings: NegativeSettings
    designs: Designs
    drawing: Drawing
    seed: int
    preparation: Preparation

    def draw(self) -> tuple[list[Placed], list[int]]:
        images: list[Placed] = []
        for post in self.posts:
            rng = np.random.default_rng([self.seed, SEED_WINDOWS, post])
            drawn = draw_windows(designs=self.designs, drawing=self.drawing, count=self.settings.windows, rng=rng)
            images += [_place(image, box, self.preparation) for image, box in drawn]
        return images, [NO_SIGN] * len(images)


def draw_negatives(
    settings: NegativeSettings, drawing: Drawing, *, designs: Designs, seed: int, preparation: Preparation
) -> tuple[Crops, npt.NDArray[np.int32]]:
    """Draw negatives and prepare them.

    Args:
        settings: How many.
        drawing: How signs are worn, lit and seen.
        designs: Signs that stand beside windows; of the classes or not.
        seed: Decides everything.
        preparation: How they are prepared.

    Returns:
        Network inputs, and for each what it shows: its index in `UNKNOWN_KINDS`, int32.
    """
    jobs = [
        _Windows(
            range(first, min(first + POSTS_PER_JOB, settings.posts)), settings, designs, drawing, seed, preparation
        )
        for first in range(0, settings.posts, POSTS_PER_JOB)
    ]
    images: list[Placed] = []
    kinds: list[int] = []
    with progress("Drawing negatives", total=len(jobs)) as advance:
        for more, more_kinds in over_cores(_draw, jobs, parallel=len(jobs) > 1):
            images += more
            kinds += more_kinds
            advance()
    return Crops.collect(images, preparation), np.array(kinds, np.int32)


def _draw(job: _Windows) -> tuple[list[Placed], list[int]]:
    return job.draw()


def _place(image: UInt8Image, box: Box, preparation: Preparation) -> Placed:
    return place(image, preparation, box if preparation.wants_boxes else None).compact()
