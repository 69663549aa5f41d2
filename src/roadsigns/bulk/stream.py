"""Entries to results: one for each, in order, in memory that does not grow with their number."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, tee
from typing import TYPE_CHECKING, NamedTuple

from roadsigns.box_columns import ConvertedBox
from roadsigns.bulk.entries import Entry
from roadsigns.errors import ImageError
from roadsigns.types import Box

if TYPE_CHECKING:
    from roadsigns.inference.prediction import Prediction
    from roadsigns.inference.recognizer import Recognizer

__all__ = ["Result", "predict_entries"]

# Bytes from archives that wait to be decoded; a batch of photographs would otherwise take gigabytes.
BYTES_WAITING = 64_000_000


class Result(NamedTuple):
    """The prediction of one entry, or why it could not be read."""

    name: str
    box: Box | None
    outcome: "Prediction | ImageError"


def predict_entries(recognizer: "Recognizer", entries: Iterable[Entry], *, top_k: int) -> Iterator[Result]:
    """Predict entries, reading some ahead.

    Args:
        recognizer: Predicts images and their boxes in order, and gives an error for what does not decode.
        entries: Any number.
        top_k: How many classes to list for each.
    """
    remaining = iter(entries)
    for first in remaining:
        yield from _predict_some(recognizer, chain([first], remaining), top_k)


def _predict_some(recognizer: "Recognizer", entries: Iterator[Entry], top_k: int) -> Iterator[Result]:
    """Predict entries until so many bytes wait that they have to be decoded first."""
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

    for_images, for_boxes = tee(taken())
    # An entry that could not be read goes along as an empty image, so that results stay in step with entries.
    images = (b"" if isinstance(entry.image, ImageError) else entry.image for entry in for_images)
    boxes = (entry.box for entry in for_boxes)
    for outcome in recognizer.predict_each(images, boxes=boxes, top_k=top_k):
        entry = waiting.popleft()
        done += _size(entry)
        yield Result(entry.name, entry.box, _named(outcome, entry))


def _size(entry: Entry) -> int:
    return len(entry.image) if isinstance(entry.image, bytes) else 0


def _named(outcome: "Prediction | ImageError", entry: Entry) -> "Prediction | ImageError":
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
