"""Folders that a command fills."""

from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.new_folder import check_new_folder, place_of
from roadsigns.errors import OutputError


def test_new_and_empty_folders_are_taken(tmp_path):
    """Nothing is made yet."""
    (tmp_path / "empty").mkdir()

    check_new_folder(tmp_path / "empty", [], option="--out")
    check_new_folder(tmp_path / "a" / "b", ["-", "photos/*.png"], option="--out")

    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [("full", "not empty"), ("photos/labels", "folder of images"), ("full/file/a", "not a folder")],
)
def test_folder_with_something_of_others_is_refused(tmp_path, name, problem):
    """So is one among the pictures, and one that cannot be."""
    for folder in ("full", "photos"):
        (tmp_path / folder).mkdir()
    (tmp_path / "full" / "file").touch()

    with raises(OutputError, problem=problem, hint="--annotate"):
        check_new_folder(tmp_path / name, [str(tmp_path / "photos")], option="--annotate")


@pytest.mark.parametrize(
    ("local", "expected"),
    [("a/b.png", "a/b.png"), ("../a.png", "a.png"), ("/x/a.png", "x/a.png"), ("a/../../b.png", "a/b.png")],
)
def test_place_of_a_picture_lies_in_the_folder(local, expected):
    """Whatever a list or an archive calls it."""
    assert place_of(Entry("name", b"", local=local)) == Path(expected)


def test_picture_without_another_name_has_that_of_the_output():
    """Such as a row of a table."""
    assert place_of(Entry("x/name.png", b"")) == Path("x/name.png")
