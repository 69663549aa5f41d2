"""Drawn signs as network inputs, for training; nothing is written to disk."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.loading.crops import Crops
from roadsigns.parallel import over_cores
from roadsigns.preprocessing.prepare import Placed, Preparation, place
from roadsigns.progress import progress
from roadsigns.synthesis.dataset import track_rng
from roadsigns.synthesis.designs import Designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

__all__ = ["draw_prepared"]

# Other tracks than `roadsigns draw` writes with the same seed, so that those may evaluate a network trained on these.
IN_TRAINING = 2
# Few jobs a class: each process renders the designs it meets anew.
TRACKS_PER_JOB, WORTH_PROCESSES = 24, 1500


@dataclass(frozen=True, slots=True)
class _Job:
    class_id: int
    tracks: range
    frames: int
    seed: int
    designs: Designs
    drawing: Drawing
    preparation: Preparation


def draw_prepared(
    designs: Designs,
    drawing: Drawing,
    *,
    tracks: int,
    frames: int,
    seed: int,
    preparation: Preparation,
) -> tuple[Crops, npt.NDArray[np.int32]]:
    """Draw signs and prepare them.

    Args:
        designs: Their designs.
        drawing: How they are worn, lit and seen.
        tracks: Per class, at least 1.
        frames: Per track, at least 1.
        seed: Decides everything.
        preparation: How they are prepared.

    Returns:
        classes * tracks * frames network inputs, class after class, and their class ids, int32.
    """
    jobs = [
        _Job(
            class_id,
            range(first, min(first + TRACKS_PER_JOB, tracks)),
            frames,
            seed,
            designs,
            drawing,
            preparation,
        )
        for class_id in designs.drawable
        for first in range(0, tracks, TRACKS_PER_JOB)
    ]
    total = len(designs.drawable) * tracks * frames
    placed: list[Placed] = []
    with progress("Drawing", total=total) as advance:
        for some in over_cores(_draw, jobs, parallel=total >= WORTH_PROCESSES):
            placed += some
            advance(len(some))
    labels = np.repeat(np.array(designs.drawable, np.int32), tracks * frames)
    return Crops.collect(placed, preparation), labels


def _draw(job: _Job) -> list[Placed]:
    return [
        place(image, job.preparation, box if job.preparation.wants_boxes else None).compact()
        for track in job.tracks
        for image, box in draw_track(
            job.class_id,
            designs=job.designs,
            drawing=job.drawing,
            frames=job.frames,
            rng=track_rng(job.seed, IN_TRAINING, job.class_id, track),
        )
    ]
