"""The columns of a table, in the spellings that people use."""

import math
from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.box_columns import PATHS
from roadsigns.datasets.layouts.table_columns import (
    LABELS,
    SPLITS,
    TRACKS,
    cell_text,
    class_name,
    find_columns,
)
from roadsigns.datasets.layouts.tables import Table
from roadsigns.errors import DataError


def table(header, image=None, names=None):
    return Table(Path("t.csv"), tuple(header.split(",")), image, names or {})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("change", [str, str.upper, str.title])
def test_path_and_label_are_found_in_every_spelling(path, label, change):
    columns = find_columns(table(f"id,{change(label)},{change(path)}"))

    assert columns == (2, 1, None, None, None, None, None, ())


@pytest.mark.parametrize(
    "line", ["photos/1.png,stop", "photos\\1.png,stop,1,2,30,40", "stop,1.JPG", "a,14", "path,3", "1.png"]
)
def test_table_without_a_header_is_refused_with_what_a_header_is(line):
    """Its first row was taken for the names of columns."""
    with raises(DataError, problem=f"'{line}', which names no columns", expected="a header, a first line such as path"):
        find_columns(table(line))


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("split", SPLITS)
def test_track_and_split_are_found(track, split):
    columns = find_columns(table(f"path,label,{track},{split.upper()}"))

    assert (columns.track, columns.split) == (2, 3)


def test_spaces_dots_dashes_and_underscores_make_no_difference():
    columns = find_columns(table("File-Name,Class Name,Track ID,Sub_set,Image.Width"))

    assert (columns.path, columns.label, columns.track, columns.split) == (0, 1, 2, 3)


@pytest.mark.parametrize("label", [True, b"stop", ["stop"], {"name": "stop"}])
def test_label_of_a_type_that_names_no_class_is_refused(label):
    with raises(DataError, problem=f"of the type {type(label).__name__}", subject="t.csv"):
        class_name(["1.png", label], find_columns(table("path,label")), table("path,label"))


def test_column_of_images_takes_the_place_of_paths():
    """Hugging Face's tables may have a path too."""
    assert find_columns(table("file_name,img,label", image="img")).path == 1


def test_box_and_the_size_of_the_image_are_found():
    """A width that belongs to the box is none of the image."""
    columns = find_columns(table("path,label,width,height,xmin,ymin,xmax,ymax"))
    assert (columns.box.places, columns.width, columns.height) == ((4, 5, 6, 7), 2, 3)

    columns = find_columns(table("path,label,x,y,width,height"))
    assert (columns.box.places, columns.width, columns.height) == ((2, 3, 4, 5), None, None)

    columns = find_columns(table("path,label,width"))
    assert (columns.width, columns.height) == (None, None)


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("label,x", "no column of paths; its columns are label, x"),
        ("path,x", "no column of labels; its columns are path, x"),
        ("", "no column of paths"),
    ],
)
def test_missing_column_is_refused_with_those_that_are_there(header, problem):
    """A table without a header too."""
    with raises(DataError, problem=problem, expected="path,label", subject="t.csv"):
        find_columns(table(header))


def test_columns_that_look_like_boxes_are_refused():
    with raises(DataError, problem="look like a box (bbox)", expected="x1,y1,x2,y2", hint="Rename", subject="t.csv"):
        find_columns(table("path,label,bbox"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (" a ", "a"),
        (3, "3"),
        (3.0, "3"),
        ("3.0", "3"),
        ("-1.0", "-1"),
        (3.5, "3.5"),
        (None, ""),
        (math.nan, ""),
        ("version 2.0", "version 2.0"),
        ("1.2.0", "1.2.0"),
    ],
)
def test_field_is_text(value, text):
    """pandas writes the whole numbers of a column with gaps as floats."""
    assert cell_text([value], 0) == text


def test_field_that_is_not_there_is_empty():
    """Of a short row, or of a column that the table lacks."""
    assert cell_text(["a"], 1) == cell_text(["a"], None) == ""


@pytest.mark.parametrize(
    ("label", "name"), [(0, "b"), (1, "a"), ("1", "a"), (1.0, "a"), (2, "2"), ("a", "a"), (-1, ""), (None, "")]
)
def test_number_of_a_class_is_its_name_where_the_table_has_names(label, name):
    """-1 is Hugging Face's number for no label."""
    named = table("path,label", names={"label": ["b", "a"]})

    assert class_name(["1.png", label], find_columns(named), named) == name


def test_label_stays_where_the_table_has_no_names():
    plain = table("path,label", names={"other": ["b", "a"]})

    assert class_name(["1.png", 1], find_columns(plain), plain) == "1"
