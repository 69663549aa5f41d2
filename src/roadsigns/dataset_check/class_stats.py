"""Statistics of each class and of each track of a data folder."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from roadsigns.dataset_check.image_stats import ImageStats
from roadsigns.dataset_check.inventory import UNKNOWN, Inventory

__all__ = ["ClassStats", "Spread", "TrackStats", "class_stats", "spread_of", "track_stats"]


class Spread(NamedTuple):
    """The distribution of some values.

    Attributes:
        least: Minimum.
        p5: 5th percentile.
        p25: 25th percentile.
        median: 50th percentile.
        p75: 75th percentile.
        p95: 95th percentile.
        largest: Maximum.
    """

    least: float
    p5: float
    p25: float
    median: float
    p75: float
    p95: float
    largest: float


@dataclass(frozen=True, slots=True)
class ClassStats:
    """Statistics of one class in one split.

    Attributes:
        class_id: The label.
        name: Of the class.
        images: Number of files, including those that do not decode.
        undecodable: Number of files that do not decode.
        tracks: Number of known tracks.
        side: Shorter side of the images in pixels; None where none decodes.
        brightness: Mean grey level of the images, 0 to 255; None where none decodes.
    """

    class_id: int
    name: str
    images: int
    undecodable: int
    tracks: int
    side: Spread | None
    brightness: Spread | None

    def as_dict(self) -> dict[str, object]:
        """Return it as plain values that JSON can hold."""
        return {
            **asdict(self),
            "side": self.side and self.side._asdict(),
            "brightness": self.brightness and self.brightness._asdict(),
        }


@dataclass(frozen=True, slots=True)
class TrackStats:
    """Statistics of one track.

    Attributes:
        class_id: Its class.
        track: Its number within the class.
        frames: Number of frames, including those that do not decode.
        undecodable: Number of frames that do not decode.
        least_width: Smallest width in pixels; None where none decodes.
        largest_width: Largest width in pixels; None where none decodes.
        brightness: Median grey level of the frames, 0 to 255; None where none decodes.
    """

    class_id: int
    track: str
    frames: int
    undecodable: int
    least_width: int | None
    largest_width: int | None
    brightness: float | None


def spread_of(values: npt.NDArray[np.int32] | npt.NDArray[np.float32]) -> Spread | None:
    """Return the distribution of some values; None if there are none."""
    return Spread(*np.percentile(values, [0, 5, 25, 50, 75, 95, 100]).tolist()) if len(values) else None


def class_stats(inventory: Inventory, stats: ImageStats, is_chosen: npt.NDArray[np.bool_]) -> tuple[ClassStats, ...]:
    """Return the statistics of every class in one split, in label order, including empty classes.

    Args:
        inventory: All images.
        stats: Theirs.
        is_chosen: Which of them are of the split, shape (images,).
    """
    chosen = np.flatnonzero(is_chosen)
    groups = _grouped(inventory.class_id, chosen, len(inventory.classes))
    found = []
    for sign, group in zip(inventory.classes, groups, strict=True):
        decoded = group[stats.decoded[group]]
        tracks = np.unique(inventory.track[group])
        found.append(
            ClassStats(
                sign.class_id,
                sign.name,
                images=len(group),
                undecodable=len(group) - len(decoded),
                tracks=int((tracks != UNKNOWN).sum()),
                side=spread_of(stats.size[decoded].min(axis=1)),
                brightness=spread_of(stats.brightness[decoded]),
            )
        )
    return tuple(found)


def track_stats(inventory: Inventory, stats: ImageStats) -> tuple[TrackStats, ...]:
    """Return the statistics of every known track, by class and in path order."""
    chosen = np.arange(len(inventory.names))
    found = []
    for key, group in zip(inventory.tracks, _grouped(inventory.track, chosen, len(inventory.tracks)), strict=True):
        decoded = group[stats.decoded[group]]
        widths = stats.size[decoded, 0]
        found.append(
            TrackStats(
                *key,
                frames=len(group),
                undecodable=len(group) - len(decoded),
                least_width=int(widths.min()) if len(decoded) else None,
                largest_width=int(widths.max()) if len(decoded) else None,
                brightness=float(np.median(stats.brightness[decoded])) if len(decoded) else None,
            )
        )
    return tuple(found)


def _grouped(
    numbers: npt.NDArray[np.int32], chosen: npt.NDArray[np.int64], count: int
) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the chosen indices whose number is 0, 1, ... below `count`."""
    order = chosen[np.argsort(numbers[chosen], kind="stable")]
    edges = np.searchsorted(numbers[order], np.arange(count + 1))
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        yield order[start:end]
