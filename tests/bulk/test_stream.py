"""Entries and their results stay in step, and few are held at a time."""

import gc
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import pytest
from fixtures.stand_in_detector import StandInDetector, write_picture
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadsigns.box_columns import find_box_columns
from roadsigns.bulk import stream
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.stream import detect_entries, predict_entries
from roadsigns.detection.detected import DetectedImage
from roadsigns.errors import ImageError
from roadsigns.types import Box

KINDS = ("good", "bytes", "missing", "broken", "unread", "outside")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(KINDS), max_size=12))
def test_each_entry_gets_its_own_result(kinds, stand_in, picture, tmp_path):
    """In order, whatever stands before it."""
    (tmp_path / "file.ppm").write_bytes(picture(7))
    images = {
        "good": tmp_path / "file.ppm",
        "bytes": picture(9),
        "missing": tmp_path / "none.ppm",
        "broken": b"P6 9 9 255\n",
        "unread": ImageError("the reason"),
        "outside": picture(3),
    }
    entries = [
        Entry(f"{kind} {place}", images[kind], Box(0, 0, 99, 99) if kind == "outside" else None)
        for place, kind in enumerate(kinds)
    ]

    results = list(predict_entries(stand_in, iter(entries), top_k=2))

    assert [result.name for result in results] == [entry.name for entry in entries]
    assert [result.box for result in results] == [entry.box for entry in entries]
    for kind, (entry, outcome) in zip(kinds, results, strict=True):
        if kind in ("good", "bytes"):
            assert outcome.class_id == (9 if kind == "bytes" else 7)
            assert len(outcome.top_k) == 2
        elif kind == "unread":
            assert str(outcome) == "the reason"
        elif kind == "missing":
            assert "No such file" in outcome.problem
        else:
            assert outcome.subject == entry.name


@pytest.mark.parametrize(
    ("header", "row", "problem"),
    [
        ("x,y,w,h", "1,2,90,91", "The box 1,2,90,91 (x,y,w,h) does not lie inside the image of 9x9 pixels."),
        ("x,y,w,h", "1,2,0,3", "The box 1,2,0,3 (x,y,w,h) is empty."),
        ("x,y,w,h", "-1,2,3,3", "The box -1,2,3,3 (x,y,w,h) begins outside the image."),
        (
            "Roi.X1,Roi.Y1,Roi.X2,Roi.Y2",
            "0,0,9,8",
            "The box 0,0,9,8 (Roi.X1,Roi.Y1,Roi.X2,Roi.Y2) does not lie inside the image of 9x9 pixels.",
        ),
        ("x1,y1,x2,y2", "1,2,90,91", "The box 1,2,90,91 does not lie inside the image of 9x9 pixels."),
    ],
)
def test_box_that_does_not_fit_is_shown_as_its_table_has_it(header, row, problem, stand_in, picture):
    """Whatever it was turned into; an image that does not decode is no matter of its box."""
    box = find_box_columns(header.split(",")).box(row.split(","))
    entries = [Entry("a", picture(3, side=9), box), Entry("b", b"P6 9 9 255\n", box)]

    bad, broken = predict_entries(stand_in, entries, top_k=1)

    assert bad.outcome.problem == problem
    assert bad.outcome.subject == "a"
    assert header.split(",")[0] in bad.outcome.expected
    assert "box" not in broken.outcome.problem


def test_many_bytes_are_worked_off_before_more_are_read(stand_in, picture, monkeypatch):
    """A batch ends early; results are the same."""
    monkeypatch.setattr(stream, "BYTES_WAITING", 2000)
    entries = [Entry(str(place), picture(place, side=20)) for place in range(7)]

    results = list(predict_entries(stand_in, entries, top_k=1))

    assert [result.outcome.class_id for result in results] == list(range(7))
    assert stand_in.batches == [2, 2, 2, 1]


def test_broken_bytes_are_named_after_a_break_too(stand_in, picture, monkeypatch):
    """The recogniser knows bytes by their number only, and begins to count anew then."""
    monkeypatch.setattr(stream, "BYTES_WAITING", 10)
    entries = [Entry("a.zip/a.png", picture(1)), Entry("a.zip/b.png", b"broken")]

    *_, last = predict_entries(stand_in, entries, top_k=1)

    assert last.outcome.subject == "a.zip/b.png"


def test_memory_is_flat_however_many_entries(prediction):
    """Fifty times as many, from files and from archives, take no more; nothing of them is kept."""
    one = prediction(1)

    def predict_each(images, *, boxes, top_k):
        for _ in zip(images, boxes, strict=False):
            yield one

    def peak(count):
        entries = (
            Entry(f"folder/{number:08d}.png", bytes(1000) if number % 2 else Path("x.png")) for number in range(count)
        )
        gc.collect()
        tracemalloc.start()
        assert sum(1 for _ in predict_entries(SimpleNamespace(predict_each=predict_each), entries, top_k=1)) == count
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    assert peak(5_000) < peak(100) + 20_000


def test_nothing_gives_nothing(stand_in):
    """No batch is begun."""
    assert list(predict_entries(stand_in, [], top_k=1)) == []
    assert stand_in.batches == []


def test_signs_of_each_picture_belong_to_it(tmp_path):
    """Files, bytes and what could not be read, in order; a box is not looked at."""
    path = write_picture(tmp_path / "a.png", 3)
    entries = [
        Entry("a", path, Box(0, 0, 9999, 9999)),
        Entry("b", ImageError("the reason")),
        Entry("c", write_picture(tmp_path / "b.png", 1).read_bytes()),
        Entry("d", b"P6 9 9 255\n"),
    ]

    results = list(detect_entries(StandInDetector(), entries, top_k=2))

    assert [result.entry for result in results] == entries
    three, unread, one, broken = (result.outcome for result in results)
    assert [len(found.signs) for found in (three, one)] == [3, 1]
    assert str(unread) == "the reason"
    assert broken.subject == "d"


def test_memory_of_detection_is_flat_too():
    """Nothing of the pictures is kept, though their boxes are not asked for."""

    def detect_each(images, *, top_k):
        for _ in images:
            yield DetectedImage(1, 1, ())

    def peak(count):
        entries = (Entry(f"a.zip/{number:08d}.png", bytes(1000)) for number in range(count))
        gc.collect()
        tracemalloc.start()
        assert sum(1 for _ in detect_entries(SimpleNamespace(detect_each=detect_each), entries, top_k=1)) == count
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    assert peak(5_000) < peak(100) + 20_000
