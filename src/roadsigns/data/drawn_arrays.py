"""Drawn signs straight to prepared arrays, for a training that wants them: nothing is written to disk."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.data.designs import Designs
from roadsigns.data.drawn import track_seed
from roadsigns.data.drawn_track import draw_track
from roadsigns.data.load import Float16Images
from roadsigns.images.drawing import Drawing
from roadsigns.images.prepare import prepare
from roadsigns.parallel import over_cores
from roadsigns.progress import progress

__all__ = ["draw_prepared"]

# Other tracks than `roadsigns draw` writes with the same seed, so that those may judge a network trained on these.
IN_TRAINING = 2
TRACKS_PER_JOB, WORTH_PROCESSES = 10, 1500


@dataclass(frozen=True, slots=True)
class _Job:
    class_id: int
    tracks: range
    frames: int
    seed: int
    designs: Designs
    drawing: Drawing
    preparation: str
    image_size: int


def draw_prepared(
    designs: Designs,
    drawing: Drawing,
    *,
    tracks: int,
    frames: int,
    seed: int,
    preparation: str,
    image_size: int,
) -> tuple[Float16Images, npt.NDArray[np.int32]]:
    """Draw signs and prepare them.

    Args:
        designs: What they look like.
        drawing: How they are worn, lit and seen.
        tracks: Per class, at least 1.
        frames: Per track, at least 1.
        seed: Decides everything.
        preparation: A name from `roadsigns.images.prepare.PREPARATIONS`.
        image_size: Side in pixels.

    Returns:
        RGB images, shape (classes * tracks * frames, image_size, image_size, 3), float16 in [0, 1], class after class,
        and their class ids, int32.
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
            image_size,
        )
        for class_id in designs.drawable
        for first in range(0, tracks, TRACKS_PER_JOB)
    ]
    total = len(designs.drawable) * tracks * frames
    images = np.empty((total, image_size, image_size, 3), np.float16)
    labels = np.repeat(np.array(designs.drawable, np.int32), tracks * frames)
    done = 0
    with progress("Drawing", total=total) as advance:
        for some in over_cores(_draw, jobs, worth_it=total >= WORTH_PROCESSES):
            images[done : done + len(some)] = some
            done += len(some)
            advance(len(some))
    return images, labels


def _draw(job: _Job) -> Float16Images:
    return np.stack(
        [
            prepare(image, preparation=job.preparation, image_size=job.image_size).astype(np.float16)
            for track in job.tracks
            for image, _ in draw_track(
                job.class_id,
                designs=job.designs,
                drawing=job.drawing,
                frames=job.frames,
                rng=track_seed(job.seed, IN_TRAINING, job.class_id, track),
            )
        ]
    )
