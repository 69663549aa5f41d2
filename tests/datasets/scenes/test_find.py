"""Sets of street scenes are found in a folder, each with the path that means it alone."""

import os

import pytest
from fixtures.scenes import coco_content, write_coco, write_gtsdb, write_images, write_yolo

from roadsigns.datasets.scenes.find import find_candidates, inner_folder, is_coco


def test_every_set_in_a_folder_is_found(tmp_path):
    """And what to give in order to read it."""
    write_gtsdb(tmp_path, [])
    write_coco(tmp_path / "annotations" / "instances_train.json", coco_content())
    write_coco(tmp_path / "valid" / "_annotations.coco.json", coco_content())
    write_yolo(tmp_path / "images" / "train", tmp_path / "labels" / "train", {})
    write_yolo(tmp_path / "images" / "val", tmp_path / "labels" / "val", {})
    write_yolo(tmp_path / "test", tmp_path / "test", {"a": []})

    found = {(one.kind, one.place.relative_to(tmp_path).as_posix()) for one in find_candidates(tmp_path)}

    assert found == {
        ("a table of GTSDB's", "gt.txt"),
        ("JSON of COCO's", "annotations/instances_train.json"),
        ("JSON of COCO's", "valid/_annotations.coco.json"),
        ("text files of YOLO's", "images/train"),
        ("text files of YOLO's", "images/val"),
        ("text files of YOLO's", "test"),
    }


def test_images_of_a_part_without_labels_are_no_set(tmp_path):
    """As those of a test whose labels are kept secret."""
    write_yolo(tmp_path / "images" / "train", tmp_path / "labels" / "train", {})
    write_images(tmp_path / "images" / "test", ["a.png"])

    assert [one.place.name for one in find_candidates(tmp_path)] == ["train"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"images": [], "annotations": []}', True),
        (b'{"images": []}\n', False),
        (b'{"images": [{"id": 1,', True),
        (b'{"other": [{"id": 1,', False),
        (b"", False),
        (b"\xff\xfe", False),
    ],
)
def test_json_is_cocos_by_its_keys(tmp_path, content, expected):
    """One key is enough where the file was cut off."""
    (tmp_path / "a.json").write_bytes(content)

    assert is_coco(tmp_path / "a.json") is expected


def test_a_pipe_is_not_waited_for(tmp_path):
    """It may never begin."""
    os.mkfifo(tmp_path / "a.json")

    assert not is_coco(tmp_path / "a.json")
    assert find_candidates(tmp_path) == []


def test_the_only_folder_in_a_folder_is_entered_unless_there_are_images(tmp_path):
    """Hidden ones do not count."""
    for name in ("data", ".git", "__MACOSX"):
        (tmp_path / name).mkdir()
    (tmp_path / "readme.md").touch()
    assert inner_folder(tmp_path) == tmp_path / "data"

    write_images(tmp_path, ["a.png"])
    assert inner_folder(tmp_path) is None
    assert inner_folder(tmp_path / "data") is None
