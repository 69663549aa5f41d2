"""Anybody's predictions as CSV: the columns, and clear words for what does not fit."""

import lzma

import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.html_report.sources.from_csv.columns import is_own_format, read_columns


def test_names_and_numbers_are_classes(written):
    """Columns in any order, names in any spelling."""
    path = written("prediction,image,truth", "Stop,a.png,stop", "1,b.png,give_way", "0,c.png,give way")

    read = read_columns(path, classes=["give way", "stop"])

    assert read.images == ("a.png", "b.png", "c.png")
    assert (read.truths, read.predicted.tolist()) == ((1, 0, 0), [1, 1, 0])
    assert read.confidence is None
    assert read.tracks == (None, None, None)


def test_path_is_one_image_however_it_is_written(written):
    """So it is found in the data, too. Addresses stay as they are."""
    path = written("image,prediction", "./a.png,stop", "x/./b.png,stop", "https://a.org//c.png,stop", "../d.png,stop")

    assert read_columns(path).images == ("a.png", "x/b.png", "https://a.org//c.png", "../d.png")


def test_probabilities_of_all_classes_make_the_prediction(written):
    path = written("image,truth,stop,ferry", "a,stop,0.9,0.1", "b,stop,0.2,0.8")

    read = read_columns(path)

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
        (["image,prediction", "a,b", "./a,b"], "Line 3 names 'a' a second time"),
        (["image,prediction", "x/a,b", "./x//a,b"], "Line 3 names 'x/a' a second time"),
        (["image,prediction", ",b"], "Line 2 names no image"),
        (["image,truth,prediction", "a,b,b", "c,,b"], "Line 3, 'truth': the class is missing"),
        (["image,truth,prediction", "a,b, "], "Line 2, 'prediction': the class is missing"),
        (["image,prediction,probability", "a,b,much"], "'much' is no number"),
        (["image,prediction,probability", "a,b,"], "Line 2, 'probability': there is no number"),
        (["image;prediction;probability", "a;b;0,9"], "Line 2, 'probability': '0,9' is no number"),
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
        read_columns(written(*lines))


@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_are_separated_as_in_the_header(written, separator):
    """By a spreadsheet's semicolons or tabs; a path may hold commas then."""
    path = written(*(separator.join(fields) for fields in (["prediction", '"image"'], ["stop", "a,b.png"])))

    read = read_columns(path)

    assert read.images == ("a,b.png",)
    assert read.classes == ("stop",)


def test_names_of_classes_may_hold_semicolons(written):
    path = written("image,truth,a;b;c;d;e,stop", "x,stop,0.1,0.9")

    assert read_columns(path).classes == ("a;b;c;d;e", "stop")


def test_unknown_classes_are_told(written):
    path = written("image,truth,prediction", "a,stop,stop", "b,tram,stop")

    with raises(DataError, problem="Line 3, 'truth': there is no class 'tram'", hint="--classes"):
        read_columns(path, classes=["stop"])


def test_column_that_is_no_class_is_told(written):
    with raises(DataError, problem="The column 'remark' is none of image", hint="Leave the column out"):
        read_columns(written("image,prediction,remark", "a,stop,x"), classes=["stop"])


def test_missing_file_and_pipe_are_told(tmp_path):
    with raises(DataError, problem="cannot be read: No such file"):
        is_own_format(tmp_path / "nothing.csv")


def test_blank_lines_and_lines_in_quotes_are_counted(written):
    with raises(DataError, problem="Line 6, 'probability'"):
        read_columns(written("image,prediction,probability", "", '"a', 'b",stop,1', "", "c,stop,2"))


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
def test_other_encodings_are_told(tmp_path, encoding):
    path = tmp_path / "mine.csv"
    path.write_bytes("image,truth,prediction\na,Fußgänger,Fußgänger\n".encode(encoding))

    with raises(DataError, problem="The file is not UTF-8 text", hint="Save it as UTF-8", subject="mine.csv"):
        read_columns(path)


def test_packed_file_is_read(tmp_path):
    path = tmp_path / "mine.csv.xz"
    path.write_bytes(lzma.compress(b"image,truth,prediction\na,stop,stop\n"))

    assert not is_own_format(path)
    assert read_columns(path).classes == ("stop",)


def test_broken_packed_file_is_told(tmp_path):
    path = tmp_path / "mine.csv.xz"
    path.write_bytes(b"image,truth,prediction\n")

    with raises(DataError, problem="The predictions cannot be read", subject="mine.csv.xz"):
        is_own_format(path)
