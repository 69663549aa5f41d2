"""Boxes from a table for images from elsewhere."""

from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.inputs.box_table import BoxTable
from roadsigns.errors import DataError, ImageError
from roadsigns.types import Box


@pytest.fixture
def table(tmp_path):
    """Make a table of these rows."""

    def make(*rows, header="path,x1,y1,x2,y2"):
        path = tmp_path / "boxes.csv"
        path.write_text("\n".join([header, *rows, ""]))
        return BoxTable(path)

    return make


def entry(local, folder="signs"):
    """An image in a folder."""
    return Entry(f"{folder}/{local}", Path(folder, local), local=local)


def boxes(table, *entries):
    """The box of each, or the reason why there is none."""
    return [
        str(result.image) if isinstance(result.image, ImageError) else result.box for result in table.apply(entries)
    ]


def test_box_is_found_by_the_name_within_the_folder_or_by_the_whole_name(table):
    """The file's name alone is not enough: folders of GTSRB hold equal ones."""
    found = boxes(
        table("a.png,1,2,3,4", "sub/b.png,5,6,7,8", "signs/c.png,1,1,2,2"),
        *map(entry, ["a.png", "sub/b.png", "c.png", "sub/a.png"]),
    )

    assert found[:3] == [Box(1, 2, 3, 4), Box(5, 6, 7, 8), Box(1, 1, 2, 2)]
    assert "no row for 'sub/a.png'" in found[3]


def test_image_of_several_rows_is_several_entries(table):
    """A street shows more than one sign. In the order of the rows."""
    one = table("a.png,1,2,3,4", "b.png,1,1,2,2", "a.png,5,6,7,8")

    assert boxes(one, entry("a.png")) == [Box(1, 2, 3, 4), Box(5, 6, 7, 8)]
    assert one.repeats
    assert not table("a.png,1,2,3,4", "b.png,1,1,2,2").repeats


def test_empty_box_is_the_whole_image(table):
    """Which is then meant, not forgotten."""
    assert boxes(table("a.png,,,,"), entry("a.png")) == [None]


def test_gtsrbs_table_is_read(table):
    """Its last pixels are counted in."""
    header = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"

    assert boxes(table("00000.ppm;53;54;6;5;48;49;16", header=header), entry("00000.ppm")) == [Box(6, 5, 49, 50)]


def test_faulty_row_is_the_fault_of_its_image(table):
    """The others continue."""
    bad, good = boxes(table("a.png,1,2,x,4", "b.png,1,2,3,4"), entry("a.png"), entry("b.png"))

    assert "row 2: '1,2,x,4' is not a box" in bad
    assert good == Box(1, 2, 3, 4)


def test_what_could_not_be_read_keeps_its_reason(table):
    """No row is looked for."""
    one = table("a.png,1,2,3,4")

    assert boxes(one, Entry("a.png", ImageError("the reason"), local="a.png")) == ["the reason"]
    assert one.unused() == (1, "a.png")


def test_rows_without_an_image_are_counted(table):
    """With the first of them."""
    one = table("a.png,1,2,3,4", "b.png,1,2,3,4", "a.png,1,2,3,4", "c.png,1,2,3,4")
    boxes(one, entry("a.png"))

    assert one.unused() == (2, "b.png")
    boxes(one, entry("b.png"), entry("c.png"))
    assert one.unused() == (0, "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        ("", "first line is ''"),
        ("path,name\na.png,b\n", "has no columns"),
    ],
)
def test_table_that_cannot_be_used_is_refused(tmp_path, content, message):
    """Missing, empty, without boxes."""
    path = tmp_path / "boxes.csv"
    if content is not None:
        path.write_text(content)

    with raises(DataError, problem=message, subject=str(path)):
        BoxTable(path)


def test_paths_may_start_from_the_tables_folder(table, tmp_path):
    """As they do where the table itself is read: Kaggle's Test.csv names Test/00000.png."""
    inside = Entry(str(tmp_path / "Test" / "a.png"), tmp_path / "Test" / "a.png", local="a.png")

    assert boxes(table("Test/a.png,1,2,3,4"), inside) == [Box(1, 2, 3, 4)]
