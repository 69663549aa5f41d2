"""Class folders with their annotation files. No image is opened, so the images are empty files."""

import pytest

from roadsigns.datasets.layouts.class_folder import read_class_folder
from roadsigns.datasets.layouts.layout import Row
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.types import Box

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"


@pytest.fixture
def write(tmp_path):
    """Write empty images and an annotation file of class 3 with these lines."""

    def write(names, lines, table="GT-00003.csv"):
        (tmp_path / "00003").mkdir()
        for name in names:
            (tmp_path / "00003" / name).touch()
        (tmp_path / "00003" / table).write_text("\n".join([HEADER, *lines]) + "\n")
        return tmp_path

    return write


def line(name, class_id=3):
    return f"{name};30;31;5;6;24;25;{class_id}"


def read(data, **options):
    """The rows and the problems of the folder."""
    items = list(read_class_folder(data, "00003", 3, **options))
    rows = [item for item in items if isinstance(item, Row)]
    return rows, [item for item in items if isinstance(item, Problem)]


def test_class_has_size_box_and_class_of_every_image(write):
    """In the order of the images' names, without a problem."""
    rows, problems = read(write(["1_0.ppm", "b.ppm"], [line("b.ppm"), line("1_0.ppm")]))

    assert problems == []
    assert [(row.folder, row.name, row.class_id, row.track) for row in rows] == [
        ("00003", "1_0.ppm", 3, "1"),
        ("00003", "b.ppm", 3, None),
    ]
    assert [(row.annotation.line, row.annotation.box) for row in rows] == [
        (3, Box(5, 6, 25, 26)),
        (2, Box(5, 6, 25, 26)),
    ]


def test_every_disagreement_of_rows_and_images_is_a_problem(write):
    """An image without a row, a row without an image, another class, a row twice, a row that makes no sense."""
    lines = [line("gone.ppm"), line("b.ppm", 4), line("c.ppm"), line("c.ppm"), line("d.ppm", "x")]

    rows, problems = read(write(["a.ppm", "b.ppm", "c.ppm", "d.ppm"], lines))

    table = "00003/GT-00003.csv"
    assert problems == [
        Problem("no-file", "00003/gone.ppm", table=table, line=2),
        Problem("row-twice", "00003/c.ppm", line=5),
        Problem("bad-row", table, "expected whole numbers, got d.ppm;30;31;5;6;24;25;x", line=6),
        Problem("no-row", "00003/a.ppm", table=table),
        Problem("wrong-class", "00003/b.ppm", "annotated as class 4"),
    ]
    assert [row.annotation is not None for row in rows] == [False, True, True, False]
    assert [row.class_id for row in rows] == [3, 3, 3, 3]


def test_labels_of_another_numbering_are_not_compared(write):
    """A folder with a name of its own may hold another data set's annotations."""
    assert read(write(["b.ppm"], [line("b.ppm", 4)]), checks_class=False)[1] == []


def test_unusable_annotation_file_is_one_problem_and_the_images_stay(write):
    data = write(["a.ppm", "b.ppm"], [])
    (data / "00003" / "GT-00003.csv").write_bytes(b"\xff\xff\n")

    rows, problems = read(data)

    assert [(problem.kind, problem.file) for problem in problems] == [("bad-annotations", "00003/GT-00003.csv")]
    assert [row.annotation for row in rows] == [None, None]


def test_other_csv_files_are_not_read(write):
    rows, problems = read(write(["a.ppm"], [], table="boxes.csv"))

    assert rows == [Row("00003", "a.ppm", 3)]
    assert problems == [Problem("ignored-files", "00003", "1 .csv file")]
