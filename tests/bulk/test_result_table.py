"""The table for people."""

import io
import tracemalloc

import pytest

from roadsigns.bulk import result_table
from roadsigns.bulk.result_table import TableWriter
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import ImageError
from roadsigns.types import Box


def shown(results, *, longest_name=None, with_boxes=False):
    """The lines of a table off a terminal."""
    file = io.StringIO()
    writer = TableWriter(file, GTSRB_CLASSES, longest_name=longest_name, with_boxes=with_boxes)
    for result in results:
        writer.write(result)
    writer.close()
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_box_has_a_column_where_there_may_be_one(prediction):
    """Several signs of one picture could not be told apart otherwise."""
    results = [Result("a.png", Box(1, 2, 30, 40), prediction(14)), Result("b.png", None, prediction(14))]

    header, first, second = shown(results, with_boxes=True)

    assert header.split() == ["file", "box", "class", "name", "probability", "runners-up"]
    assert first.split()[:4] == ["a.png", "1,2,30,40", "14", "stop"]
    assert second.split()[:3] == ["b.png", "14", "stop"]
    assert "box" not in shown(results)[0]


def test_first_column_grows_where_names_are_not_known_before(prediction, monkeypatch):
    """One image stays one line."""
    monkeypatch.setattr(result_table, "ROWS", 1)
    names = ["a.png", "much/longer/than/the/first.png", "b.png"]

    lines = shown(Result(name, None, prediction(14)) for name in names)

    assert [line.split()[0] for line in lines[1:]] == names
    assert lines[2].index("stop") == lines[3].index("stop") > lines[1].index("stop")


def test_name_that_would_order_a_terminal_about_is_made_harmless(prediction):
    """So are errors, which hold names."""
    results = [
        Result("\x1b[2J\n.png", None, prediction(14)),
        Result("b\udce4d.png", None, ImageError("\x1b]0;title\x07 does not decode")),
    ]

    lines = shown(results)

    assert len(lines) == 3
    assert "�[2J�.png" in lines[1]
    assert "b�d.png" in lines[2]
    assert "�]0;title� does not decode" in lines[2]


@pytest.mark.parametrize("longest_name", [None, 19])
def test_memory_is_flat_however_many_rows(prediction, monkeypatch, longest_name):
    """Five times as many take no more. Rich remembers the widths of 4,096 texts, so names come again."""
    monkeypatch.setattr(result_table, "ROWS", 8)
    outcome = prediction(3)

    class Nowhere(io.StringIO):
        def write(self, text):
            return len(text)

    def peak(count):
        tracemalloc.start()
        writer = TableWriter(Nowhere(), GTSRB_CLASSES, longest_name=longest_name, with_boxes=False)
        for number in range(count):
            writer.write(Result(f"folder/{number % 16:08d}.png", None, outcome))
        writer.close()
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(16)
    assert peak(80) < peak(16) + 30_000
