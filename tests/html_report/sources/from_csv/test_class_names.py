"""The classes of a CSV file of predictions, where nobody names them."""

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.html_report.sources.from_csv.columns import read_columns


def test_classes_are_those_that_the_file_names(written):
    path = written("image,truth,prediction,probability,track", "a,stop,stop,0.5,1", "b,10,ferry,1,", "c,9,9,0,2")

    read = read_columns(path)

    assert read.classes == ("9", "10", "ferry", "stop")
    assert read.confidence.tolist() == [0.5, 1, 0]
    assert read.tracks == ("1", None, "2")


@pytest.mark.parametrize("line", ["a,14,stop", "a,stop,14"])
def test_numbers_are_not_compared_with_names(written, line):
    """Every image would count as misread."""
    path = written("image,truth,prediction", line)

    with raises(DataError, problem="so none can be right", hint="--classes"):
        read_columns(path)
    assert read_columns(path, classes=[f"class {number}" for number in range(14)] + ["stop"]).predicted.tolist() == [14]


def test_numbers_alone_are_labels(written):
    assert read_columns(written("image,truth,prediction", "a,0,2")).classes == ("class 0", "class 1", "class 2")


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("id,image,truth,prediction", "0,a,1,1", "id"),
        (",image,truth,prediction", "0,a,stop,stop", ""),
        ("id,image,truth,0,1", "0.5,a,1,0.2,0.8", "id"),
    ],
)
def test_column_that_is_no_class_of_the_file_is_told(written, header, row, name):
    with raises(DataError, problem=f"The column '{name}' is none of image", hint="Leave the column out"):
        read_columns(written(header, row))


@pytest.mark.parametrize("number", ["900000000", "9" * 5000, "9" * 5000 + ".0"])
@pytest.mark.parametrize("column", ["truth", "prediction"])
def test_large_class_numbers_are_refused(written, number, column):
    """They would be given as many names."""
    path = written(f"image,track,{column}" + (",prediction" if column == "truth" else ""), *_rows_of(column, number))

    with raises(DataError, problem="Line 3: the class number 9", expected="0 to 9,999", hint="--classes"):
        read_columns(path)
    with raises(DataError, problem="Line 3, "):
        read_columns(path, classes=["stop", "ferry"])


def _rows_of(column, number):
    end = ",1" if column == "truth" else ""
    return f"a,,1{end}", f"b,,{number}{end}"


def test_negative_number_among_numbers_is_refused(written):
    with raises(DataError, problem="Line 2: the class number -1 is negative", hint="--classes"):
        read_columns(written("image,truth,prediction", "a,-1,2"))


def test_whole_floats_are_numbers(written):
    """pandas writes them so where a column has gaps."""
    path = written("image,truth,prediction", "a,1,1.0", "b,2.0,2")

    read = read_columns(path)

    assert read.classes == ("class 0", "class 1", "class 2")
    assert (read.truths, read.predicted.tolist()) == ((1, 2), [1, 2])
    assert read_columns(path, classes=["a", "b", "c"]).predicted.tolist() == [1, 2]


def test_whole_floats_are_numbers_beside_names(written):
    read = read_columns(written("image,truth,prediction", "a,9,9.0", "b,stop,stop"))

    assert read.classes == ("9", "stop")
    assert (read.truths, read.predicted.tolist()) == ((0, 1), [0, 1])
