"""Writing files all or nothing."""

import os
import shutil
from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.errors import OutputError
from roadsigns.files import (
    check_output_file,
    check_output_folder,
    check_unused,
    made_folder,
    output_errors,
    replace_when_done,
    require_other_file,
    require_outside,
    require_outside_of_images,
)


def test_file_appears_when_the_block_ends(tmp_path):
    """During the block nothing stands at the path; afterwards all of it, and nothing else."""
    path = tmp_path / "figures.json"

    with replace_when_done(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()

    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_failing_block_leaves_what_stood_there(tmp_path, error):
    """An error or Ctrl-C half way keeps the old file and leaves no temporary one."""
    path = tmp_path / "figures.json"
    path.write_text("old")

    def write_and_fail():
        with replace_when_done(path) as temporary:
            temporary.write_text("ha")
            raise error

    with pytest.raises(error):
        write_and_fail()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_temporary_file_has_the_suffix_and_is_hidden(tmp_path):
    """Keras and matplotlib choose the format by the suffix; a hidden name is neither an image nor a class folder."""
    with replace_when_done(tmp_path / "model.keras") as temporary:
        assert temporary.suffix == ".keras"
        assert temporary.name.startswith(".")
        assert temporary.parent == tmp_path


def test_file_has_the_permissions_of_an_ordinary_new_one(tmp_path):
    """Others may read what the umask lets them read, though the temporary file was private."""
    mask = os.umask(0o027)
    try:
        with replace_when_done(tmp_path / "history.csv"):
            pass
    finally:
        os.umask(mask)

    assert (tmp_path / "history.csv").stat().st_mode & 0o777 == 0o640


def test_failure_to_write_is_reported_with_the_path_and_what_to_do(tmp_path):
    """Whatever the system calls it."""
    with pytest.raises(OutputError) as raised, output_errors(tmp_path / "a.csv", "Free some space."):
        raise OSError(28, "No space left on device")

    assert raised.value.subject == str(tmp_path / "a.csv")
    assert "No space left on device" in raised.value.problem
    assert raised.value.hint == "Free some space."
    assert isinstance(raised.value.__cause__, OSError)


def test_failure_to_copy_a_folder_names_one_reason(tmp_path):
    """That of its first file; all would be a page of text."""
    reasons = [
        ("a", "b", "[Errno 28] No space left on device: 'a'"),
        ("c", "d", "[Errno 28] No space left on device: 'c'"),
    ]

    with (
        raises(OutputError, problem="No space left on device: 'a'.", hint="Free some space.", subject="page"),
        output_errors(tmp_path / "page", "Free some space."),
    ):
        raise shutil.Error(reasons)


def test_data_folder_is_never_written_to(tmp_path):
    """Neither the folder itself, nor below it, nor by way of a link; beside it is fine."""
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "link").symlink_to(data)

    for path in (data, data / "a" / "b", tmp_path / "link" / "a"):
        with raises(OutputError, problem="in the data folder") as raised:
            require_outside(path, data, hint="Choose another.")
        assert (raised.value.subject, raised.value.hint) == (str(path), "Choose another.")
    require_outside(tmp_path / "data-sheet.png", data, hint="")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("sheet.jpg", {"problem": "not the name of a PNG file", "expected": "ends in .png", "hint": "--sheet"}),
        ("no/sheet.png", {"problem": "no folder", "hint": "Make it first"}),
        ("lost.png", {"problem": "no folder", "hint": "--sheet"}),
        ("data/a.png", {"problem": "in the data folder", "hint": "--sheet"}),
        ("folder.png", {"problem": "This is a folder", "expected": "the name of a file", "hint": "--sheet"}),
        ("pipe.png", {"problem": "not a file that could be replaced", "hint": "--sheet"}),
        ("/proc/sheet.png", {"problem": "Cannot be written", "hint": "--sheet"}),
    ],
)
def test_file_that_must_not_be_written_is_refused(tmp_path, name, fields):
    """Before the work; a good name passes, whatever the case of its suffix, and nothing is left behind."""
    for folder in ("data", "folder.png"):
        (tmp_path / folder).mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "lost.png").symlink_to("nowhere/sheet.png")
    before = sorted(tmp_path.iterdir())

    with raises(OutputError, subject=str(tmp_path / name), **fields):
        check_output_file(tmp_path / name, suffix=".png", option="--sheet", data=tmp_path / "data")
    check_output_file(tmp_path / "SHEET.PNG", suffix=".png", data=tmp_path / "data")
    check_output_file(tmp_path / "any name")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("data/a/b", "in the data folder"),
        ("file", "This is not a folder"),
        ("file/a/b", "file is not a folder"),
        ("lost", "This is not a folder"),
        ("/proc/a/b", "Cannot be written"),
    ],
)
def test_folder_that_must_not_be_written_is_refused(tmp_path, name, problem):
    """Before the work; a good place passes, whether it is there or not, and nothing is made."""
    (tmp_path / "data").mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "lost").symlink_to("nowhere")
    before = sorted(tmp_path.iterdir())

    with raises(OutputError, problem=problem, hint="with --run", subject=str(tmp_path / name)):
        check_output_folder(tmp_path / name, option="--run", data=tmp_path / "data")
    for good in (tmp_path, tmp_path / "a" / "b"):
        check_output_folder(good, data=tmp_path / "data")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("check", [check_output_file, check_output_folder])
def test_standard_output_is_no_place_for_files(tmp_path, monkeypatch, check):
    """Nothing called so is written."""
    monkeypatch.chdir(tmp_path)

    with raises(OutputError, problem="means standard output", hint="--out", subject="-"):
        check(Path("-"))


def test_link_is_written_through(tmp_path):
    """The link stays, and what it leads to is replaced, though the suffix is the link's; a circle of links is cut."""
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "1").write_text("old")
    link, missing, circle = (tmp_path / name for name in ("model.keras", "new.csv", "circle"))
    link.symlink_to("store/1")
    missing.symlink_to("store/2")
    circle.symlink_to("circle")

    for path in (link, missing, circle):
        check_output_file(path)
        with replace_when_done(path) as temporary:
            assert temporary.suffix == path.suffix
            temporary.write_text("new")

    assert link.is_symlink()
    assert missing.is_symlink()
    assert [(tmp_path / "store" / name).read_text() for name in "12"] == ["new", "new"]
    assert circle.read_text() == "new"
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == ["1", "2"]


def test_folders_made_for_nothing_are_removed(tmp_path):
    """Those that were there stay, and those that hold something."""
    (tmp_path / "there").mkdir()

    def fail(path, name=""):
        with made_folder(path):
            if name:
                (path / name).write_text("kept")
            raise KeyboardInterrupt

    for path in (tmp_path / "there", tmp_path / "there" / "a" / "b", tmp_path / "c"):
        with pytest.raises(KeyboardInterrupt):
            fail(path)
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "d" / "e", "f")
    assert (tmp_path / "d" / "e" / "f").read_text() == "kept"


def test_folder_that_cannot_be_made_leaves_no_parents(tmp_path):
    """A name that is too long, or a folder that should be new."""
    for path in (tmp_path / "a" / ("b" * 300), tmp_path):
        with pytest.raises(OSError, match=r"too long|exists"), made_folder(path, exist_ok=False):
            pytest.fail("made")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "problem"),
    [("file", "This is a file"), ("lost", "a link that leads nowhere"), ("full", "This folder is not empty")],
)
def test_place_that_is_taken_is_said_to_be_what_it_is(tmp_path, name, problem):
    """A new place is fine, and an empty folder."""
    (tmp_path / "file").write_text("mine")
    (tmp_path / "lost").symlink_to("nowhere")
    (tmp_path / "full" / "empty").mkdir(parents=True)

    with raises(OutputError, problem=problem, expected="an empty folder", hint="Another.", subject=name):
        check_unused(tmp_path / name, hint="Another.")
    check_unused(tmp_path / "new", hint="")
    check_unused(tmp_path / "full" / "empty", hint="")


def test_file_that_is_read_is_not_replaced(tmp_path):
    """Whatever its name is; what is not there is not replaced."""
    for name in ("read", "other"):
        (tmp_path / name).write_text(name)
    (tmp_path / "link").symlink_to("read")
    (tmp_path / "hard link").hardlink_to(tmp_path / "read")

    for name in ("read", "link", "hard link"):
        with raises(OutputError, problem="This file is read", hint="Another.", subject=name):
            require_other_file(tmp_path / name, tmp_path / "missing", tmp_path / "read", hint="Another.")
    require_other_file(tmp_path / "other", tmp_path / "read", hint="")
    require_other_file(tmp_path / "missing", tmp_path / "missing", hint="")


@pytest.mark.parametrize("stem", ["a" * 245, "\N{OCTAGONAL SIGN}" * 62])
def test_name_may_be_as_long_as_the_file_system_allows(tmp_path, stem):
    path = tmp_path / f"{stem}.png"

    with replace_when_done(path) as temporary:
        temporary.write_text("whole")

    assert path.read_text() == "whole"


def test_folder_of_named_images_is_not_written_to(tmp_path, monkeypatch):
    """The folder that the user works in holds everything, and is none."""
    image = tmp_path / "pics" / "a.ppm"
    image.parent.mkdir()

    with raises(OutputError, problem="folder of images", hint="Another.", subject="why"):
        require_outside_of_images(tmp_path / "pics" / "why", [image], hint="Another.")
    require_outside_of_images(tmp_path / "why", [image], hint="")
    monkeypatch.chdir(image.parent)
    require_outside_of_images(tmp_path / "pics" / "why", [image], hint="")
