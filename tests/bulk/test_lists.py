"""Lists of paths and tables of boxes, from files and from standard input."""

import io
import os
import tracemalloc
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.bulk import lists
from roadsigns.bulk.entries import Extent
from roadsigns.bulk.lists import Row, StreamedList, TableFile, read_rows
from roadsigns.errors import DataError, ImageError
from roadsigns.types import Box

GTSRB = """Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId
00000.ppm;53;54;6;5;48;49;16
00001.ppm;42;45;5;5;36;40;1
"""
# What a line of a list cannot hold.
NAMES = st.text(st.characters(exclude_characters="\0\n\r\ufeff", codec="utf-8"), min_size=1, max_size=30)


def listed(content):
    """What standard input of this content asks for."""
    return list(StreamedList(io.BytesIO(content)).entries())


def rows(text):
    """The rows of a CSV file of this content."""
    return list(read_rows(io.BytesIO(text.encode()), "boxes.csv"))


@pytest.mark.parametrize(
    "content",
    [
        b"a.png\nsub dir/b.png\n",
        b"a.png\r\nsub dir/b.png",
        b"\xef\xbb\xbfa.png\n\n\nsub dir/b.png\n\n",
        b"a.png\0sub dir/b.png\0",
    ],
)
def test_list_is_a_path_a_line(content):
    """With any line ends, a byte order mark, empty lines; and what `find -print0` writes."""
    entries = listed(content)

    assert [entry.name for entry in entries] == ["a.png", "sub dir/b.png"]
    assert [entry.image for entry in entries] == [Path("a.png"), Path("sub dir/b.png")]
    assert {entry.box for entry in entries} == {None}


@given(st.lists(NAMES, max_size=8), st.booleans())
def test_any_names_come_back(names, zeros):
    """Commas and quotes too, if there are no columns that are called so; in pieces of any size."""
    names = ["first.png", *names]
    separator = "\0" if zeros else "\n"

    entries = listed("".join(name + separator for name in names).encode())

    assert [entry.name for entry in entries] == names


def test_names_that_are_no_text_come_back():
    """Bytes on the way in are bytes on the way out."""
    (entry,) = listed(b"b\xe4d.png\n")

    assert os.fsencode(entry.image) == b"b\xe4d.png"


def test_line_may_come_in_pieces(monkeypatch):
    """However it is cut."""
    monkeypatch.setattr(lists, "CHUNK_BYTES", 5)

    assert [entry.name for entry in listed(b"one.png\ntwo.png\nthree.png")] == ["one.png", "two.png", "three.png"]


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
    """What `roadsigns predict --format csv` writes of whole images can be read again."""
    assert rows("path,class_id\na.png,3\n") == [Row("a.png", None)]
    with pytest.raises(DataError, match=r"boxes\.csv starts with 'path,class_id'\. Expected a first line such as"):
        list(read_rows(io.BytesIO(b"path,class_id\na.png,3\n"), "boxes.csv", require_boxes=True))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a.png,1,2,3", "'1,2,3,' is no box"),
        ("a.png,1,2,3,x", "'1,2,3,x' is no box"),
        ("a.png,1,2,3,4.5", "is no box"),
        (f"a.png,1,2,3,{10**30}", "larger than any image"),
        (",1,2,3,4", "names no image"),
    ],
)
def test_faulty_row_is_told_of_and_does_not_stop_the_rest(line, message):
    """With its number."""
    first, bad, last = rows(f"path,x1,y1,x2,y2\na.png,1,2,3,4\n{line}\nb.png,1,2,3,4\n")

    assert (first.name, last.name) == ("a.png", "b.png")
    assert isinstance(bad.box, ImageError)
    assert message in str(bad.box)
    assert "boxes.csv, row 3" in str(bad.box)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"path,x1,y1\n", "has columns x1, y1 but lacks x2, y2"),
        (b"Filename;Roi.X1;Roi.Y1;Roi.X2\n", "lacks roi.y2"),
        (b"a.png,1,2,30,40\n", "starts with 'a.png,1,2,30,40', a row without a header"),
        (b"\x89PNG\r\n\x1a\n", "holds an image, an archive or UTF-16"),
        (b"P6 2 2 255\n............", "holds an image"),
        (b"\xff\xfea\0.\0p\0n\0g\0", "UTF-16"),
        (b"a" * 200_000, "has a line of more than 65536 bytes"),
    ],
)
def test_what_is_no_list_is_refused_before_anything_is_read(content, message):
    """What came and what is expected."""
    with pytest.raises(DataError, match=message):
        StreamedList(io.BytesIO(content))


def test_list_that_goes_wrong_later_is_told_of_at_its_end():
    """What came before is good."""
    good, bad = listed(b"a.png\n" + b"b" * 200_000)

    assert good.name == "a.png"
    assert (bad.name, str(bad.image)) == (
        "standard input",
        "standard input has a line of more than 65536 bytes. Expected paths, one a line.",
    )


def test_quote_that_never_ends_is_told_of():
    """CSV's own trap: the rest of the file would be one field."""
    content = b"path,x1,y1,x2,y2\na.png,1,2,3,4\n" + b'"b.png,1,2,3,4\n' + b"c.png,1,2,3,4\n" * 20_001

    good, bad = listed(content)

    assert good.name == "a.png"
    assert "is no CSV from row" in str(bad.image)


def test_tables_paths_start_from_its_folder(tmp_path):
    """As GTSRB's do; the file can tell how much is in it."""
    path = tmp_path / "GT-00000.csv"
    path.write_text(GTSRB)

    table = TableFile(path)

    assert [entry.image for entry in table.entries()] == [tmp_path / "00000.ppm", tmp_path / "00001.ppm"]
    assert [entry.local for entry in table.entries()] == ["00000.ppm", "00001.ppm"]
    assert table.extent() == Extent(2, len(str(tmp_path / "00000.ppm")))
    assert table.has_boxes


def test_table_that_cannot_be_read_is_an_entry_that_says_so(tmp_path):
    """Missing, or without the columns."""
    (missing,) = TableFile(tmp_path / "none.csv").entries()
    assert "No such file" in str(missing.image)

    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    (wrong,) = TableFile(tmp_path / "notes.csv").entries()
    assert "notes.csv starts with 'a,b'. Expected a first line such as path,x1,y1,x2,y2" in str(wrong.image)
    assert not TableFile(tmp_path / "notes.csv").has_boxes


@pytest.mark.parametrize("header", [b"", b"path,x1,y1,x2,y2\n"])
def test_memory_is_flat_however_many_lines(header):
    """Of lists and of tables: thirty times as many lines, made while they are read, take no more."""

    def peak(count):
        line = b"folder/a.png,1,2,30,40\n" if header else b"folder/a.png\n"
        chunks = chain([header + line * 100], repeat(line * 100, count // 100 - 1))
        stream = SimpleNamespace(read1=lambda size: next(chunks, b""))
        tracemalloc.start()
        assert sum(1 for _ in StreamedList(stream).entries()) == count
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(100)
    assert peak(3_000) < peak(100) + 20_000
