"""The table of signs for people."""

import io
import re

import pytest
from fixtures.stand_in_detector import detected_sign, signs_in

from roadsigns.bulk.detection.table import DetectionTableWriter
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.detection.detected import DetectedImage
from roadsigns.errors import ImageError

RESULTS = [
    Result(Entry("a.png", b""), DetectedImage(200, 100, signs_in(3))),
    Result(Entry("b.png", b""), DetectedImage(200, 100, ())),
    Result(Entry("c.png", b""), ImageError("No image at all.", subject="c.png")),
]


def shown(results, *, with_decisions=True, classes=GTSRB_CLASSES):
    """The lines of a table, without the codes of a terminal."""
    file = io.StringIO()
    writer = DetectionTableWriter(file, classes, with_decisions=with_decisions)
    for result in results:
        writer.write(result)
    writer.close()
    return [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in file.getvalue().splitlines()]


def test_each_sign_is_a_line_with_its_picture():
    """In a pipe, where lines are searched; a picture without signs and one that cannot be read have one too."""
    header, known, uncertain, unknown, none, broken = shown(RESULTS)

    assert header.split() == ["file", "box", "score", "decision", "name", "probability", "runners-up"]
    assert known.split()[:4] == ["a.png", "10,20,40,52", "90.00", "%"]
    assert re.search(r"  known +speed limit 20 +75.00 %  ", known)
    assert uncertain.startswith("a.png  50,20,80,52 ")
    assert uncertain.endswith("or: speed limit 50")
    assert "another danger sign" in unknown.split("nearest:")[0]
    assert "speed limit" not in unknown.split("nearest:")[0]
    assert none.split() == ["b.png", "no", "sign", "found"]
    assert broken.split() == ["c.png", "error", "No", "image", "at", "all."]


def test_model_that_does_not_decide_has_no_column_for_it():
    """Nothing is known or unknown to it."""
    header, line = shown(
        [Result(Entry("a", b""), DetectedImage(9, 9, (detected_sign(14, None),)))], with_decisions=False
    )

    assert "decision" not in header
    assert line.split()[4:7] == ["stop", "75.00", "%"]


def test_short_names_leave_room_for_what_is_no_name():
    """Classes of one letter have pictures without signs too."""
    assert len(shown(RESULTS[1:2], classes=GTSRB_CLASSES[14:15])) == 2


@pytest.mark.parametrize("width", [72, 80, 120, 200])
def test_a_terminal_of_any_width_shows_boxes_names_and_errors_whole(monkeypatch, width):
    """The picture stands beside its first sign only."""
    for name, value in {"COLUMNS": width, "FORCE_COLOR": 1, "TERM": "xterm", "NO_COLOR": 1}.items():
        monkeypatch.setenv(name, str(value))

    lines = shown(RESULTS)

    assert max(map(len, lines)) <= width
    assert sum(line.startswith("a.png") for line in lines) == 1
    assert all(any(box in line for line in lines) for box in ("10,20,40,52", "50,20,80,52", "90,20,120,52"))
    column = lines[0].index("name") if width < 120 else lines[0].index("runners-up")
    letters = "".join(line[column:] for line in lines).replace(" ", "")
    assert "Noimageatall." in letters
    assert ("runners-up" in lines[0]) == (width >= 120)


def test_long_path_stands_above_its_signs(monkeypatch):
    """In one piece, where a terminal has no room for it beside them; the header comes first."""
    for name, value in {"COLUMNS": 80, "FORCE_COLOR": 1, "TERM": "xterm", "NO_COLOR": 1}.items():
        monkeypatch.setenv(name, str(value))
    long = "photographs/2026-11-29/street-000123.jpg"
    result = Result(Entry(long, b""), DetectedImage(200, 100, signs_in(3)))

    header, path, first, *_ = shown([result, *RESULTS])

    assert header.startswith("file ")
    assert path == long
    assert first.split()[:2] == ["10,20,40,52", "90.00"]
    assert first.index("speed limit") == header.index("name")


def test_name_that_would_order_a_terminal_about_is_made_harmless():
    """An archive's names are anybody's."""
    _, line = shown([Result(Entry("\x1b[2J\n.png", b""), DetectedImage(1, 1, ()))])

    assert "�[2J�.png" in line
