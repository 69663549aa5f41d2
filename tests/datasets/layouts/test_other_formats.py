"""Formats of detection are refused, and no real class is. No image is opened, so the images are empty files."""

import zipfile

import pytest
from fixtures.errors import raises

from roadsigns.datasets.layouts.recognise import open_data
from roadsigns.errors import DataError

YOLO = ["images/1.jpg", "images/2.jpg", "labels/1.txt", "labels/2.txt", "data.yaml"]
VOC = ["JPEGImages/1.jpg", "Annotations/1.xml", "ImageSets/Main/train.txt"]
COCO = ["train2017/1.jpg", "val2017/2.jpg", "annotations/instances_train2017.json"]


def write(data, files):
    for name in files:
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).touch()
    return data


@pytest.mark.parametrize(
    ("files", "format_name", "place"),
    [
        (YOLO, "YOLO", "labels/*.txt"),
        (["images/train/1.jpg", "images/val/2.jpg", "labels/train/1.txt"], "YOLO", "labels/*.txt"),
        (["train/images/1.jpg", "train/labels/1.txt", "valid/images/2.jpg"], "YOLO", "train/labels/*.txt"),
        (["train/1.jpg", "train/1.txt", "valid/2.jpg", "valid/2.txt"], "YOLO", "train/*.txt"),
        (VOC, "Pascal VOC", "Annotations/*.xml"),
        (["images/1.jpg", "annotations/1.xml"], "Pascal VOC", "annotations/*.xml"),
        (["train/1.jpg", "train/1.xml", "test/2.jpg", "test/2.xml"], "Pascal VOC", "test/*.xml"),
        (COCO, "COCO", "annotations/*.json"),
        (["train/1.jpg", "train/_annotations.coco.json", "valid/2.jpg"], "COCO", "train/*.json"),
    ],
)
@pytest.mark.parametrize("around", ["", "VOCdevkit/VOC2012"])
def test_data_for_detection_are_refused(tmp_path, files, format_name, place, around):
    """With what they look like and what is read, also in folders around them."""
    write(tmp_path / around, files)

    with raises(DataError, problem=f"the format of {format_name}", expected="path,label,x1,y1,x2,y2", hint="table"):
        open_data(tmp_path)
    with raises(DataError, problem=place):
        open_data(tmp_path)


def test_archive_of_them_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in YOLO:
            archive.writestr(name, "")

    with raises(DataError, problem="the format of YOLO"):
        open_data(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("files", "table"),
    [
        (["images/1.jpg", "labels.csv"], "labels.csv"),
        (["photos/1.jpg", "signs.parquet"], "signs.parquet"),
        (["train/1.jpg", "test/2.jpg", "train.csv"], "train.csv"),
        (["train/1.jpg", "train/_annotations.csv", "valid/2.jpg"], "train/_annotations.csv"),
    ],
)
def test_images_beside_a_table_are_refused_with_the_table_to_give(tmp_path, files, table):
    """The folder would be the only class."""
    write(tmp_path, files)

    with raises(DataError, problem="look like images that a table labels", hint=f"Give the table: {tmp_path / table}"):
        open_data(tmp_path)


@pytest.mark.parametrize(
    ("files", "classes"),
    [
        ([*YOLO, "stop/1.jpg"], ["images", "labels", "stop"]),
        ([*COCO, "go/1.jpg"], ["annotations", "go", "train2017", "val2017"]),
        (["images/1.jpg", "labels/2.jpg"], ["images", "labels"]),
        (["images/stop/1.jpg", "images/go/1.jpg", "labels.csv"], ["go", "stop"]),
        (["stop/1.jpg", "stop/1.xml", "go/1.jpg", "go/1.xml", "notes.csv"], ["go", "stop"]),
        (["train/stop/1.jpg", "train/stop/1.txt", "val/stop/2.jpg", "val/stop/2.txt"], ["stop"]),
        (["train/1.jpg", "test/2.jpg"], ["test", "train"]),
        (["images/1.jpg", "labels/1.png", "labels/1.txt"], ["images", "labels"]),
    ],
)
def test_real_classes_are_read_whatever_they_are_called(tmp_path, files, classes):
    """A class called "images" among others is a class, and so is one with a text beside each image."""
    assert [sign.name for sign in open_data(write(tmp_path, files)).spec.classes] == classes
