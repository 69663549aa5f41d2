"""The kinds of findings of a check, with their level and meaning."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from roadsigns.datasets.layouts.problem import BOX_OUTSIDE, READING_PROBLEMS, READING_WARNINGS, Kind, Level
from roadsigns.rules.find import rule_of

__all__ = ["KINDS", "MAX_LISTED", "Finding", "Findings", "Item"]

# Of each kind; the rest is counted only, so that a million broken files take no more memory than ten thousand.
MAX_LISTED = 10_000


# In the order in which they are shown.
KINDS: dict[str, Kind] = {
    **READING_PROBLEMS,
    "undecodable": Kind("error", "Files that do not decode. Training leaves them out."),
    "wrong-size": Kind("error", "Images of another size than annotated: the box may belong to another image."),
    "box-outside": BOX_OUTSIDE,
    "one-class": Kind("error", "Only one class has images, so there is nothing to learn."),
    "duplicate-across-splits": Kind(
        "error", "The same pixels in training, validation or test: the metrics measure memory (data leakage)."
    ),
    "track-across-splits": Kind(
        "error", "The same sign in training, validation or test: the metrics measure memory (data leakage)."
    ),
    "duplicate-across-classes": Kind("error", "The same pixels with different labels: one of them is wrong."),
    "duplicate-across-tracks": Kind(
        "error", "The same pixels in several tracks: validation may measure memory (data leakage)."
    ),
    "duplicate-within-track": Kind("warning", "The same pixels several times in one track: they weigh more."),
    "duplicate-within-test": Kind("warning", "The same pixels several times in the test set: they weigh more."),
    "near-across-splits": Kind("warning", "Nearly the same image in training, validation or test."),
    "near-across-classes": Kind("warning", "Nearly the same image with different labels. Look at the labels."),
    "near-across-tracks": Kind("warning", "Nearly the same image in two tracks: perhaps one sign, taken for two."),
    "near-unfinished": Kind("warning", "So many images are nearly alike that the search was stopped."),
    "empty-class": Kind(
        "warning", "Classes without a training image: a network learns them only where its recipe draws them."
    ),
    "class-without-test-images": Kind(
        "warning", "Classes without a test image: the metrics of the test images say nothing about them."
    ),
    "one-track-class": Kind("warning", "Classes of a single track: validation by track cannot test them."),
    "imbalance": Kind("warning", "Classes of very different size: the small ones will be recognised badly."),
    "doubtful-tracks": Kind(
        "warning",
        "Names that look like TRACK_FRAME and are no tracks. A table's column `track` can tell tracks.",
    ),
    "no-track": Kind("warning", "Names not of the form TRACK_FRAME: each image counts as a track of its own."),
    "one-frame-track": Kind("warning", "Tracks of one frame among longer ones. Frames may be missing."),
    "tiny": Kind("warning", "Signs smaller than any of GTSRB's: they can hardly be recognised."),
    "blank": Kind("warning", "Images of nearly one grey level: there is nothing to see."),
    **READING_WARNINGS,
}


class Item(NamedTuple):
    """One case of a finding.

    Attributes:
        paths: Files that it concerns, relative to the data folder; there may be none.
        detail: What is wrong with them.
        class_id: The class that it is about, where it is about one; None elsewhere.
    """

    paths: tuple[str, ...]
    detail: str
    class_id: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """All cases of one kind of finding.

    Attributes:
        kind: A key of `KINDS`.
        count: Number of cases.
        items: The first `MAX_LISTED` of them.
    """

    kind: str
    count: int
    items: tuple[Item, ...]

    @property
    def level(self) -> Level:
        """How bad it is."""
        return KINDS[self.kind].level

    @property
    def rule(self) -> str:
        """The number of its rule, such as "RS101", which `roadsigns check --explain` explains."""
        return rule_of(self.kind).number

    def as_dict(self, data: Path) -> dict[str, object]:
        """Return it as plain values that JSON can hold, its paths below the data folder."""
        return {
            "rule": self.rule,
            "kind": self.kind,
            "level": self.level,
            "meaning": self.meaning,
            "count": self.count,
            "items": [
                {"paths": [str(data / path) for path in item.paths], "detail": item.detail, "class_id": item.class_id}
                for item in self.items
            ],
        }

    @property
    def meaning(self) -> str:
        """What it is and what to do."""
        return KINDS[self.kind].meaning


class Findings:
    """Collects cases by kind, in limited memory however many there are."""

    def __init__(self) -> None:
        self._items: dict[str, list[Item]] = {kind: [] for kind in KINDS}
        self._counts = dict.fromkeys(KINDS, 0)

    def add(self, kind: str, paths: Iterable[str] = (), detail: str = "", *, class_id: int | None = None) -> None:
        """Add a case of a kind from `KINDS`; see `Item`."""
        self._counts[kind] += 1
        if len(self._items[kind]) < MAX_LISTED:
            self._items[kind].append(Item(tuple(paths), detail, class_id))

    def collected(self) -> tuple[Finding, ...]:
        """Return the kinds that occurred, in the order of `KINDS`."""
        return tuple(Finding(kind, count, tuple(self._items[kind])) for kind, count in self._counts.items() if count)
