"""GTSDB's layout: one table of boxes for a folder of images."""

import pytest
from fixtures.errors import raises
from fixtures.scenes import write_gtsdb

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.scenes import Scene, read_scene_set
from roadsigns.datasets.scenes.gtsdb import read_gtsdb, read_unopened
from roadsigns.errors import DataError
from roadsigns.types import Box


def test_scenes_come_in_natural_order_with_boxes_and_names(tmp_path):
    """Inclusive pixels become exclusive; the table may name another suffix, and leave images without signs out."""
    folder = write_gtsdb(
        tmp_path, ["10.ppm;0;0;99;59;14", "2.ppm;5;6;14;25;1", "10.ppm;1;1;10;10;38"], ["10.png", "2.png", "3.png"]
    )

    found = read_gtsdb(folder)

    assert [scene.path.name for scene in found.scenes] == ["2.png", "3.png", "10.png"]
    assert [scene.boxes for scene in found.scenes] == [
        (Box(5, 6, 15, 26),),
        (),
        (Box(0, 0, 100, 60), Box(1, 1, 11, 11)),
    ]
    assert [[sign.name for sign in scene.signs] for scene in found.scenes] == [
        ["speed limit 30"],
        [],
        ["stop", "keep right"],
    ]
    assert found.classes == tuple(sign.name for sign in GTSRB_CLASSES)
    assert (found.layout, found.source, found.problems) == ("gtsdb", folder, ())


def test_other_numbers_than_gtsrbs_are_their_own_names(tmp_path):
    """Then none of them is GTSRB's."""
    found = read_gtsdb(write_gtsdb(tmp_path, ["00000.png;1;1;9;9;43", "00001.png;1;1;9;9;2"]))

    assert found.classes == tuple(map(str, range(44)))
    assert [scene.signs[0].name for scene in found.scenes] == ["43", "2"]


@pytest.mark.parametrize("suffix", ["ppm", "png", "jpg", "webp", "bmp", "avif"])
def test_any_image_format_is_read(tmp_path, suffix):
    """Its size from the header."""
    found = read_gtsdb(write_gtsdb(tmp_path, ["1.ppm;90;50;120;70;1"], [f"1.{suffix}"]))

    assert found.scenes[0].boxes == (Box(90, 50, 100, 60),)
    assert [problem.kind for problem in found.problems] == ["box-cut"]


def test_labels_without_an_image_are_told_once_for_each_image(tmp_path):
    """As after unpacking half of the scenes with the whole table."""
    lines = ["00000.png;1;1;9;9;1", "00007.png;1;1;9;9;1", "00007.png;20;1;29;9;1", "00008.png;1;1;9;9;1"]
    found = read_gtsdb(write_gtsdb(tmp_path, lines))

    assert [(problem.kind, problem.message) for problem in found.problems] == [
        ("no-image", "00007"),
        ("no-image", "00008"),
    ]
    assert found.problems[0].place.endswith("gt.txt, line 2")


def test_image_that_cannot_be_read_is_left_out_and_told(tmp_path):
    """The others stay."""
    folder = write_gtsdb(tmp_path, ["00000.png;1;1;9;9;1", "00001.png;1;1;9;9;1"])
    (folder / "00000.png").write_bytes(b"broken")

    found = read_gtsdb(folder)

    assert [scene.path.name for scene in found.scenes] == ["00001.png"]
    assert [problem.kind for problem in found.problems] == ["unreadable-image"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("00001.png;1;2;3;4", "Line 2 is '00001.png;1;2;3;4'"),
        ("00001.png;1;2;3;4;5;6", "Line 2"),
        ("00001.png;1;2;3.5;4;5", "Line 2"),
        ("00001.png;1;2;3;4;stop", "Line 2"),
        ("00001.png;1;2;3;4;-1", "Line 2 has the class -1"),
        ("00001.png,1,2,3,4,5", "Line 2"),
    ],
)
@pytest.mark.parametrize("read", [read_gtsdb, read_unopened])
def test_line_that_is_no_box_is_refused_by_its_number(tmp_path, line, problem, read):
    folder = write_gtsdb(tmp_path, ["00000.png;1;1;9;9;1", line])

    with raises(DataError, problem=problem, subject="gt.txt"):
        read(folder)


def test_table_that_is_no_text_is_refused(tmp_path):
    folder = write_gtsdb(tmp_path, [])
    (folder / "gt.txt").write_bytes(b"\xff\xfe\x00broken")

    with raises(DataError, problem="no table of boxes", subject="gt.txt"):
        read_gtsdb(folder)


def test_box_outside_its_image_is_refused_with_its_line(tmp_path):
    """The table belongs to larger images."""
    folder = write_gtsdb(tmp_path, ["00000.png;1;1;9;9;1", "00001.png;774;411;815;446;11"])

    with raises(DataError, problem="outside", subject="gt.txt, line 2"):
        read_gtsdb(folder)


def test_scenes_for_background_windows_open_no_image(tmp_path):
    """What is broken shows when it is cut from."""
    folder = write_gtsdb(tmp_path, ["00000.png;1;1;9;9;1", "00000.png;1;1;9;9;1"])
    (folder / "00000.png").write_bytes(b"broken")

    scenes = read_unopened(folder)

    assert [scene.boxes for scene in scenes] == [(Box(1, 1, 10, 10),) * 2, ()]
    assert all(isinstance(scene, Scene) for scene in scenes)


def test_scenes_for_background_windows_have_sound_boxes(tmp_path):
    """A window could show the sign of a box that ends before it begins."""
    folder = write_gtsdb(tmp_path, ["00000.png;50;50;10;10;1"])

    with raises(DataError, problem="ends before it begins"):
        read_unopened(folder)


@pytest.mark.gtsdb
@pytest.mark.filterwarnings("ignore:In .*stands twice")
def test_real_scenes_are_read_with_all_boxes(gtsdb_folder):
    """Every line is a sign, but for the one of image 340 that stands twice; unlabelled ones come from a list."""
    found = read_scene_set(gtsdb_folder)
    lines = (gtsdb_folder / "gt.txt").read_text().splitlines()

    assert found.layout == "gtsdb"
    labelled = [sign for scene in found.scenes for sign in scene.signs if not sign.ignored]
    assert len(labelled) == len(lines) - 1
    assert [(problem.kind, problem.message) for problem in found.problems] == [("box-twice", "(827, 543, 852, 568)")]
    assert {sign.class_id for sign in labelled} == set(range(43))
