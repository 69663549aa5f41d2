"""Output of the signs in pictures: which formats there are, how they are written, and a count of what was found."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from roadsigns.bulk.detection.coco import CocoWriter
from roadsigns.bulk.detection.fields import DetectionFields
from roadsigns.bulk.detection.table import DetectionTableWriter
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.output import FORMATS, Layout
from roadsigns.bulk.stream import Result
from roadsigns.detection.detected import DetectedImage
from roadsigns.errors import ImageError
from roadsigns.types import SignClass

__all__ = ["DETECTION_FORMATS", "LABEL_FORMATS", "Found", "detection_layout", "each_once"]

# What people label with. Pictures that could not be read are not in there.
LABEL_FORMATS = ("coco", "yolo")
DETECTION_FORMATS = (*FORMATS, *LABEL_FORMATS)


@dataclass(slots=True)
class Found:
    """What was found.

    Attributes:
        images: How many pictures could be read.
        signs: How many signs are in them.
        unknown: How many of these are called unknown.
        unread: Why the others could not be read.
        once: Whether a picture that comes again does not count, as COCO's JSON has each picture once.
    """

    images: int = 0
    signs: int = 0
    unknown: int = 0
    unread: list[ImageError] = field(default_factory=list)
    once: bool = False
    _names: set[str] = field(default_factory=set)

    def count(self, results: Iterable[Result[DetectedImage]]) -> Iterator[Result[DetectedImage]]:
        """Yield results, and count them."""
        for result in results:
            if isinstance(result.outcome, ImageError):
                self.unread.append(result.outcome)
            elif self._counts(result.entry):
                self.images += 1
                self.signs += len(result.outcome.signs)
                self.unknown += sum(sign.decision == "unknown" for sign in result.outcome.signs)
            yield result

    def _counts(self, entry: Entry) -> bool:
        if not self.once:
            return True
        name = os.path.abspath(entry.name)  # noqa: PTH100 - as CocoWriter, which also resolves ".."
        is_new = name not in self._names
        self._names.add(name)
        return is_new


def detection_layout(
    name: str, classes: tuple[SignClass, ...], *, top_k: int, with_decisions: bool, out: Path | None
) -> Layout[DetectedImage]:
    """Return the layout of a format.

    Args:
        name: One of `DETECTION_FORMATS` but "yolo", which is a folder.
        classes: Of the model that names the signs, in label order.
        top_k: How many classes a sign lists.
        with_decisions: Whether the model decides what is known.
        out: The file that will be written, if any.
    """
    fields = DetectionFields(classes, top_k)
    if name == "coco":
        folder = Path() if out is None else out.parent
        return Layout(name, fields, partial(CocoWriter, classes=classes, folder=folder))
    return Layout(name, fields, partial(DetectionTableWriter, classes=classes, with_decisions=with_decisions))


def each_once(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield each picture once, without a box: a table of boxes has a row for each sign."""
    seen = set()
    for entry in entries:
        if entry.name not in seen:
            seen.add(entry.name)
            yield entry._replace(box=None)
