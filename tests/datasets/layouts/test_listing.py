"""What lies in one folder."""

from collections import Counter

import pytest

from roadsigns.datasets.layouts.listing import list_folder, unread_files
from roadsigns.datasets.layouts.problem import Problem


@pytest.fixture
def folder(tmp_path):
    """A class folder with images, and with what is none."""
    for name in ("b.PPM", "a.png", ".hidden.png", "x.heic", "y.heic", "GT-00000.csv", "readme.txt"):
        (tmp_path / "sign" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "sign" / name).touch()
    for name in ("more 10", "more 2", ".git", "__MACOSX", "@eaDir", "lost+found", "empty"):
        (tmp_path / "sign" / name).mkdir()
    (tmp_path / "sign" / "more 2" / "c.ppm").touch()
    (tmp_path / "sign" / ".git" / "c.ppm").touch()
    return tmp_path


def test_listing_separates_images_folders_and_the_rest(folder):
    """In order; what is hidden or the system's own is passed over."""
    listing = list_folder(folder, "sign")

    assert listing.images == ["a.png", "b.PPM"]
    assert listing.folders == ["empty", "more 2", "more 10"]
    assert listing.others == Counter({".heic": 2, ".csv": 1})
    assert listing.problem is None


@pytest.mark.parametrize(("annotated", "files"), [(True, ["2 .heic files"]), (False, ["1 .csv file", "2 .heic files"])])
def test_pictures_that_nothing_reads_are_reported(folder, annotated, files):
    """Of another kind, or a folder deeper; the annotation file of a class is read."""
    assert list(unread_files(folder, "sign", list_folder(folder, "sign"), annotated=annotated)) == [
        *(Problem("ignored-files", "sign", detail) for detail in files),
        Problem("nested-folder", "sign/more 2", "1 image"),
    ]


def test_folder_that_cannot_be_listed_is_a_problem(tmp_path):
    """It counts as empty, so that other folders are still checked."""
    listing = list_folder(tmp_path, "gone")

    assert listing.images == []
    assert listing.problem == Problem("unreadable-folder", "gone", "No such file or directory")
