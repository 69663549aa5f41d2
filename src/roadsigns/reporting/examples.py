"""Examples of a class for a contact sheet: real images of many tracks and sizes, and freshly drawn ones."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from roadsigns.datasets.image_names import image_names
from roadsigns.image_files import natural_order
from roadsigns.synthesis.dataset import track_rng
from roadsigns.synthesis.designs import Designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track
from roadsigns.types import Sample, UInt8Image

__all__ = ["DrawnExamples", "caption_of", "choose_examples", "draw_examples"]

# A stream of its own, so that no data set or training of the same seed draws the same tracks.
ON_SHEET = 3
LONGEST_CAPTION = 15


def choose_examples(samples: Sequence[Sample], *, count: int, rng: np.random.Generator) -> list[Sample]:
    """Choose examples of one class, of as many tracks as possible and spread over the sizes within a track.

    Args:
        samples: All of one class. A sample without a track counts as a track.
        count: How many, at least 1; fewer are returned where there are fewer.
        rng: Source of the random choice.

    Returns:
        Different samples, from early in their track (small) to late (large).
    """
    by_track: dict[str, list[Sample]] = defaultdict(list)
    untracked = image_names(samples)
    for sample in samples:
        by_track[sample.track or f"/{untracked[sample.class_id, sample.path]}"].append(sample)
    names = [str(name) for name in rng.permutation(sorted(by_track))]
    turns = range(max(map(len, by_track.values()), default=0))
    dealt = list(islice((name for turn in turns for name in names if turn < len(by_track[name])), count))
    # The place of each along its track: evenly spread over all of them, in random order.
    places: dict[str, list[float]] = defaultdict(list)
    for name, place in zip(dealt, rng.permutation(len(dealt)).tolist(), strict=True):
        places[name].append((place + 0.5) / len(dealt))
    chosen = []
    for name, of_track in places.items():
        ordered = sorted(by_track[name], key=_size_order)
        positions = _positions(of_track, len(ordered))
        chosen += [(place, ordered[position]) for place, position in zip(sorted(of_track), positions, strict=True)]
    return [sample for _, sample in sorted(chosen, key=lambda pair: pair[0])]


def _size_order(sample: Sample) -> tuple[int, list[tuple[int, int, str]]]:
    """By the sign's size where it has a box, else by frame: a car drives towards a sign."""
    side = max(sample.box.x2 - sample.box.x1, sample.box.y2 - sample.box.y1) if sample.box else 0
    return side, natural_order(sample.path.name)


def _positions(places: Sequence[float], length: int) -> list[int]:
    """Different positions in a list, near these fractions of its length; there are no more places than positions."""
    positions: list[int] = []
    for index, place in enumerate(sorted(places)):
        least = positions[-1] + 1 if positions else 0
        most = length - len(places) + index
        positions.append(min(max(int(place * length), least), most))
    return positions


def caption_of(sample: Sample) -> str:
    """Return the caption of an image: "class, track, frame", or its file name where these are not in its name."""
    stem = sample.path.stem
    frame = stem.rpartition("_")[2]
    if sample.track is not None and sample.track.isdecimal() and frame.isdecimal():
        return f"{sample.class_id}, {int(sample.track)}, {int(frame)}"
    return stem if len(stem) <= LONGEST_CAPTION else f"{stem[: LONGEST_CAPTION - 1]}…"


@dataclass(frozen=True, slots=True)
class DrawnExamples:
    """What to draw for one class; see `draw_examples`."""

    class_id: int
    count: int
    designs: Designs
    drawing: Drawing
    seed: int


def draw_examples(wanted: DrawnExamples) -> list[UInt8Image]:
    """Draw `count` signs, each seen once, from early in its track to late.

    Returns:
        RGB, shape (height, width, 3), uint8 each.

    Raises:
        DataError: If the class has no drawing.
    """
    return [
        draw_track(
            wanted.class_id,
            designs=wanted.designs,
            drawing=wanted.drawing,
            frames=wanted.count,
            rng=track_rng(wanted.seed, ON_SHEET, wanted.class_id, track),
        )[track][0]
        for track in range(wanted.count)
    ]
