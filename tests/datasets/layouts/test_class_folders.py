"""One folder per class. No image is opened, so the images are empty files."""

import os

import pytest
from fixtures.errors import raises

from roadsigns.datasets.layouts.class_folders import ClassFolders
from roadsigns.datasets.layouts.layout import Row
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.errors import DataError

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"


def write(data, **names):
    """Write a folder per class."""
    for folder, files in names.items():
        (data / folder).mkdir(parents=True)
        for name in files:
            (data / folder / name).touch()
    return ClassFolders.recognise(data)


def problems_of(layout):
    return [item for item in layout.training() if isinstance(item, Problem)]


def test_folders_are_classes_in_natural_order(tmp_path):
    """Images beside the folders are a warning; hidden folders are passed over."""
    (tmp_path / "stray.png").touch()

    layout = write(tmp_path, **{"sign 10": ["a.png"], "sign 2": ["7_0.png"], ".git": ["x.png"]})

    assert [sign.name for sign in layout.spec.classes] == ["sign 2", "sign 10"]
    assert list(layout.training()) == [
        Problem("ignored-files", "stray.png", "1 image beside the class folders"),
        Row("sign 2", "7_0.png", 0, "7"),
        Row("sign 10", "a.png", 1),
    ]
    assert (layout.has_training, layout.has_test, list(layout.test())) == (True, False, [])


def test_numbers_are_labels(tmp_path):
    """A missing one shifts none; two of a kind are an error, and so is a number that is a date."""
    layout = write(tmp_path, **{"1": ["a.png"], "3": ["b.png"]})
    assert [(sign.class_id, sign.name) for sign in layout.spec.classes] == [(0, "0"), (1, "1"), (2, "2"), (3, "3")]

    layout = write(tmp_path, **{"03": ["c.png"]})
    assert [problem.kind for problem in problems_of(layout)] == ["same-class"]

    layout = write(tmp_path, **{"20261122": ["d.png"]})
    assert [problem.kind for problem in problems_of(layout)] == ["class-number"]


@pytest.mark.parametrize(("boxed", "unboxed"), [((), []), (("bus",), ["tram"]), (("bus", "tram"), [])])
def test_class_without_boxes_beside_one_with_boxes_is_a_warning(tmp_path, boxed, unboxed):
    """The network would see whole images of one class and cut out signs of the other. An empty folder is neither."""
    (tmp_path / "empty").mkdir()
    layout = write(tmp_path, bus=["a.png"], tram=["a.png"])
    for name in boxed:
        (tmp_path / name / f"GT-{name}.csv").write_text(f"{HEADER}\na.png;30;31;5;6;24;25;0\n")

    problems = problems_of(layout)

    assert [(problem.kind, problem.file) for problem in problems] == [("no-boxes", name) for name in unboxed]
    assert {problem.level for problem in problems} <= {"warning"}


def test_folder_whose_name_is_not_utf_8_is_no_class(tmp_path):
    """Its name would be the class's, in model files and tables."""
    layout = write(tmp_path, **{"stop": ["a.png"], os.fsdecode(b"s\xfcd"): ["b.png"]})

    (problem,) = problems_of(layout)
    assert problem.kind == "class-name"
    with raises(DataError, problem=r"not UTF-8: s\xfcd.", hint="Rename the folder", subject=os.fsdecode(b"s\xfcd")):
        raise problem.as_error(tmp_path)


@pytest.mark.parametrize(("name", "advice"), [("t.csv", True), ("t.parquet", True), ("t.heic", False)])
def test_table_beside_class_folders_is_told_with_what_to_do(tmp_path, name, advice):
    """Its images may be in what looks like a class folder."""
    (tmp_path / name).touch()

    (problem,) = problems_of(write(tmp_path, train=["1.png"]))

    assert problem.message.startswith("1 .")
    assert ("give the file itself" in problem.message) is advice
