"""Negatives: images of none of the classes, to train a network with that can say so."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.loading.crops import Crops
from roadsigns.parallel import over_cores
from roadsigns.preprocessing.prepare import Placed, Preparation, place
from roadsigns.progress import progress
from roadsigns.synthesis.designs import Designs
from roadsigns.synthesis.negatives.real_signs import RealSigns
from roadsigns.synthesis.negatives.things import invent_thing
from roadsigns.synthesis.negatives.unknown_track import OUTSIDE_GTSRB, choose_unknown_sign, draw_unknown_track
from roadsigns.synthesis.negatives.windows import draw_windows
from roadsigns.synthesis.settings import Drawing, NegativeSettings
from roadsigns.synthesis.track import draw_design
from roadsigns.types import UNKNOWN_KINDS, Box, UInt8Image

__all__ = ["draw_negatives"]

NO_SIGN = UNKNOWN_KINDS.index("no sign")
# Keep the random numbers of negatives apart from those of drawn signs of the classes.
SIGN_SEED, WINDOW_SEED = 100, 101
# Share of the tracks that show no sign but another thing.
THINGS = 0.12
PER_JOB = 24

# Pictures with the box to read, and the index of what each shows in `UNKNOWN_KINDS`.
Negatives = tuple[list[Placed], list[int]]


@dataclass(frozen=True, slots=True)
class _Job:
    """Some tracks of other signs and things, or the windows around some sign posts."""

    windows: bool
    numbers: range
    settings: NegativeSettings
    signs: RealSigns
    designs: Designs
    drawing: Drawing
    seed: int
    preparation: Preparation

    def draw(self) -> Negatives:
        draw = self._draw_windows if self.windows else self._draw_track
        images: list[Placed] = []
        kinds: list[int] = []
        for number in self.numbers:
            seed = WINDOW_SEED if self.windows else SIGN_SEED
            kind, drawn = draw(np.random.default_rng([self.seed, seed, number]))
            some = [self._place(image, box) for image, box in drawn]
            images += some
            kinds += [kind] * len(some)
        return images, kinds

    def _draw_track(self, rng: np.random.Generator) -> tuple[int, Iterable[tuple[UInt8Image, Box]]]:
        if rng.random() < THINGS:
            thing = invent_thing(rng)
            frames = self.settings.frames
            return NO_SIGN, draw_design(thing, neighbours=self.designs, drawing=self.drawing, frames=frames, rng=rng)
        sign, drawn = draw_unknown_track(
            rng,
            self.drawing,
            self.settings.frames,
            sign=choose_unknown_sign(
                rng,
                invented=self.settings.invented,
                near_misses=self.settings.near_misses,
                signs=self.signs,
                abroad=self.drawing.abroad,
            ),
            neighbours=self.designs,
        )
        return UNKNOWN_KINDS.index(sign.kind), drawn

    def _draw_windows(self, rng: np.random.Generator) -> tuple[int, Iterable[tuple[UInt8Image, Box]]]:
        count = self.settings.windows
        return NO_SIGN, draw_windows(designs=self.designs, drawing=self.drawing, count=count, rng=rng)

    def _place(self, image: UInt8Image, box: Box) -> Placed:
        return place(image, self.preparation, box if self.preparation.wants_boxes else None).compact()


def draw_negatives(
    settings: NegativeSettings,
    drawing: Drawing,
    *,
    designs: Designs,
    seed: int,
    preparation: Preparation,
    signs: RealSigns = OUTSIDE_GTSRB,
) -> tuple[Crops, npt.NDArray[np.int32]]:
    """Draw negatives and prepare them.

    Args:
        settings: How many of what.
        drawing: How signs are worn, lit and seen.
        designs: Signs that stand on the posts beside windows, and above and below other signs; of the classes or not.
        seed: Decides everything.
        preparation: How they are prepared.
        signs: The real signs that they show, beside invented ones.

    Raises:
        DataError: If no real sign is left to show.

    Returns:
        Network inputs, and for each what it shows: its index in `UNKNOWN_KINDS`, int32.
    """
    jobs = [
        _Job(windows, numbers, settings, signs, designs, drawing, seed, preparation)
        for windows, count in ((False, settings.tracks), (True, settings.posts))
        for numbers in _parts(count)
    ]
    images: list[Placed] = []
    kinds: list[int] = []
    with progress("Drawing negatives", total=settings.tracks + settings.posts, unit="tracks and posts") as advance:
        for job, (more, more_kinds) in zip(jobs, over_cores(_draw, jobs, parallel=len(jobs) > 1), strict=True):
            images += more
            kinds += more_kinds
            advance(len(job.numbers))
    return Crops.collect(images, preparation), np.array(kinds, np.int32)


def _parts(count: int) -> list[range]:
    return [range(first, min(first + PER_JOB, count)) for first in range(0, count, PER_JOB)]


def _draw(job: _Job) -> Negatives:
    return job.draw()
