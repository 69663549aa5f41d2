"""The table for people."""

import io
import re
from dataclasses import replace

import pytest

from roadsigns.bulk import row_table
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.result_table import TableWriter
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import ImageError
from roadsigns.types import Box


def shown(results, *, with_boxes=False, **options):
    """The lines of a table off a terminal."""
    file = io.StringIO()
    writer = TableWriter(file, GTSRB_CLASSES, with_boxes=with_boxes, **{"with_decisions": False, **options})
    for result in results:
        writer.write(result)
    writer.close()
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_box_has_a_column_where_there_may_be_one(prediction):
    """Several signs of one picture could not be told apart otherwise."""
    results = [
        Result(Entry("a.png", b"", Box(1, 2, 30, 40)), prediction(14)),
        Result(Entry("b.png", b""), prediction(14)),
    ]

    header, first, second = shown(results, with_boxes=True)

    assert header.split() == ["file", "box", "class", "name", "probability", "runners-up"]
    assert first.split()[:4] == ["a.png", "1,2,30,40", "14", "stop"]
    assert second.split()[:3] == ["b.png", "14", "stop"]
    assert "box" not in shown(results)[0]


@pytest.mark.parametrize("width", [72, 80, 120])
def test_a_terminal_of_any_width_shows_candidates_and_errors(prediction, monkeypatch, width):
    """In a narrow one the known score gives way."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    uncertain = replace(
        prediction(14, top_k=1), decision="uncertain", candidates=(14, 17, 13), known_score=0.9, probability=0.7
    )
    results = [
        Result(Entry("a.png", b""), uncertain),
        Result(Entry("b.png", b""), ImageError("No image.", subject="b.png")),
    ]

    lines = shown(results, with_decisions=True)

    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in lines]
    assert max(map(len, plain)) <= width
    letters = "".join(line[plain[0].index("runners") :] for line in plain[1:]).replace(" ", "")
    assert "or:noentry;giveway" in letters
    assert "Noimage." in letters
    assert ("known score" in plain[0]) == (width >= 100)


def test_an_unknown_sign_has_no_name_and_no_class(prediction):
    """What it is instead stands there, and the classes that it resembles come last."""
    unknown = replace(prediction(14, top_k=2), decision="unknown", unknown_kind="danger", known_score=0.0213)

    header, line = shown([Result(Entry("a.png", b""), unknown)], with_decisions=True)

    titles = ["file", "class", "name", "probability", "decision", "known score", "runners-up"]
    assert re.split("  +", header.strip()) == titles
    assert line.split("  ")[0] == "a.png"
    assert " 14 " not in line
    assert "another danger sign" in line.split("nearest:")[0]
    assert line.split("nearest:")[0].endswith("unknown       2.1300 %  ")
    assert line.split("nearest:")[1].startswith(" stop 75.00 %, ")


def test_below_a_table_with_an_unknown_sign_stands_why(prediction):
    """97 % looks like much where 99.86 % is needed; of known signs nothing has to be explained."""
    known = Result(Entry("a.png", b""), replace(prediction(14), decision="known", known_score=0.99))
    unknown = Result(Entry("b.png", b""), replace(prediction(14), decision="unknown", known_score=0.97))
    options = {"with_decisions": True, "below_unknown": "Below 99.86 %."}

    assert shown([known, unknown], **options)[-1] == "Below 99.86 %."
    assert len(shown([known], **options)) == 2


def test_an_uncertain_sign_comes_with_all_its_candidates(prediction):
    """However few classes are listed: one of these it is, with the promised probability."""
    uncertain = replace(prediction(14, top_k=1), decision="uncertain", candidates=(14, 17, 13), known_score=0.9)

    _, line = shown([Result(Entry("a.png", b""), uncertain)], with_decisions=True)

    assert " stop " in line
    assert line.endswith("  uncertain    90.0000 %  or: no entry; give way")


def test_many_candidates_are_counted(prediction):
    """A line of sixteen names helps nobody; JSON has them all."""
    uncertain = replace(prediction(14, top_k=1), decision="uncertain", candidates=tuple(range(14, 24)))

    _, line = shown([Result(Entry("a.png", b""), uncertain)], with_decisions=True)

    assert line.endswith("; and 4 more")
    assert "bend left" in line
    assert "slippery road" not in line


def test_probability_that_rounds_to_zero_is_not_shown_as_zero(prediction):
    """A reader would take it for impossible."""
    _, row = shown([Result(Entry("a.png", b""), prediction(14, top_k=2, probability=0.0001))])

    assert "0.01 %" in row
    assert row.endswith(" < 0.01 %")


def test_first_column_grows_with_the_names(prediction, monkeypatch):
    """One image stays one line."""
    monkeypatch.setattr(row_table, "ROWS", 1)
    names = ["a.png", "much/longer/than/the/first.png", "b.png"]

    lines = shown(Result(Entry(name, b""), prediction(14)) for name in names)

    assert [line.split()[0] for line in lines[1:]] == names
    assert lines[2].index("stop") == lines[3].index("stop") > lines[1].index("stop")


def test_name_that_would_order_a_terminal_about_is_made_harmless(prediction):
    """So are errors, which hold names."""
    results = [
        Result(Entry("\x1b[2J\n.png", b""), prediction(14)),
        Result(Entry("b\udce4d.png", b""), ImageError("\x1b]0;title\x07 does not decode")),
    ]

    lines = shown(results)

    assert len(lines) == 3
    assert "�[2J�.png" in lines[1]
    assert "b�d.png" in lines[2]
    assert "�]0;title� does not decode" in lines[2]
