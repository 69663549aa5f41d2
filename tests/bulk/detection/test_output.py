"""Which pictures are detected, and what is counted."""

from fixtures.stand_in_detector import signs_in

from roadsigns.bulk.detection.output import Found, each_once
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.stream import Result
from roadsigns.detection.detected import DetectedImage
from roadsigns.errors import ImageError
from roadsigns.types import Box


def test_picture_with_a_row_for_each_sign_is_there_once():
    """Without a box, in its place."""
    entries = [Entry("a", b"", Box(1, 2, 3, 4)), Entry("b", b"", None), Entry("a", b"", Box(5, 6, 7, 8))]

    assert list(each_once(entries)) == [Entry("a", b""), Entry("b", b"")]


def test_signs_and_pictures_are_counted_while_they_pass():
    """Those that could not be read for themselves."""
    error = ImageError("no image")
    outcomes = (DetectedImage(200, 100, signs_in(3)), error, DetectedImage(9, 9, ()))
    results = [Result(Entry(str(number), b""), outcome) for number, outcome in enumerate(outcomes)]
    found = Found()

    assert list(found.count(results)) == results
    assert found == Found(images=2, signs=3, unknown=1, unread=[error])


def test_a_picture_that_comes_again_counts_once_if_it_is_written_once():
    """By whichever path."""
    results = [Result(Entry(name, b""), DetectedImage(200, 100, signs_in(3))) for name in ("a", "b/../a", "./a", "c")]
    found, every = Found(once=True), Found()

    assert list(found.count(results)) == list(every.count(results)) == results
    assert (found.images, found.signs) == (2, 6)
    assert (every.images, every.signs) == (4, 12)
