"""The layout of the published archives. No image is opened, so the images are empty files."""

import pytest

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.layouts.gtsrb_layout import GtsrbLayout
from roadsigns.datasets.layouts.layout import Row
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.types import Box

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
CLASS, TEST = "Final_Training/Images/00003", "Final_Test/Images"


def write(data, folder, names, lines, table):
    """Write empty images and an annotation file."""
    (data / folder).mkdir(parents=True)
    for name in names:
        (data / folder / name).touch()
    (data / table).write_text("\n".join([HEADER, *lines]) + "\n")


def line(name, class_id=3):
    return f"{name};30;31;5;6;24;25;{class_id}"


def test_layout_is_recognised_by_its_folders(tmp_path):
    """By that of the training images, that of the test images or both."""
    assert GtsrbLayout.recognise(tmp_path) is None
    (tmp_path / TEST).mkdir(parents=True)

    layout = GtsrbLayout.recognise(tmp_path)

    assert (layout.name, layout.spec) == ("official", GTSRB)
    assert (layout.has_training, layout.has_test) == (False, True)
    (tmp_path / CLASS).mkdir(parents=True)
    assert GtsrbLayout.recognise(tmp_path).has_training


@pytest.mark.parametrize(("names", "problems"), [(["a.ppm"], ["1 image and no GT-00003.csv"]), ([], [])])
def test_missing_annotation_file_is_a_problem_where_there_are_images(tmp_path, names, problems):
    """An empty class folder needs none."""
    write(tmp_path, CLASS, names, [], "elsewhere.csv")

    items = list(GtsrbLayout.recognise(tmp_path).training())

    assert [item.message for item in items if isinstance(item, Problem)] == problems
    assert [item.name for item in items if isinstance(item, Row)] == names


def test_folders_that_are_no_class_are_problems_and_the_others_are_read(tmp_path):
    """One beside the classes, and one class twice."""
    write(tmp_path, CLASS, ["a.ppm"], [line("a.ppm")], f"{CLASS}/GT-00003.csv")
    for name in ("00043", "3"):
        (tmp_path / "Final_Training/Images" / name).mkdir()

    items = list(GtsrbLayout.recognise(tmp_path).training())

    assert [(item.kind, item.paths) for item in items if isinstance(item, Problem)] == [
        ("same-class", (CLASS, "Final_Training/Images/3")),
        ("not-a-class", ("Final_Training/Images/00043",)),
    ]
    assert [item.name for item in items if isinstance(item, Row)] == ["a.ppm"]


@pytest.mark.parametrize("place", ["GT-final_test.csv", "Final_Test/GT-final_test.csv", f"{TEST}/GT-final_test.csv"])
def test_test_images_get_their_class_from_the_annotations(tmp_path, place):
    """At any of the three places; an image that they do not name has no class."""
    write(tmp_path, TEST, ["00000.ppm", "00001.ppm"], [line("00001.ppm", 14)], place)

    problem, unnamed, named = GtsrbLayout.recognise(tmp_path).test()

    assert problem == Problem("no-row", f"{TEST}/00000.ppm", table=place)
    assert unnamed == Row(TEST, "00000.ppm", None)
    assert (named.name, named.class_id, named.annotation.box) == ("00001.ppm", 14, Box(5, 6, 25, 26))


def test_test_images_without_labels_are_one_problem(tmp_path):
    """The label-less file of the official archive is not an annotation file."""
    write(tmp_path, TEST, ["00000.ppm", "00001.ppm"], [], "GT-final_test.test.csv")

    problem, *rows = GtsrbLayout.recognise(tmp_path).test()

    assert (problem.kind, problem.file) == ("no-annotations", TEST)
    assert rows == [Row(TEST, "00000.ppm", None), Row(TEST, "00001.ppm", None)]
