"""The layout is recognised and told; several sets or none are an error that says what to give."""

import logging
import shutil
import warnings
from pathlib import Path

import pytest
from fixtures.errors import raises
from fixtures.scenes import coco_content, write_coco, write_gtsdb, write_images, write_yolo

from roadsigns.datasets.scenes import read_scene_set, read_scenes
from roadsigns.errors import DataError

LINE = "0 0.5 0.5 0.2 0.2"
SIGN = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40]}
GTSDB_LINES = ["00000.png;1;1;9;9;14"]


@pytest.mark.parametrize("given", [".", "gt.txt"])
def test_gtsdb_is_recognised(tmp_path, caplog, given):
    """By its table, and the log says what was found."""
    write_gtsdb(tmp_path, GTSDB_LINES)

    with caplog.at_level(logging.INFO):
        found = read_scene_set(tmp_path / given)

    assert (found.layout, len(found.scenes)) == ("gtsdb", 2)
    assert "GTSDB's layout of street scenes: 2 scenes with 1 sign of 1 class, 1 of them without signs." in caplog.text


def test_crops_beside_the_scenes_are_not_read(tmp_path):
    """The official archive has a folder of them for each class."""
    write_gtsdb(tmp_path / "FullIJCNN2013", GTSDB_LINES)
    write_images(tmp_path / "FullIJCNN2013" / "00", ["00001.png"])

    assert [scene.path.name for scene in read_scene_set(tmp_path).scenes] == ["00000.png", "00001.png"]


def test_background_is_cut_from_scenes_in_an_inner_folder_too(tmp_path):
    """`download --set gtsdb` leaves one."""
    folder = write_gtsdb(tmp_path / "GTSDB" / "FullIJCNN2013", GTSDB_LINES)

    assert read_scenes(tmp_path) == read_scenes(folder)
    assert [scene.path.parent for scene in read_scenes(tmp_path)] == [folder, folder]


@pytest.mark.parametrize(
    ("images", "labels", "given"),
    [
        ("images", "labels", "."),
        ("images", "labels", "images"),
        ("images/train", "labels/train", "."),
        ("images/train", "labels/train", "images/train"),
        ("images/train", "labels/train", "images"),
        ("train/images", "train/labels", "."),
        ("train/images", "train/labels", "train"),
        ("train/images", "train/labels", "train/images"),
        ("train", "train", "."),
        (".", ".", "."),
        ("download/set/images", "download/set/labels", "."),
    ],
)
def test_yolo_is_recognised(tmp_path, images, labels, given, monkeypatch):
    """The two folders, each part of a set, label files beside the images; also from within."""
    data = tmp_path / "data"
    write_yolo(data / images, data / labels, {"a": [LINE]})

    found = read_scene_set(data / given)
    assert (found.layout, len(found.scenes)) == ("yolo", 2)
    assert found.scenes[0].signs

    monkeypatch.chdir(data / given)
    assert len(read_scene_set(Path()).scenes) == 2


@pytest.mark.parametrize(
    ("images", "file", "given"),
    [
        (".", "signs.json", "."),
        (".", "signs.json", "signs.json"),
        ("images", "annotations.json", "."),
        ("images", "annotations/instances_default.json", "."),
        ("train", "train/_annotations.coco.json", "."),
        ("train", "train/_annotations.coco.json", "train"),
    ],
)
def test_coco_is_recognised(tmp_path, images, file, given):
    """Other JSON there is none."""
    write_images(tmp_path / images, ["a.png", "b.png"])
    write_coco(tmp_path / file, coco_content(annotations=[SIGN]))
    (tmp_path / "package.json").write_text('{"images": 3}')
    (tmp_path / "empty.json").touch()

    found = read_scene_set(tmp_path / given)

    assert (found.layout, len(found.scenes), len(found.scenes[0].signs)) == ("coco", 2, 1)


def test_parts_of_a_set_are_not_read_together(tmp_path):
    """Who trains on the whole would judge by what it trained on."""
    for part in ("train", "valid", "test"):
        write_yolo(tmp_path / part / "images", tmp_path / part / "labels", {"a": [LINE]})

    with raises(DataError, problem="Several sets of street scenes lie here: text files of YOLO's", hint="Give one"):
        read_scene_set(tmp_path)
    assert len(read_scene_set(tmp_path / "valid").scenes) == 2


def test_labels_in_two_layouts_are_refused_until_one_is_given(tmp_path):
    """Both are named."""
    write_gtsdb(tmp_path, GTSDB_LINES)
    write_coco(tmp_path / "signs.json", coco_content(["00000.png"], [SIGN]))

    with raises(DataError, problem="signs.json") as caught:
        read_scene_set(tmp_path)
    assert "gt.txt" in caught.value.problem
    assert read_scene_set(tmp_path / "gt.txt").layout == "gtsdb"
    assert read_scene_set(tmp_path / "signs.json").layout == "coco"


@pytest.mark.parametrize("names", [[], ["a.png"], ["a.png", "stop/b.png"]])
def test_folder_without_labels_is_refused(tmp_path, names):
    """It says what was expected."""
    for name in names:
        write_images((tmp_path / name).parent, [(tmp_path / name).name])

    with raises(DataError, problem="No labelled street scenes", expected="gt.txt", hint="Give the folder") as caught:
        read_scene_set(tmp_path)
    assert caught.value.subject == str(tmp_path)


def test_what_is_not_there_or_of_another_kind_is_refused(tmp_path):
    """An archive is to be unpacked."""
    (tmp_path / "a.xml").touch()
    (tmp_path / "a.zip").touch()

    with raises(DataError, problem="no such folder", hint="roadsigns download --set gtsdb", subject="gone"):
        read_scene_set(tmp_path / "gone")
    with raises(DataError, problem="file of another kind", subject="a.xml"):
        read_scene_set(tmp_path / "a.xml")
    with raises(DataError, problem="archive", hint="Unpack it", subject="a.zip"):
        read_scene_set(tmp_path / "a.zip")


def test_folder_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)

    with raises(DataError, problem="Permission denied", hint="permissions", subject=str(tmp_path)):
        read_scene_set(tmp_path)


def test_what_was_wrong_is_one_warning(tmp_path):
    """And stands in the result. Where nothing was wrong there is none."""
    write_gtsdb(tmp_path, [*GTSDB_LINES, *GTSDB_LINES, "00001.png;90;1;120;9;14"])
    with pytest.warns(UserWarning, match="1 box stands twice and was kept once .*; 1 box reaches beyond") as caught:
        found = read_scene_set(tmp_path)
    assert len(caught) == 1
    assert len(found.problems) == 2

    write_gtsdb(tmp_path, GTSDB_LINES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_scene_set(tmp_path).problems == ()


def test_same_scenes_in_three_layouts_are_the_same(tmp_path):
    """Boxes, classes and names."""
    write_gtsdb(tmp_path / "gtsdb", ["a.png;10;20;39;34;1"], ["a.png", "b.png"])
    names = read_scene_set(tmp_path / "gtsdb").classes
    write_yolo(tmp_path / "yolo" / "images", tmp_path / "yolo" / "labels", {"a": ["1 0.25 0.458333 0.3 0.25"]})
    (tmp_path / "yolo" / "classes.txt").write_text("\n".join(names))
    shutil.copytree(tmp_path / "gtsdb", tmp_path / "coco" / "images", ignore=shutil.ignore_patterns("gt.txt"))
    annotation = {"image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 15]}
    write_coco(tmp_path / "coco" / "a.json", coco_content(annotations=[annotation], categories=list(enumerate(names))))

    gtsdb, yolo, coco = (read_scene_set(tmp_path / name) for name in ("gtsdb", "yolo", "coco"))

    assert gtsdb.classes == yolo.classes == coco.classes
    signs = [[scene.signs for scene in found.scenes] for found in (gtsdb, yolo, coco)]
    assert signs[0] == signs[1] == signs[2]
