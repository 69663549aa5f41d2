"""Class folders and the test set with their annotation files. No image is opened, so the images are empty files."""

import numpy as np
import pytest

from roadsigns.dataset_check.class_folder import UNKNOWN, read_official_class, read_plain_class, read_test_images
from roadsigns.dataset_check.findings import Findings

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
CLASS = "Final_Training/Images/00003"
TEST = "Final_Test/Images"


def write(data, folder, names, lines, table):
    """Write empty images and an annotation file."""
    (data / folder).mkdir(parents=True)
    for name in names:
        (data / folder / name).touch()
    (data / table).write_text("\n".join([HEADER, *lines]) + "\n")


def line(name, class_id=3):
    return f"{name};30;31;5;6;24;25;{class_id}"


def kinds(findings):
    return {finding.kind: [item.paths[0] for item in finding.items] for finding in findings.collected()}


def test_official_class_has_size_box_and_class_of_every_image(tmp_path):
    """Without a finding."""
    write(tmp_path, CLASS, ["a.ppm", "b.ppm"], [line("b.ppm"), line("a.ppm")], f"{CLASS}/GT-00003.csv")
    findings = Findings()

    part = read_official_class(tmp_path, CLASS, 3, findings)

    assert (part.folder, part.names) == (CLASS, ["a.ppm", "b.ppm"])
    np.testing.assert_array_equal(part.class_id, [3, 3])
    np.testing.assert_array_equal(part.size, [[30, 31]] * 2)
    np.testing.assert_array_equal(part.box, [[5, 6, 25, 26]] * 2)
    assert part.annotated.all()
    assert findings.collected() == ()


def test_every_disagreement_of_rows_and_images_is_reported(tmp_path):
    """An image without a row, a row without an image, another class, a row twice, a row that makes no sense."""
    names = ["a.ppm", "b.ppm", "c.ppm", "d.ppm"]
    lines = [line("gone.ppm"), line("b.ppm", 4), line("c.ppm"), line("c.ppm"), line("d.ppm", "x")]
    write(tmp_path, CLASS, names, lines, f"{CLASS}/GT-00003.csv")
    findings = Findings()

    part = read_official_class(tmp_path, CLASS, 3, findings)

    assert kinds(findings) == {
        "bad-row": [f"{CLASS}/GT-00003.csv"],
        "row-twice": [f"{CLASS}/c.ppm"],
        "no-row": [f"{CLASS}/a.ppm"],
        "no-file": [f"{CLASS}/gone.ppm"],
        "wrong-class": [f"{CLASS}/b.ppm"],
    }
    np.testing.assert_array_equal(part.annotated, [False, True, True, False])
    np.testing.assert_array_equal(part.class_id, [3, 3, 3, 3])


def test_unusable_annotation_file_is_one_finding_and_the_images_stay(tmp_path):
    """Not one for each image."""
    write(tmp_path, CLASS, ["a.ppm", "b.ppm"], [], f"{CLASS}/GT-00003.csv")
    (tmp_path / CLASS / "GT-00003.csv").write_bytes(b"\xff\xff\n")
    findings = Findings()

    part = read_official_class(tmp_path, CLASS, 3, findings)

    assert kinds(findings) == {"bad-annotations": [f"{CLASS}/GT-00003.csv"]}
    assert len(part.names) == 2
    assert not part.annotated.any()


@pytest.mark.parametrize(("names", "expected"), [(["a.ppm"], {"no-annotations": [CLASS]}), ([], {})])
def test_missing_annotation_file_is_a_finding_where_there_are_images(tmp_path, names, expected):
    """An empty class folder needs none."""
    write(tmp_path, CLASS, names, [], "elsewhere.csv")
    findings = Findings()

    read_official_class(tmp_path, CLASS, 3, findings)

    assert kinds(findings) == expected


@pytest.mark.parametrize("place", ["GT-final_test.csv", "Final_Test/GT-final_test.csv", f"{TEST}/GT-final_test.csv"])
def test_test_images_get_their_class_from_the_annotations(tmp_path, place):
    """At any of the three places; an image that they do not name has no class."""
    write(tmp_path, TEST, ["00000.ppm", "00001.ppm"], [line("00001.ppm", 14)], place)
    findings = Findings()

    part = read_test_images(tmp_path, findings)

    np.testing.assert_array_equal(part.class_id, [UNKNOWN, 14])
    assert kinds(findings) == {"no-row": [f"{TEST}/00000.ppm"]}


def test_test_images_without_labels_are_one_finding(tmp_path):
    """The label-less file of the official archive is no annotation file."""
    write(tmp_path, TEST, ["00000.ppm", "00001.ppm"], [], "GT-final_test.test.csv")
    findings = Findings()

    part = read_test_images(tmp_path, findings)

    assert (part.class_id == UNKNOWN).all()
    assert kinds(findings) == {"no-annotations": [TEST]}


def test_plain_class_has_no_annotations(tmp_path):
    """A CSV file in it is not read, and that is said."""
    write(tmp_path, "stop", ["a.png"], [], "stop/boxes.csv")
    findings = Findings()

    part = read_plain_class(tmp_path, "stop", 1, findings)

    assert part.names == ["a.png"]
    np.testing.assert_array_equal(part.class_id, [1])
    assert kinds(findings) == {"ignored-files": ["stop"]}
