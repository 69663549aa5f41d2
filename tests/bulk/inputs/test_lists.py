"""Lists of paths and tables of boxes, from files and from standard input."""

import io
import logging
import os
from pathlib import Path

import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.bulk.inputs.lists import Row, entries_of, read_rows
from roadsigns.errors import DataError, ImageError
from roadsigns.types import Box

GTSRB = """Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId
00000.ppm;53;54;6;5;48;49;16
00001.ppm;42;45;5;5;36;40;1
"""
# What a line of a list can name.
NAMES = st.text(st.characters(exclude_characters="\0\n\r\ufeff", codec="utf-8"), min_size=1, max_size=30).filter(
    str.strip
)


def listed(content):
    """What standard input of this content requests."""
    return list(entries_of(read_rows(io.BytesIO(content), "input", plain=True)[1], Path(), "input"))


def rows(text):
    """The rows of a CSV file of this content."""
    return list(read_rows(io.BytesIO(text.encode()), "boxes.csv")[1])


@pytest.mark.parametrize(
    "content",
    [
        b"a.png\nsub dir/b.png\n",
        b"a.png\r\nsub dir/b.png",
        b"\xef\xbb\xbfa.png\n\n\nsub dir/b.png\n\n",
    ],
)
def test_list_is_a_path_a_line(content):
    """With any line ends, a byte order mark and empty lines."""
    entries = listed(content)

    assert [entry.name for entry in entries] == ["a.png", "sub dir/b.png"]
    assert [entry.image for entry in entries] == [Path("a.png"), Path("sub dir/b.png")]
    assert {entry.box for entry in entries} == {None}


@given(st.lists(NAMES, max_size=8))
def test_any_names_come_back(names):
    """Commas and quotes too, if there are no columns that are called so."""
    names = ["first.png", *names]

    entries = listed("".join(name + "\n" for name in names).encode())

    assert [entry.name for entry in entries] == names


def test_names_that_are_no_text_come_back():
    """Bytes on the way in are bytes on the way out."""
    (entry,) = listed(b"b\xe4d.png\n")

    assert os.fsencode(entry.image) == b"b\xe4d.png"


def test_empty_input_is_an_empty_list():
    """No line, no entry."""
    assert listed(b"") == listed(b"\n\n") == []


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_table_has_boxes(separator):
    """x2 and y2 exclusive; further columns are passed over, an empty box is the whole image."""
    text = 'id,path,X1,y1,x2,y2\n7,a.png,1,2,30,40\n8,"b.png",,,,\n\n'.replace(",", separator)

    assert [(entry.name, entry.box) for entry in listed(text.encode())] == [
        ("a.png", Box(1, 2, 30, 40)),
        ("b.png", None),
    ]


def test_gtsrbs_own_table_has_boxes_that_count_the_last_pixel_in():
    """So one is added."""
    assert rows(GTSRB) == [Row("00000.ppm", Box(6, 5, 49, 50)), Row("00001.ppm", Box(5, 5, 37, 41))]


def test_table_without_boxes_is_a_list():
    """The output of `roadsigns predict --format csv` for whole images can be read again."""
    has_boxes, rows = read_rows(io.BytesIO(b"path,class_id\na.png,3\n"), "boxes.csv")

    assert not has_boxes
    assert list(rows) == [Row("a.png", None)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a.png,1,2,3", "'1,2,3,' is not a box"),
        ("a.png,1,2,3,x", "'1,2,3,x' is not a box"),
        ("a.png,1,2,3,4.5", "is not a box"),
        (f"a.png,1,2,3,{10**30}", "is not a box"),
        (",1,2,3,4", "names no image"),
    ],
)
def test_faulty_row_is_reported_and_does_not_stop_the_rest(line, message):
    """With its number."""
    first, bad, last = rows(f"path,x1,y1,x2,y2\na.png,1,2,3,4\n{line}\nb.png,1,2,3,4\n")

    assert (first.name, last.name) == ("a.png", "b.png")
    assert isinstance(bad.box, ImageError)
    assert message in bad.box.problem
    assert bad.box.subject == "boxes.csv, row 3"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"path,x1,y1\n", "look like a box (x1, y1)"),
        (b"Filename;Roi.X1;Roi.Y1;Roi.X2\n", "look like a box (Roi.X1, Roi.Y1, Roi.X2)"),
        (b"a.png,1,2,30,40\n", "first line is 'a.png,1,2,30,40'"),
        (b"P6 2 2 255\n............\0", "zero byte"),
        (b"\xff\xfea\0.\0p\0n\0g\0", "zero byte"),
    ],
)
def test_what_is_no_list_is_refused(content, message):
    """The error names the problem and the expected format: for an image, an archive or UTF-16."""
    with raises(DataError, problem=message, subject="input") as raised:
        list(read_rows(io.BytesIO(content), "input", plain=True)[1])

    assert raised.value.expected


def test_table_needs_a_header():
    """A list of paths is none."""
    with raises(DataError, problem="'a.png'", expected="path,x1,y1,x2,y2"):
        rows("a.png\nb.png\n")


def test_list_that_goes_wrong_later_is_reported_at_its_end():
    good, bad = listed(b"a.png\nb\0c\n")

    assert good.name == "a.png"
    assert bad.name == "input"
    assert "Line 2 contains a zero byte" in bad.image.problem


def test_quote_that_never_ends_is_reported():
    """CSV's own trap: the rest of the file would be one field."""
    content = b"path,x1,y1,x2,y2\na.png,1,2,3,4\n" + b'"b.png,1,2,3,4\n' + b"c.png,1,2,3,4\n" * 20_001

    good, bad = listed(content)

    assert good.name == "a.png"
    assert "not CSV" in bad.image.problem


def test_paths_start_from_a_folder():
    """The CSV's own, as GTSRB's do."""
    entries = list(entries_of(rows(GTSRB), Path("folder"), "boxes.csv"))

    assert [entry.image for entry in entries] == [Path("folder/00000.ppm"), Path("folder/00001.ppm")]
    assert [entry.local for entry in entries] == ["00000.ppm", "00001.ppm"]


@pytest.mark.parametrize("blank", [b"", b" ", b"\t ", b"   \r"])
def test_blank_lines_are_passed_over(blank):
    """In a list and in a CSV file; a name that begins or ends with a space keeps it."""
    entries = listed(blank + b"\n a.png\n" + blank + b"\nb.png \n" + blank)
    _, rows = read_rows(io.BytesIO(b"path,x1,y1,x2,y2\n" + blank + b"\na.png,1,2,3,4\n" + blank), "t.csv")

    assert [str(entry.image) for entry in entries] == [" a.png", "b.png "]
    assert [row.name for row in rows] == ["a.png"]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("path,xmin,ymin,xmax,ymax", "a.png,1,2,30,40"),
        ("Path,Left,Top,Right,Bottom", "a.png,1.0,2.0,30.0,40.0"),
        ("filename,x,y,w,h", "a.png,1,2,29,38"),
        ("Path,ROI.X1,ROI.Y1,ROI.X2,ROI.Y2", "a.png,1,2,29,39"),
    ],
)
def test_boxes_are_understood_in_the_spellings_of_peoples_tools(header, row, caplog):
    """And it is told which columns were taken for them. pandas writes whole numbers as floats."""
    caplog.set_level(logging.INFO)

    assert rows(f"{header}\n{row}\n") == [Row("a.png", Box(1, 2, 30, 40))]
    assert "boxes from the columns" in caplog.messages[-1]


@pytest.mark.parametrize("header", ["image_path", "File Path", "filepath", "IMAGE.PATH", "file-name", "name"])
def test_names_of_images_are_found_in_the_spellings_of_tables_of_labels(header):
    """One list for `predict` and `train`."""
    assert rows(f"id,{header}\n7,a.png\n") == [Row("a.png")]


def test_columns_that_are_not_used_are_named(caplog):
    """A box or an image in them would be missed without a word."""
    caplog.set_level(logging.INFO)

    rows("path,label,,x1,y1,x2,y2\na.png,stop,3,1,2,30,40\n")
    rows("path,a,b,c,d,e,f,g\n")
    rows("path\na.png\n")

    assert caplog.messages == [
        "boxes.csv: boxes from the columns x1, y1, x2, y2; columns not used: label, one without a name.",
        "boxes.csv: columns not used: a, b, c, d, e and 2 more.",
    ]


def test_column_of_paths_alone_may_have_a_header():
    """Also where a list is read."""
    assert rows("path\na.png\n") == [Row("a.png")]
    assert [entry.name for entry in listed(b"filename\na.png\n")] == ["a.png"]


def test_paths_written_on_windows_lead_to_their_files(tmp_path, monkeypatch):
    """Where there is no file of that very name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "signs").mkdir()
    (tmp_path / "signs" / "a.png").touch()
    (tmp_path / "b\\c.png").touch()

    assert [entry.name for entry in listed(b"signs\\a.png\nb\\c.png\n")] == ["signs/a.png", "b\\c.png"]
