"""Unknown images: where they are found, which kind they are of, and when their folders look like known classes."""

import shutil
from pathlib import Path
from unittest.mock import Mock

import pytest
from fixtures.errors import raises
from fixtures.sign_folders import write_classes
from PIL import Image

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import DataError
from roadsigns.evaluation.rejection.unknown_images import (
    WINDOW_KINDS,
    background_of,
    kinds_like_classes,
    unknown_folder,
)
from roadsigns.types import SignClass


def test_subfolders_are_kinds_and_images_beside_them_have_none(tmp_path):
    """In natural order, whatever the format."""
    write_classes(tmp_path, {"zebra": 2, "parking": 1})
    (tmp_path / "parking" / "more").mkdir()
    Image.new("RGB", (30, 30)).save(tmp_path / "parking" / "more" / "a.webp")
    Image.new("RGB", (30, 30)).save(tmp_path / "b.jpg")
    (tmp_path / "notes.txt").write_text("none")

    unknown = unknown_folder(tmp_path, GTSRB_CLASSES)

    assert [image.kind for image in unknown.images] == ["(no folder)", "parking", "parking/more", "zebra", "zebra"]
    assert (unknown.count, unknown.known_names) == (5, ())
    # Too few kinds to resample.
    assert {image.unit for image in unknown.images} == {None}


def test_kinds_are_what_intervals_resample_where_there_are_enough(tmp_path):
    """Five or more."""
    write_classes(tmp_path, dict.fromkeys("abcde", 1))

    assert [image.unit for image in unknown_folder(tmp_path, GTSRB_CLASSES).images] == list("abcde")


def test_archive_and_single_image_are_read_too(tmp_path):
    """As a folder of the same names, and as one image without a kind."""
    write_classes(tmp_path / "signs", {"zebra": 2, "parking": 1})
    packed = shutil.make_archive(str(tmp_path / "signs"), "zip", tmp_path / "signs")
    from_folder, from_archive = (
        unknown_folder(place, GTSRB_CLASSES) for place in (tmp_path / "signs", tmp_path / "signs.zip")
    )
    (single,) = unknown_folder(tmp_path / "signs" / "zebra" / "0.png", GTSRB_CLASSES).images

    assert packed.endswith("signs.zip")
    assert [image.kind for image in from_archive.images] == [image.kind for image in from_folder.images]
    assert [
        (image.read_again() == other.read_again()).all()
        for image, other in zip(from_archive.images, from_folder.images, strict=True)
    ] == [True] * 3
    assert single.kind == "(no folder)"


@pytest.mark.parametrize(("name", "problem"), [("empty", "no images"), ("gone", "no such folder")])
def test_place_without_images_is_refused(tmp_path, name, problem):
    """There is nothing to judge by."""
    (tmp_path / "empty").mkdir()

    with raises(DataError, problem=problem, subject=name):
        unknown_folder(tmp_path / name, GTSRB_CLASSES)


def test_archive_that_is_none_is_refused(tmp_path):
    """Rather than read as an image."""
    (tmp_path / "broken.zip").write_bytes(b"none")

    with raises(DataError, subject="broken.zip"):
        unknown_folder(tmp_path / "broken.zip", GTSRB_CLASSES)


def test_folder_that_cannot_be_reached_is_refused(tmp_path, monkeypatch):
    """Such as one in a folder without permissions."""
    monkeypatch.setattr(Path, "is_dir", Mock(side_effect=PermissionError(13, "Permission denied")))

    with raises(DataError, problem="The folder cannot be read: Permission denied", subject="signs"):
        unknown_folder(tmp_path / "signs", GTSRB_CLASSES)


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        (["stop", "zebra crossing"], ("stop",)),
        (["Give_Way", "parking"], ("Give_Way",)),
        (["belgium/B5 stop", "belgium/stop"], ("belgium/stop",)),
        (["Wildwechsel", "F49"], ("Wildwechsel",)),
        (["205", "274-50", "314"], ("205", "274-50")),
        (["00000", "00042"], ("00000", "00042")),
        (["00014", "misc", "00099"], ("00014",)),
        (["Final_Test/Images", "Final_Training/Images/00014"], ("Final_Training/Images/00014",)),
        (["stop/day", "tram/stop_here"], ("stop/day",)),
        (["danger/tram", "mandatory/tram"], ()),
        (["0", "7", "zebra"], ()),
        (["3", "43"], ()),
        (["(no folder)"], ()),
    ],
)
def test_folders_called_like_classes_are_found(kinds, found):
    """By name in English or German, by number in the regulations, or by class id, as in a copy of GTSRB."""
    assert kinds_like_classes(kinds, GTSRB_CLASSES) == found


def test_folder_of_images_alone_may_be_a_class_itself(tmp_path):
    """Such as one class of a copy of GTSRB."""
    write_classes(tmp_path, {"00014": 1, "zebra": 1})

    assert unknown_folder(tmp_path / "00014", GTSRB_CLASSES).known_names == ("00014",)
    assert unknown_folder(tmp_path / "zebra", GTSRB_CLASSES).known_names == ()


def test_the_name_of_a_folder_counts_however_it_is_given(tmp_path, monkeypatch):
    """As the current folder, and as an archive."""
    write_classes(tmp_path, {"stop": 1})
    shutil.make_archive(str(tmp_path / "stop"), "zip", tmp_path / "stop")

    assert unknown_folder(tmp_path / "stop.zip", GTSRB_CLASSES).known_names == ("stop",)
    monkeypatch.chdir(tmp_path / "stop")
    assert unknown_folder(Path(), GTSRB_CLASSES).known_names == ("stop",)


def test_images_called_like_classes_are_found(tmp_path):
    """By a name in words, with a number after it or without; a number alone may be that of a photograph."""
    names = ("stop.png", "Give_way (2).png", "speed limit 30.png", "speed-limit-30_7.png", "Fußgänger 1.png")
    for name in (*names, "205.png", "205_1.png", "zebra 2.png", "stop ahead.png", "00014.png"):
        Image.new("RGB", (9, 9)).save(tmp_path / name)

    assert unknown_folder(tmp_path, GTSRB_CLASSES).known_names == tuple(sorted(names))


def test_classes_of_ones_own_have_no_german_name_that_could_match():
    """An empty name is none."""
    assert kinds_like_classes(["", "bus", "tram"], [SignClass(0, "Bus")]) == ("bus",)


def test_background_windows_are_kinds_by_size_and_scenes_are_their_units(tmp_path):
    """Read again, a window is what it was."""
    for number in range(13):
        Image.effect_noise((300, 300), 80).convert("RGB").save(tmp_path / f"{number:05d}.png")
    (tmp_path / "gt.txt").write_text("00000.ppm;0;0;20;20;1\n")
    background = background_of(tmp_path, count=40, seed=0)
    images = list(background.images)

    assert (background.kind, background.unit, len(images)) == ("background", "scene", 40)
    assert {image.unit for image in images} == {"00011.png", "00012.png"}
    assert {image.kind for image in images} <= set(WINDOW_KINDS.values())
    assert all((image.read_again() == image.window[0]).all() for image in images)
