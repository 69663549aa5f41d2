"""Tracks as a model file holds them: each class with the ranges of its track numbers, a tenth of a list's length."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from roadsigns.types import TrackKey

__all__ = ["as_ranges", "from_ranges"]

# Far more than any data set has in a class, and few enough for any memory.
MAX_TRACKS = 1_000_000

Ranges = dict[str, list[str | list[str]]]


def as_ranges(tracks: Iterable[TrackKey]) -> Ranges:
    """Return tracks by class id: [first, last] for consecutive numbers of equal length, a single track by itself."""
    by_class: defaultdict[int, list[str]] = defaultdict(list)
    for class_id, track in sorted(tracks):
        by_class[class_id].append(track)
    return {str(class_id): _joined(names) for class_id, names in by_class.items()}


def from_ranges(values: Mapping[str, Any] | Sequence[Sequence[Any]]) -> frozenset[TrackKey]:
    """Return the tracks whose `as_ranges` these values are, or that files of earlier versions list one by one.

    Raises:
        TypeError, ValueError: If they are neither.
    """
    if not isinstance(values, Mapping):
        return frozenset(TrackKey(*key) for key in values)
    return frozenset(
        TrackKey(int(class_id), track)
        for class_id, parts in values.items()
        for part in parts
        for track in _tracks(part)
    )


def _joined(names: list[str]) -> list[str | list[str]]:
    runs: list[list[str]] = []
    for name in names:
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    return [[run[0], run[-1]] if len(run) > 1 else run[0] for run in runs]


def _follows(one: str, other: str) -> bool:
    return _is_number(one) and _is_number(other) and len(one) == len(other) and int(other) == int(one) + 1


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit()


def _tracks(part: str | Sequence[str]) -> list[str]:
    if isinstance(part, str):
        return [part]
    first, last = part
    if int(last) - int(first) >= MAX_TRACKS:
        raise ValueError(f"tracks {first} to {last} are too many")
    return [f"{number:0{len(first)}}" for number in range(int(first), int(last) + 1)]
