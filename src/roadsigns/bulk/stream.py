"""Entries to results: one for each, in order, in memory that does not grow with their number."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, tee
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias, TypeVar

from roadsigns.box_columns import ConvertedBox
from roadsigns.bulk.entries import Entry
from roadsigns.errors import ImageError
from roadsigns.types import Box

if TYPE_CHECKING:
    from roadsigns.detection.detected import DetectedImage
    from roadsigns.detection.detector import Detector
    from roadsigns.inference.prediction import Prediction
    from roadsigns.inference.recognizer import Recognizer

__all__ = ["Result", "detect_entries", "predict_entries"]

# A prediction of an image, or the signs that were found in it.
Found = TypeVar("Found")
Compute: TypeAlias = Callable[[Iterator[Entry]], Iterator[Found | ImageError]]

# Bytes from archives that wait to be decoded; a batch of photographs would otherwise take gigabytes.
BYTES_WAITING = 64_000_000


class Result(NamedTuple, Generic[Found]):
    """What was found in one entry, or why it could not be read."""

    entry: Entry
    outcome: Found | ImageError

    @property
    def name(self) -> str:
        """What the output calls the image."""
        return self.entry.name

    @property
    def box(self) -> Box | None:
        """Where the sign is, as it was given."""
        return self.entry.box


def predict_entries(
    recognizer: "Recognizer", entries: Iterable[Entry], *, top_k: int
) -> Iterator[Result["Prediction"]]:
    """Predict entries, reading some ahead.

    Args:
        recognizer: Predicts images and their boxes in order, and gives an error for what does not decode.
        entries: Any number.
        top_k: How many classes to list for each.
    """

    def predict(some: Iterator[Entry]) -> Iterator["Prediction | ImageError"]:
        for_images, for_boxes = tee(some)
        boxes = (entry.box for entry in for_boxes)
        return recognizer.predict_each(map(_readable, for_images), boxes=boxes, top_k=top_k)

    return _in_step(predict, entries)


def detect_entries(detector: "Detector", entries: Iterable[Entry], *, top_k: int) -> Iterator[Result["DetectedImage"]]:
    """Find and read the signs in entries, reading some ahead. Boxes of entries are not used.

    Args:
        detector: Takes images in order, and gives an error for what does not decode.
        entries: Any number.
        top_k: How many classes to list for each sign.
    """

    def detect(some: Iterator[Entry]) -> Iterator["DetectedImage | ImageError"]:
        return detector.detect_each(map(_readable, some), top_k=top_k)

    return _in_step(detect, entries)


def _in_step(compute: Compute[Found], entries: Iterable[Entry]) -> Iterator[Result[Found]]:
    remaining = iter(entries)
    for first in remaining:
        yield from _some(compute, chain([first], remaining))


def _some(compute: Compute[Found], entries: Iterator[Entry]) -> Iterator[Result[Found]]:
    """Compute entries until so many bytes wait that they have to be decoded first."""
    waiting: deque[Entry] = deque()
    # Each is counted up on one side only, for the recogniser may read ahead in another thread.
    read = done = 0

    def taken() -> Iterator[Entry]:
        nonlocal read
        for entry in entries:
            waiting.append(entry)
            yield entry
            read += _size(entry)
            if read - done > BYTES_WAITING:
                return

    for outcome in compute(taken()):
        entry = waiting.popleft()
        done += _size(entry)
        yield Result(entry, _named(outcome, entry))


def _readable(entry: Entry) -> Path | bytes:
    # An entry that could not be read goes along as an empty image, so that results stay in step with entries.
    return b"" if isinstance(entry.image, ImageError) else entry.image


def _size(entry: Entry) -> int:
    return len(entry.image) if isinstance(entry.image, bytes) else 0


def _named(outcome: Found | ImageError, entry: Entry) -> Found | ImageError:
    if isinstance(entry.image, ImageError):
        return entry.image
    if not isinstance(outcome, ImageError):
        return outcome
    if isinstance(entry.box, ConvertedBox):
        outcome = _in_numbers_of_the_table(outcome, entry.box)
    return outcome.about(entry.name)


def _in_numbers_of_the_table(error: ImageError, box: ConvertedBox) -> ImageError:
    """Return an error of a box with the numbers that its table has; another error as it is."""
    shown = f"The box {','.join(map(str, box))} "
    if not error.problem.startswith(shown):
        return error
    # The rest, and what was expected, speaks of x2 and y2.
    wrong = error.problem.removeprefix(shown).partition(":")[0].rstrip(".")
    return ImageError(
        f"The box {box.given} {wrong}.",
        expected=f"a box inside the image, in the columns {','.join(box.columns.names)}",
        hint="Correct it in its table.",
    )
