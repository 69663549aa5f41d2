"""A part of a data set for a quick look: whole tracks, spread over the classes, and perhaps some frames of each."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from roadsigns.types import Sample

__all__ = ["choose_subset"]


def choose_subset(samples: Sequence[Sample], *, frames: int | None, limit: int | None, seed: int) -> tuple[Sample, ...]:
    """Choose samples.

    Args:
        samples: All there are. One without a track is a track of its own.
        frames: Of each track at most so many, evenly spaced; None for all.
        limit: Whole tracks at random, as many as have no more images together; the classes take turns. At least one
            track. None for all.
        seed: Decides which tracks.

    Returns:
        In the order of the samples.
    """
    tracks: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index, sample in enumerate(samples):
        tracks[sample.class_id][sample.track or f"/{index:09d}"].append(index)
    rng = np.random.default_rng(seed)
    # Each class's tracks in random order, and so the classes in each turn.
    turns: dict[int, list[tuple[float, list[int]]]] = defaultdict(list)
    for class_id in sorted(tracks):
        names = sorted(tracks[class_id])
        for turn, place in enumerate(rng.permutation(len(names)).tolist()):
            turns[turn].append((rng.random(), _spread(tracks[class_id][names[place]], frames)))
    chosen: list[int] = []
    for turn in range(len(turns)):
        for _, indices in sorted(turns[turn]):
            if limit is None or not chosen or len(chosen) + len(indices) <= limit:
                chosen += indices
    return tuple(samples[index] for index in sorted(chosen))


def _spread(indices: list[int], count: int | None) -> list[int]:
    """Return so many of them, evenly spaced, each from the middle of its part."""
    if count is None or count >= len(indices):
        return indices
    return [indices[int((place + 0.5) * len(indices) / count)] for place in range(count)]
