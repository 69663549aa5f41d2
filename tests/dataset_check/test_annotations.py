"""Annotation files row by row, faulty rows included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.dataset_check.annotations import Row, read_rows
from roadsigns.errors import DataError

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"


def rows_of(folder, *lines, header=HEADER, labelled=False):
    table = folder / "GT.csv"
    table.write_text("\n".join([header, *lines]) + "\n")
    return list(read_rows(table, labelled=labelled))


def test_row_is_size_box_and_class(tmp_path):
    """Corners are inclusive on disk and exclusive here."""
    assert rows_of(tmp_path, "a.ppm;30;31;5;6;24;25;7") == [Row(2, "a.ppm", (30, 31), (5, 6, 25, 26), 7)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a.ppm;30;31;5;six;24;25;7", "expected whole numbers, got a.ppm;30;31;5;six;24;25;7"),
        ("a.ppm;30;31;5", "expected whole numbers"),
        ("a.ppm;30;31;5;6;24;25;43", "class 43 is none of GTSRB's 0 to 42"),
        ("a.ppm;30;31;5;6;24;25;-1", "class -1"),
        ("../a.ppm;30;31;5;6;24;25;7", "'../a.ppm' is no plain file name"),
        (";30;31;5;6;24;25;7", "'' is no plain file name"),
        ("a.ppm;30;31;5;6;24;25000000000;7", "numbers above"),
    ],
)
def test_faulty_row_says_its_line_and_its_problem_and_stops_nothing(tmp_path, line, problem):
    """The next row is read."""
    faulty, good = rows_of(tmp_path, line, "b.ppm;30;31;5;6;24;25;7")

    assert faulty.line == 2
    assert problem in faulty.problem
    assert good == Row(3, "b.ppm", (30, 31), (5, 6, 25, 26), 7)


def test_class_is_wanted_where_nothing_else_tells_it(tmp_path):
    """A training folder names its class; a test image has only its row."""
    line = "a.ppm;30;31;5;6;24;25;"

    assert not rows_of(tmp_path, line)[0].problem
    assert rows_of(tmp_path, line, labelled=True)[0].problem
    with pytest.raises(DataError, match="lacks the columns ClassId"):
        rows_of(tmp_path, line, header=HEADER.removesuffix(";ClassId"), labelled=True)


@pytest.mark.parametrize("header", ["", "Filename,Width", HEADER.replace("Roi.X1", "X1")])
def test_file_without_its_columns_is_an_error(tmp_path, header):
    """It names what is missing."""
    with pytest.raises(DataError, match=r"lacks the columns .*Roi\.X1"):
        rows_of(tmp_path, header=header)


@given(content=st.binary(max_size=300))
def test_no_content_is_a_crash(tmp_path_factory, content):
    """Rows, faulty rows, or a DataError."""
    table = tmp_path_factory.mktemp("csv") / "GT.csv"
    table.write_bytes(HEADER.encode() + b"\n" + content)

    try:
        rows = list(read_rows(table, labelled=True))
    except DataError:
        return
    assert all(row.problem or row.class_id is not None for row in rows)
