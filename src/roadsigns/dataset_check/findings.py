"""What a check of a data folder may find, how bad it is, and what it means."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

__all__ = ["KINDS", "MAX_LISTED", "Finding", "Findings", "Item", "Kind", "Level", "counted"]

Level = Literal["error", "warning"]

# Of each kind; the rest is only counted, so that a million broken files take no more memory than ten thousand.
MAX_LISTED = 10_000


class Kind(NamedTuple):
    """One kind of finding.

    Attributes:
        level: "error": training refuses it, loses images by it or learns or measures something wrong. "warning": it may
            be meant so.
        meaning: What it is and what to do, for people.
    """

    level: Level
    meaning: str


# In the order in which they are shown.
KINDS: dict[str, Kind] = {
    "unreadable-folder": Kind("error", "Folders that cannot be listed. Check their permissions."),
    "not-a-class": Kind("error", "Folders beside GTSRB's classes that are none of them. Training refuses them."),
    "same-class": Kind("error", "Folders that stand for one class. Merge them or rename one."),
    "class-number": Kind("error", "Folder names taken as labels that are too large. Give the folders names."),
    "no-annotations": Kind("error", "Images without their annotation file. Unpack the official archives again."),
    "bad-annotations": Kind("error", "Annotation files that cannot be used. Unpack the official archives again."),
    "bad-row": Kind("error", "Rows of annotation files that make no sense."),
    "row-twice": Kind("warning", "Images that an annotation file names twice; training takes the last row."),
    "no-row": Kind("error", "Images that their annotation file does not name. Training refuses them."),
    "no-file": Kind("error", "Rows of annotation files whose image is not there. Training refuses them."),
    "wrong-class": Kind("error", "Rows that name another class than the image's folder."),
    "undecodable": Kind("error", "Files that do not decode. Training leaves them out."),
    "wrong-size": Kind("error", "Images of another size than annotated: the box may be another picture's."),
    "box-outside": Kind("error", "Boxes that are empty or do not lie inside their image."),
    "one-class": Kind("error", "Only one class has images: there is nothing to tell apart."),
    "duplicate-across-splits": Kind("error", "The same pixels in training and test: the test measures memory there."),
    "duplicate-across-classes": Kind("error", "The same pixels with different labels: one of them is wrong."),
    "duplicate-across-tracks": Kind("error", "The same pixels in several tracks: validation may measure memory."),
    "duplicate-within-track": Kind("warning", "The same pixels several times in one track. They count more often."),
    "duplicate-within-test": Kind("warning", "The same pixels several times in the test set. They count more often."),
    "near-across-splits": Kind("warning", "Nearly the same picture in training and test."),
    "near-across-classes": Kind("warning", "Nearly the same picture with different labels. Look at the labels."),
    "near-across-tracks": Kind("warning", "Nearly the same picture in two tracks: perhaps one sign, taken for two."),
    "near-unfinished": Kind("warning", "So many pictures are nearly alike that the search for them was stopped."),
    "empty-class": Kind("warning", "Classes without an image. The network can name them and never learns them."),
    "one-track-class": Kind("warning", "Classes of a single track: validation by track cannot judge them."),
    "imbalance": Kind("warning", "Classes of very different size: the small ones will be read badly."),
    "no-track": Kind("warning", "Names not of the form TRACK_FRAME: each image counts as a track of its own."),
    "one-frame-track": Kind("warning", "Tracks of one frame among longer ones. Frames may be missing."),
    "tiny": Kind("warning", "Signs smaller than any of GTSRB's: hardly readable."),
    "blank": Kind("warning", "Pictures of nearly one grey: nothing to see."),
    "ignored-files": Kind("warning", "Files that are not read: no .ppm, .png or .jpg, or not in their place."),
    "nested-folder": Kind("warning", "Folders with images inside class folders; they are not read."),
}


def counted(number: int, noun: str) -> str:
    """Return "1 image" or "2 images"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class Item(NamedTuple):
    """One case: paths relative to the data folder (none where no file is meant), and what is wrong with them."""

    paths: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """All cases of one kind.

    Attributes:
        kind: A key of `KINDS`.
        count: How many cases there are.
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
    def meaning(self) -> str:
        """What it is and what to do."""
        return KINDS[self.kind].meaning


class Findings:
    """Collects cases by kind; memory stays flat however many there are."""

    def __init__(self) -> None:
        self._items: dict[str, list[Item]] = {kind: [] for kind in KINDS}
        self._counts = dict.fromkeys(KINDS, 0)

    def add(self, kind: str, paths: Iterable[str] = (), detail: str = "") -> None:
        """Add a case of a kind from `KINDS`."""
        self._counts[kind] += 1
        if len(self._items[kind]) < MAX_LISTED:
            self._items[kind].append(Item(tuple(paths), detail))

    def collected(self) -> tuple[Finding, ...]:
        """Return the kinds that occurred, in the order of `KINDS`."""
        return tuple(Finding(kind, count, tuple(self._items[kind])) for kind, count in self._counts.items() if count)
