"""The files of an audit: a table, JSON and a sheet."""

import csv
import json
import os

import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.audit import sheet
from roadsigns.audit.audit import Audit
from roadsigns.audit.report import COLUMNS, write_audit
from roadsigns.audit.suspect import Suspect
from roadsigns.errors import OutputError
from roadsigns.types import SignClass

CLASSES = (SignClass(0, "bus"), SignClass(1, "stop $100"))


def audit_of(data, *suspects, notes=()):
    return Audit(data, data, CLASSES, "3 images", 3, 3, 0.9, "made up", notes, suspects)


@pytest.fixture
def sheet_text(monkeypatch):
    """What is written on sheets, in order."""
    written = []
    monkeypatch.setattr(sheet, "write_text", lambda axes, text, *_, **__: written.append(text))
    return written


@pytest.fixture
def data(tmp_path):
    """Two images, and one whose file is gone."""
    (tmp_path / "signs").mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (40, 30), (90, 20, 20)).save(tmp_path / "signs" / name)
    return tmp_path / "signs"


SUSPECTS = (
    Suspect("box-misses-sign", "No sign.", ("a.png",), 0, score=0.9, box=(5, 5, 30, 25)),
    Suspect("wrong-label", "Read as 'bus'.", ("b.png", "a.png"), 1, 0, 0.98, 0.001, 6.9, "7"),
    Suspect("wrong-label", "Read as 'bus'.", ("gone.png",), 1, 0, 0.9, 0.01, 4.5),
    Suspect("few-signs", "Too few.", class_id=0, images=3),
)


def test_table_has_a_row_for_each_suspect(data, tmp_path):
    """Path, given and suggested class, probability, rule and reason; empty where there is nothing."""
    write_audit(audit_of(data, *SUSPECTS), tmp_path / "out")

    with (tmp_path / "out" / "suspects.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    assert [row["rule"] for row in rows] == ["RS204", "RS401", "RS401", "RS506"]
    label = rows[1]
    assert (label["path"], label["track"], label["other_paths"]) == (str(data / "b.png"), "7", str(data / "a.png"))
    assert (label["name"], label["suggested_name"], label["probability"]) == ("stop $100", "bus", "0.980000")
    assert (label["score"], label["level"], label["reason"]) == ("6.9000", "warning", "Read as 'bus'.")
    assert [rows[0][corner] for corner in ("x1", "y1", "x2", "y2")] == ["5", "5", "30", "25"]
    assert (rows[3]["path"], rows[3]["suggested_class_id"], rows[3]["x1"]) == ("", "", "")


def test_images_to_look_at_can_be_told_apart(tmp_path):
    """One a line: a path may hold spaces and all that separates columns."""
    paths = ("a.png", "sign 1, left; new.png", "sign 2.png")

    write_audit(audit_of(tmp_path / "my signs", Suspect("wrong-label", "Look.", paths, 0)), tmp_path / "out")

    with (tmp_path / "out" / "suspects.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["other_paths"].split("\n") == [str(tmp_path / "my signs" / path) for path in paths[1:]]


def test_json_is_what_the_command_prints(data, tmp_path):
    """The same object."""
    audit = audit_of(data, *SUSPECTS)

    write_audit(audit, tmp_path / "out")

    assert json.loads((tmp_path / "out" / "audit.json").read_text()) == json.loads(json.dumps(audit.as_dict()))


@pytest.mark.parametrize("count", [0, 1, 9])
def test_sheet_grows_with_the_suspects(data, tmp_path, count):
    """A row for every four; none is a sheet with its title alone."""
    write_audit(audit_of(data, *[SUSPECTS[1]] * count), tmp_path / "out")
    write_audit(audit_of(data), tmp_path / "empty")

    with Image.open(tmp_path / "empty" / "suspects.png") as empty:
        title = empty.height - sheet.EDGE
    with Image.open(tmp_path / "out" / "suspects.png") as image:
        rows = -(-count // sheet.COLUMNS)
        heading = sheet.HEAD * (count > 0)
        assert image.size == (
            2 * sheet.EDGE + sheet.COLUMNS * (sheet.PAIR + sheet.BETWEEN) - sheet.BETWEEN,
            title + heading + rows * sheet.ROW + sheet.EDGE,
        )


def test_sheet_says_what_has_no_picture_and_every_note(data, tmp_path, sheet_text):
    """Of each rule how many; the notes above the pictures, with the room that they need."""
    notes = ("These networks misread 24.71 % of the images. " * 6, *map(str, range(7)))

    write_audit(audit_of(data, *SUSPECTS, notes=notes), tmp_path / "out")
    write_audit(audit_of(data, *SUSPECTS), tmp_path / "without")

    head = [" ".join(text.split()) for text in sheet_text]
    assert "Without a picture, in suspects.csv: RS506 few-signs, 1." in head
    assert f"Note: {notes[0].strip()}" in head
    assert "3 more notes in audit.json." in head
    with (
        Image.open(tmp_path / "out" / "suspects.png") as image,
        Image.open(tmp_path / "without" / "suspects.png") as other,
    ):
        assert image.height > other.height


def test_near_duplicates_have_their_labels_and_whole_reason(data, tmp_path, sheet_text):
    """Above both pictures; the longest reason is not cut."""
    reason = (
        "Nearly the same image in two tracks: perhaps one sign, taken for two. Correlation 0.9983; 119 such pairs "
        "between the two tracks."
    )
    pair = Suspect("near-across-tracks", reason, ("a.png", "b.png"), 0, images=2, other_class_id=1)

    write_audit(audit_of(data, pair), tmp_path / "out")

    assert {"bus", "stop $100"} <= set(sheet_text)
    assert reason in [" ".join(text.split()) for text in sheet_text]


def test_sheet_is_bounded_and_says_so(data, tmp_path, monkeypatch, sheet_text):
    """A million suspects make no larger picture than the first of each rule."""
    monkeypatch.setattr(sheet, "MAX_SHOWN", 5)

    write_audit(audit_of(data, *[SUSPECTS[1]] * 1000), tmp_path / "out")

    assert "RS401 wrong-label: 1,000; 5 are shown, suspects.csv has all" in sheet_text
    assert sheet_text.count("bus") == 5


def test_read_only_place_is_an_error(data, tmp_path):
    """With the path and what to do."""
    if os.getuid() == 0:
        (tmp_path / "out").write_text("a file stands here")
    else:
        (tmp_path / "out").mkdir(mode=0o500)

    with raises(OutputError, hint="--out", subject="out"):
        write_audit(audit_of(data), tmp_path / "out")
