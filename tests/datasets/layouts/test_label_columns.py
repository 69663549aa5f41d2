"""Tables with several columns that may hold the labels."""

import pytest
from fixtures.errors import raises

from roadsigns.datasets.layouts.table_layout import TableLayout
from roadsigns.errors import DataError


@pytest.fixture
def write(tmp_path):
    """Write a table of two images; gives its layout."""

    def write(*lines):
        for name in ("1.png", "2.png"):
            (tmp_path / name).touch()
        (tmp_path / "t.csv").write_text("\n".join([*lines, ""]))
        return TableLayout.recognise(tmp_path / "t.csv")

    return write


@pytest.mark.parametrize("names", ["class_id,class_name", "Label,Class Name", "ClassId,label"])
def test_names_beside_numbers_keep_the_numbers(write, names):
    """Not natural order, in which "ant" would be the first."""
    layout = write(f"path,{names}", "1.png,0,zebra", "2.png,1,ant")

    assert [sign.name for sign in layout.spec.classes] == ["zebra", "ant"]
    assert [row.class_id for row in layout.training()] == [0, 1]


def test_number_without_a_class_shifts_none(write):
    layout = write("path,class_name,class_id", "1.png,zebra,2", "2.png,ant,0")

    assert [sign.name for sign in layout.spec.classes] == ["ant", "1", "zebra"]


def test_columns_that_say_the_same_are_one(write):
    layout = write("path,label,ClassId", "1.png,3,3", "2.png,1,1")

    assert [row.class_id for row in layout.training()] == [3, 1]


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ("path,label,Label", ("1.png,stop,yield", "2.png,stop,stop")),
        ("path,label,ClassId", ("1.png,3,4", "2.png,1,1")),
        ("path,class_id,class_name", ("1.png,0,zebra", "2.png,0,ant")),
        ("path,class_id,class_name", ("1.png,0,ant", "2.png,1,ant")),
        ("path,class_id,class_name", ("1.png,0,zebra", "2.png,,ant")),
        ("path,class_id,class_name", ("1.png,10000,zebra", "2.png,1,ant")),
        ("path,class_id,class_name,label", ("1.png,0,zebra,z", "2.png,1,ant,a")),
    ],
)
def test_columns_that_contradict_each_other_are_refused(write, header, lines):
    names = header.removeprefix("path,").replace(",", ", ")
    with raises(DataError, problem=f"several columns of labels: {names}.", subject="t.csv"):
        write(header, *lines)


def test_columns_that_nothing_uses_are_named(write):
    layout = write("path,label,sequence,camera", "1.png,stop,1,a", "2.png,stop,2,b")

    assert layout.title == "a CSV table of paths and labels, columns not used: sequence, camera"
