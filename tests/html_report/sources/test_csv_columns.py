"""Anybody's predictions as CSV: the columns, and clear words for what does not fit."""

import lzma

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.html_report.sources.csv_columns import is_own_format, read_foreign


@pytest.fixture
def written(tmp_path):
    """Write lines into a CSV file."""

    def write(*lines):
        path = tmp_path / "predictions.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def test_names_and_numbers_are_classes(written):
    """Columns in any order, names in any spelling."""
    path = written("prediction,image,truth", "Stop,a.png,stop", "1,b.png,give_way", "0,c.png,give way")

    read = read_foreign(path, classes=["give way", "stop"])

    assert read.images == ("a.png", "b.png", "c.png")
    assert (read.truths, read.predicted.tolist()) == ((1, 0, 0), [1, 1, 0])
    assert read.confidence is None
    assert read.tracks == (None, None, None)


def test_classes_are_those_that_the_file_names(written):
    path = written("image,truth,prediction,probability,track", "a,stop,stop,0.5,1", "b,10,ferry,1,", "c,9,9,0,2")

    read = read_foreign(path)

    assert read.classes == ("9", "10", "ferry", "stop")
    assert read.confidence.tolist() == [0.5, 1, 0]
    assert read.tracks == ("1", None, "2")


@pytest.mark.parametrize("line", ["a,14,stop", "a,stop,14"])
def test_numbers_are_not_compared_with_names(written, line):
    """Every image would count as misread."""
    path = written("image,truth,prediction", line)

    with raises(DataError, problem="so none can be right", hint="--classes"):
        read_foreign(path)
    assert read_foreign(path, classes=[f"class {number}" for number in range(14)] + ["stop"]).predicted.tolist() == [14]


def test_numbers_alone_are_labels(written):
    assert read_foreign(written("image,truth,prediction", "a,0,2")).classes == ("class 0", "class 1", "class 2")


def test_probabilities_of_all_classes_make_the_prediction(written):
    path = written("image,truth,stop,ferry", "a,stop,0.9,0.1", "b,stop,0.2,0.8")

    read = read_foreign(path)

    assert read.classes == ("ferry", "stop")
    assert read.predicted.tolist() == [1, 0]
    assert read.probabilities[:, 0].tolist() == pytest.approx([0.1, 0.8])


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["name,prediction", "a,b"], "It has no column 'image'"),
        (["image,truth", "a,b"], "It has no column 'prediction'"),
        (["image,prediction,prediction", "a,b,c"], "Two columns have the same name"),
        (["image,prediction"], "holds no predictions"),
        (["image,prediction", "a"], "Line 2 has 1 fields instead of 2"),
        (["image,prediction", "a,b", "a,b"], "Line 3 names 'a' a second time"),
        (["image,prediction", ",b"], "Line 2 names no image"),
        (["image,truth,prediction", "a,b,b", "c,,b"], "Line 3, 'truth': the class is missing"),
        (["image,truth,prediction", "a,b, "], "Line 2, 'prediction': the class is missing"),
        (["image,prediction,probability", "a,b,much"], "'much' is no number"),
        (["image,prediction,probability", "a,b,99.8"], "99.8 is no probability"),
        (["image,prediction,probability", "a,b,nan"], "nan is no probability"),
        (["image,truth,prediction,ferry", "a,stop,ferry,0.5"], "There are probabilities of 1 of 2 classes"),
        (["image,truth,stop,ferry", "a,stop,3.5,-1"], "is no probability"),
        (["image,truth,stop,ferry", "a,stop,0.5,0.2"], "add up to 0.7"),
        (["image,truth,probability,stop,ferry", "a,stop,0.5,0.9,0.1"], "Line 2, 'probability': it is 0.5, and 0.9"),
        (["image,truth,prediction,stop,ferry", "a,stop,stop,0.1,0.9"], "is not the most probable one"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line(written, lines, problem):
    with raises(DataError, problem=problem, subject="predictions.csv"):
        read_foreign(written(*lines))


def test_unknown_classes_are_told(written):
    path = written("image,truth,prediction", "a,stop,stop", "b,tram,stop")

    with raises(DataError, problem="Line 3, 'truth': there is no class 'tram'", hint="--classes"):
        read_foreign(path, classes=["stop"])


def test_column_that_is_no_class_is_told(written):
    with raises(DataError, problem="The column 'remark' is none of image", hint="Leave the column out"):
        read_foreign(written("image,prediction,remark", "a,stop,x"), classes=["stop"])


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
        read_foreign(written(header, row))


def test_missing_file_and_pipe_are_told(tmp_path):
    with raises(DataError, problem="cannot be read: No such file"):
        is_own_format(tmp_path / "nothing.csv")


@pytest.mark.parametrize("number", ["900000000", "9" * 5000, "9" * 5000 + ".0"])
@pytest.mark.parametrize("column", ["truth", "prediction"])
def test_large_class_numbers_are_refused(written, number, column):
    """They would be given as many names."""
    path = written(f"image,track,{column}" + (",prediction" if column == "truth" else ""), *_rows_of(column, number))

    with raises(DataError, problem="Line 3: the class number 9", expected="0 to 9,999", hint="--classes"):
        read_foreign(path)
    with raises(DataError, problem="Line 3, "):
        read_foreign(path, classes=["stop", "ferry"])


def _rows_of(column, number):
    end = ",1" if column == "truth" else ""
    return f"a,,1{end}", f"b,,{number}{end}"


def test_negative_number_among_numbers_is_refused(written):
    with raises(DataError, problem="Line 2: the class number -1 is negative", hint="--classes"):
        read_foreign(written("image,truth,prediction", "a,-1,2"))


def test_whole_floats_are_numbers(written):
    """pandas writes them so where a column has gaps."""
    path = written("image,truth,prediction", "a,1,1.0", "b,2.0,2")

    read = read_foreign(path)

    assert read.classes == ("class 0", "class 1", "class 2")
    assert (read.truths, read.predicted.tolist()) == ((1, 2), [1, 2])
    assert read_foreign(path, classes=["a", "b", "c"]).predicted.tolist() == [1, 2]


def test_whole_floats_are_numbers_beside_names(written):
    read = read_foreign(written("image,truth,prediction", "a,9,9.0", "b,stop,stop"))

    assert read.classes == ("9", "stop")
    assert (read.truths, read.predicted.tolist()) == ((0, 1), [0, 1])


def test_blank_lines_and_lines_in_quotes_are_counted(written):
    with raises(DataError, problem="Line 6, 'probability'"):
        read_foreign(written("image,prediction,probability", "", '"a', 'b",stop,1', "", "c,stop,2"))


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
def test_other_encodings_are_told(tmp_path, encoding):
    path = tmp_path / "mine.csv"
    path.write_bytes("image,truth,prediction\na,Fußgänger,Fußgänger\n".encode(encoding))

    with raises(DataError, problem="The file is not UTF-8 text", hint="Save it as UTF-8", subject="mine.csv"):
        read_foreign(path)


def test_packed_file_is_read(tmp_path):
    path = tmp_path / "mine.csv.xz"
    path.write_bytes(lzma.compress(b"image,truth,prediction\na,stop,stop\n"))

    assert not is_own_format(path)
    assert read_foreign(path).classes == ("stop",)


def test_broken_packed_file_is_told(tmp_path):
    path = tmp_path / "mine.csv.xz"
    path.write_bytes(b"image,truth,prediction\n")

    with raises(DataError, problem="The predictions cannot be read", subject="mine.csv.xz"):
        is_own_format(path)
