"""Annotation files row by row, faulty rows included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.layouts.annotations import Annotation, read_annotations
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.types import Box

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
GOOD = ("b.ppm", Annotation("GT.csv", 3, 30, 31, 5, 6, 25, 26, 7))


def rows_of(folder, *lines, header=HEADER, spec=GTSRB, labelled=False):
    (folder / "GT.csv").write_text("\n".join([header, *lines]) + "\n")
    return list(read_annotations(folder, "GT.csv", spec=spec, labelled=labelled))


def test_row_is_size_box_and_class(tmp_path):
    """Corners are inclusive on disk and exclusive here."""
    ((name, annotation),) = rows_of(tmp_path, "a.ppm;30;31;5;6;24;25;7")

    assert (name, annotation.line, annotation.class_id) == ("a.ppm", 2, 7)
    assert (annotation.width, annotation.height, annotation.box) == (30, 31, Box(5, 6, 25, 26))
    assert annotation.fits


def test_columns_may_stand_in_any_order(tmp_path):
    """Other columns and blank lines are ignored."""
    header = "ClassId;Roi.Y2;Roi.X2;Roi.Y1;Roi.X1;Height;Width;Seen;Filename"

    assert rows_of(tmp_path, " ", "7;25;24;6;5;31;30;yes;b.ppm", header=header) == [GOOD]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a.ppm;30;31;5;six;24;25;7", "expected whole numbers, got a.ppm;30;31;5;six;24;25;7"),
        ("a.ppm;30;31;5", "expected whole numbers"),
        ("a.ppm;30;31;5;6;24;25;43", "class 43 is not one of GTSRB's, which are 0 to 42"),
        ("a.ppm;30;31;5;6;24;25;-1", "class -1"),
        ("../a.ppm;30;31;5;6;24;25;7", "'../a.ppm' is not a plain file name"),
        (";30;31;5;6;24;25;7", "'' is not a plain file name"),
        ("a.ppm;30;31;5;6;24;25000000000;7", "expected whole numbers"),
    ],
)
def test_faulty_row_says_its_line_and_its_problem_and_stops_nothing(tmp_path, line, message):
    """The next row is read."""
    (name, faulty), good = rows_of(tmp_path, line, "b.ppm;30;31;5;6;24;25;7")

    assert name == line.partition(";")[0]
    assert (faulty.kind, faulty.file, faulty.line) == ("bad-row", "GT.csv", 2)
    assert message in faulty.message
    assert good == GOOD


def test_other_data_sets_have_other_classes(tmp_path):
    """Where nobody says which data set it is, any number is a label."""
    ((_, annotation),) = rows_of(tmp_path, "a.ppm;30;31;5;6;24;25;61", spec=None)

    assert annotation.class_id == 61


def test_class_is_required_where_nothing_else_gives_it(tmp_path):
    """A training folder names its class; a test image has only its row."""
    line = "a.ppm;30;31;5;6;24;25;"

    assert rows_of(tmp_path, line)[0][1].class_id is None
    assert rows_of(tmp_path, line, labelled=True)[0][1].kind == "bad-row"
    ((_, problem),) = rows_of(tmp_path, line, header=HEADER.removesuffix(";ClassId"), labelled=True)
    assert problem.kind == "bad-annotations"
    assert "lacks the column ClassId" in problem.message


@pytest.mark.parametrize("header", ["", "Filename,Width", HEADER.replace("Roi.X1", "X1")])
def test_file_without_its_columns_is_one_problem(tmp_path, header):
    """It names what is missing."""
    ((name, problem),) = rows_of(tmp_path, "a.ppm;30;31;5;6;24;25;7", header=header)

    assert (name, problem.kind) == ("", "bad-annotations")
    assert "lacks the column" in problem.message
    assert "Roi.X1" in problem.message


@given(content=st.binary(max_size=300))
def test_no_content_is_a_crash(tmp_path_factory, content):
    """Only annotations and problems come, whatever the bytes are."""
    folder = tmp_path_factory.mktemp("csv")
    (folder / "GT.csv").write_bytes(HEADER.encode() + b"\n" + content)

    for _, found in read_annotations(folder, "GT.csv", spec=GTSRB, labelled=True):
        assert isinstance(found, Problem) or found.class_id is not None
