"""Groups of tracks that were probably recorded at one place; a validation split should keep them together.

A car passes the sign on the left and the one on the right of the same road: two tracks, one place, one light. If one of
them trains and the other validates, the validation partly measures memory (data leakage).

Tracks are compared by thumbnails of their whole images: 16x16 pixels, in colour, each standardised. The distance of two
thumbnails is the root of their mean squared difference; the distance of two tracks is the smallest among their frames.
Tracks of one class that are nearer than `THRESHOLD` are joined (single linkage). It was chosen on GTSRB's 1,307 tracks:

- Three pairs of twins were known (tracks 6 and 16 of class 26, 12 and 49 of class 10, 1 and 68 of class 2). Among all
  pairs of their class they are the nearest, the second and the second. Thumbnails of the box alone, or not
  standardised, rank them far lower: the background and its light identify the place.
- The joined pairs were looked at (`--sheet`). Below 0.25 most show one place or one drive. Above, twins mix with signs
  before plain sky or a dark wood: about one in three is a twin near 0.36, one in six near 0.42 (tracks 3 and 5 of
  class 3, at 0.40). So some twins stay apart, and the large groups are chains of dark images, not one place. To join
  two places costs little, a coarser split; to separate one place makes the validation accuracy too high.
- 0.36 leaves 1,059 groups, the largest of 30 tracks (0.30: 1,207 and 17; 0.40: 953 and 39).

`gtsrb-groups.csv` was made by `roadsigns group GTSRB --out gtsrb-groups.csv`.
"""

import csv
import functools
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.datasets.spec import DatasetSpec
from roadsigns.errors import DataError, ImageError, OutputError
from roadsigns.files import replace_when_done
from roadsigns.preprocessing.decode import read_image
from roadsigns.progress import Advance, progress
from roadsigns.types import Sample, TrackKey, UInt8Image

__all__ = [
    "THRESHOLD",
    "Grouping",
    "TrackPair",
    "group_tracks",
    "groups_of",
    "join_tracks",
    "parse_groups",
    "write_groups",
]

THRESHOLD = 0.36
# Of two standardised thumbnails: one is the negative of the other.
LARGEST_DISTANCE = 2
SIDE = 16
# Spread over the track: every third of GTSRB's 30. Neighbouring frames are nearly one image.
MAX_FRAMES = 10
# In grey levels, added to a thumbnail's standard deviation, so that rounding makes no difference in a dark one.
ROUNDING = 0.255

COLUMNS = ["class_id", "track", "group"]
MAKE_AGAIN = "Make it again with `roadsigns group DATA --out FILE`."

Float32Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TrackPair:
    """Two tracks of one class, compared by their two most similar frames.

    Attributes:
        first: A frame of one.
        second: A frame of the other.
        distance: Between their thumbnails: 0 if they are equal, about 1.4 if they have nothing in common.
    """

    first: Sample
    second: Sample
    distance: float


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of tracks, and the pairs that made them.

    Attributes:
        groups: The group of every track: the lowest name among its tracks.
        joins: The pairs that joined two groups into one, the nearest first.
    """

    groups: dict[TrackKey, str]
    joins: tuple[TrackPair, ...]

    def members(self) -> list[tuple[TrackKey, ...]]:
        """The tracks of each group, the largest group first."""
        members: dict[TrackKey, list[TrackKey]] = defaultdict(list)
        for key, group in sorted(self.groups.items()):
            members[TrackKey(key.class_id, group)].append(key)
        return [tuple(keys) for keys in sorted(members.values(), key=len, reverse=True)]


def _read(sample: Sample) -> UInt8Image:
    return read_image(sample.path)


def group_tracks(
    samples: Sequence[Sample], *, threshold: float = THRESHOLD, read: Callable[[Sample], UInt8Image] = _read
) -> Grouping:
    """Group the tracks of each class by the similarity of their frames.

    Args:
        samples: Those without a track are ignored.
        threshold: Tracks nearer than this are joined.
        read: Returns a sample's image, RGB, shape (height, width, 3), uint8. A sample that raises an ImageError is left
            out with a warning; a track of which none is left stays alone.

    Raises:
        DataError: If no sample has a track, or the threshold is no number from 0 to 2.
    """
    if not 0 <= threshold <= LARGEST_DISTANCE:
        raise DataError(f"The threshold is {threshold}.", expected=f"a number from 0 to {LARGEST_DISTANCE}")
    tracks = {key for sample in samples if (key := sample.track_key)}
    if not tracks:
        raise DataError(
            f"None of the {len(samples)} images has a track, so there is nothing to group.",
            expected="files named TRACK_FRAME, such as 00003_00012.png, where all images of one sign share a TRACK",
        )
    return join_tracks(tracks, _near_pairs(samples, threshold, read))


def join_tracks(tracks: Iterable[TrackKey], pairs: Iterable[TrackPair]) -> Grouping:
    """Join tracks to groups, pair by pair (single linkage)."""
    parent = {key: key for key in tracks}

    def root(key: TrackKey) -> TrackKey:
        while parent[key] != key:
            parent[key] = key = parent[parent[key]]
        return key

    joins = []
    for pair in sorted(pairs, key=lambda pair: pair.distance):
        first, second = (root(TrackKey(sample.class_id, str(sample.track))) for sample in (pair.first, pair.second))
        if first != second:
            parent[max(first, second)] = min(first, second)
            joins.append(pair)
    return Grouping({key: root(key).track for key in sorted(parent)}, tuple(joins))


def _near_pairs(
    samples: Sequence[Sample], threshold: float, read: Callable[[Sample], UInt8Image]
) -> Iterator[TrackPair]:
    classes: dict[int, dict[str, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        if sample.track is not None:
            classes[sample.class_id][sample.track].append(sample)
    chosen = [[_spread(frames) for frames in tracks.values()] for tracks in classes.values()]
    total = sum(len(frames) for tracks in chosen for frames in tracks)
    with progress("Comparing tracks", total=total) as advance:
        for tracks in chosen:
            yield from _pairs_of_class(tracks, threshold, read, advance)


def _spread(frames: list[Sample]) -> list[Sample]:
    return frames[:: -(-len(frames) // MAX_FRAMES)]


def _pairs_of_class(
    tracks: list[list[Sample]], threshold: float, read: Callable[[Sample], UInt8Image], advance: Advance
) -> Iterator[TrackPair]:
    """Compare each track with all before it."""
    shown: list[Sample] = []
    starts: list[int] = []
    thumbnails = np.empty((sum(map(len, tracks)), SIDE * SIDE * 3), np.float32)
    for frames in tracks:
        start = len(shown)
        for sample in frames:
            try:
                thumbnails[len(shown)] = _thumbnail(read(sample))
                shown.append(sample)
            except ImageError as error:
                warnings.warn(f"Left out: {error}", stacklevel=2)
        advance(len(frames))
        if len(shown) == start:
            continue
        if starts:
            distances = _distances(thumbnails[:start], thumbnails[start : len(shown)])
            nearest = np.minimum.reduceat(distances.min(axis=1), starts)
            for track in np.flatnonzero(nearest < threshold).tolist():
                block = distances[starts[track] : [*starts, start][track + 1]]
                row, column = divmod(int(block.argmin()), block.shape[1])
                yield TrackPair(shown[starts[track] + row], shown[start + column], float(nearest[track]))
        starts.append(start)


def _thumbnail(image: UInt8Image) -> Float32Rows:
    """Reduce an image to a thumbnail of mean 0 and standard deviation 1, float32, shape (SIDE * SIDE * 3,)."""
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    return np.asarray((small - small.mean()) / (small.std() + ROUNDING), np.float32)


def _distances(left: Float32Rows, right: Float32Rows) -> Float32Rows:
    """Return the root mean square difference of every two rows, shape (left, right)."""
    # |a - b|^2 = |a|^2 + |b|^2 - 2ab; rounding may leave it slightly below zero.
    lengths = np.add.outer(np.square(left).sum(axis=1), np.square(right).sum(axis=1))
    squares = (lengths - 2 * (left @ right.T)) / left.shape[1]
    return np.asarray(np.sqrt(np.maximum(squares, 0)), np.float32)


def write_groups(groups: Mapping[TrackKey, str], path: Path) -> None:
    """Write a table of groups: class_id;track;group, one line per track.

    Raises:
        OutputError: If the file cannot be written.
    """
    try:
        with replace_when_done(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=";", lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows([*key, group] for key, group in sorted(groups.items()))
    except OSError as error:
        raise OutputError(
            f"The table of groups cannot be written: {error.strerror or error}.",
            hint="Name another file with --out.",
            subject=str(path),
        ) from error


def parse_groups(text: str) -> dict[TrackKey, str]:
    """Parse a table of groups, as `write_groups` writes it.

    Raises:
        DataError: If the text is not such a table.
    """
    try:
        header, *rows = csv.reader(text.splitlines(), delimiter=";")
        groups = {TrackKey(int(class_id), track): group for class_id, track, group in rows}
    except ValueError as error:
        raise DataError(
            f"The table of groups cannot be read: {error}.", expected=f"lines of {';'.join(COLUMNS)}", hint=MAKE_AGAIN
        ) from error
    if header != COLUMNS or any(groups.get(TrackKey(class_id, name)) != name for (class_id, _), name in groups.items()):
        raise DataError(
            "The table of groups is inconsistent.",
            expected=f"a first line {';'.join(COLUMNS)}, and groups that are named after one of their tracks",
            hint=MAKE_AGAIN,
        )
    return groups


@functools.cache
def groups_of(spec: DatasetSpec) -> Mapping[TrackKey, str]:
    """Return the group of each of a data set's training tracks, from its table in the package; none without a table."""
    return parse_groups(spec.groups.read_text(encoding="utf-8")) if spec.groups else {}
