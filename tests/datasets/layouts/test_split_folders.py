"""Folders of class folders, one for each split. No image is opened, so the images are empty files."""

import pytest

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.layouts.layout import path_of
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.layouts.split_folders import SPLIT_NAMES, SplitFolders, split_called


def write(data, *paths):
    for path in paths:
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).touch()
    return SplitFolders.recognise(data)


def rows(items):
    items = list(items)
    assert not any(isinstance(item, Problem) for item in items), items
    return [(path_of(item), item.class_id) for item in items]


def problems(layout):
    return [(item.file, item.message) for item in layout.training() if isinstance(item, Problem)]


def test_each_split_has_its_images(tmp_path):
    """Classes are the same in all of them."""
    layout = write(tmp_path, "train/stop/1.jpg", "train/go/2.jpg", "val/stop/3.jpg", "test/go/4.jpg")

    assert rows(layout.training()) == [("train/go/2.jpg", 0), ("train/stop/1.jpg", 1)]
    assert rows(layout.validation()) == [("val/stop/3.jpg", 1)]
    assert rows(layout.test()) == [("test/go/4.jpg", 0)]
    assert layout.title == "folders train, validation, test of class folders"
    assert (layout.has_training, layout.has_validation, layout.has_test) == (True, True, True)


@pytest.mark.parametrize(("name", "split"), [(name, split) for split, names in SPLIT_NAMES.items() for name in names])
@pytest.mark.parametrize("change", [str, str.upper, str.title, " {} ".format])
def test_splits_have_several_names_in_any_case(name, split, change):
    assert split_called(change(name)) == split


@pytest.mark.parametrize("name", ["", "stop", "trains", "validate", "traindata", "tests"])
def test_other_names_are_no_splits(name):
    assert split_called(name) == ""


@pytest.mark.parametrize("name", SPLIT_NAMES["validation"])
def test_validation_folder_may_have_any_of_its_names(tmp_path, name):
    layout = write(tmp_path, "train/stop/1.jpg", f"{name}/stop/2.jpg")

    assert rows(layout.validation()) == [(f"{name}/stop/2.jpg", 0)]
    assert not layout.has_test


def test_class_that_one_split_lacks_keeps_its_number(tmp_path):
    """It would shift the others."""
    layout = write(tmp_path, "train/a/1.jpg", "train/c/1.jpg", "val/b/1.jpg", "val/c/1.jpg")

    assert [sign.name for sign in layout.spec.classes] == ["a", "b", "c"]
    assert rows(layout.validation()) == [("val/b/1.jpg", 1), ("val/c/1.jpg", 2)]


def test_what_lies_beside_is_told(tmp_path):
    """Folders that are no split, images and other files, beside the splits and in them."""
    layout = write(
        tmp_path,
        *("train/stop/1.jpg", "val/stop/2.jpg", "more/stop/3.jpg", "4.jpg", "5.jpg", "train/6.jpg", "train/7.heic"),
    )

    assert problems(layout) == [
        ("4.jpg", "2 images beside the class folders"),
        ("train/6.jpg", "1 image beside the class folders"),
        ("train", "1 .heic file"),
        ("more", "neither train, val nor test"),
    ]


def test_test_images_without_class_folders_are_told(tmp_path):
    """As competitions give them. The folders are no classes called "train" and "test" for that."""
    layout = write(tmp_path, "train/stop/1.jpg", "train/go/1.jpg", "test/1.jpg", "test/2.jpg")

    assert [sign.name for sign in layout.spec.classes] == ["go", "stop"]
    assert problems(layout) == [("test", "2 images and no class folders")]
    assert not layout.has_test


@pytest.mark.parametrize(
    "paths",
    [
        ["stop/1.jpg", "test/1.jpg"],
        ["train/1.jpg", "test/1.jpg"],
        ["train/1.jpg", "test/1.jpg", "tram/1.jpg"],
        ["train/1.jpg", "test/stop/1.jpg"],
        ["train/stop/1.jpg", "more/stop/1.jpg"],
        ["train/stop/1.jpg", "training/stop/1.jpg"],
        ["stop/train/1.jpg", "stop/test/1.jpg"],
    ],
)
def test_classes_may_be_called_train_and_test(tmp_path, paths):
    """A sign may show a train."""
    assert write(tmp_path, *paths) is None


def test_gtsrbs_own_images_have_its_classes(tmp_path):
    """Where all splits are named as Kaggle does; the tracks are believed."""
    layout = write(tmp_path, "train/14/00014_00003_00027.png", "val/3/00003_00001_00000.png")

    assert (layout.spec, layout.source, layout.tracks_from_names) == (GTSRB, "GTSRB", False)
    assert [item.track for item in layout.training()] == ["00003"]


def test_numbers_of_unknown_origin_are_classes_of_ones_own(tmp_path):
    """One split that is GTSRB's is not enough."""
    layout = write(tmp_path, "train/14/00014_00003_00027.png", "val/3/photo.png")

    assert (layout.source, layout.tracks_from_names, len(layout.spec.classes)) == ("own", True, 15)
