"""Writing files all or nothing."""

import os

import pytest
from fixtures.errors import raises

from roadsigns.errors import OutputError
from roadsigns.files import check_output_file, output_errors, replace_when_done, require_outside


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
    ("name", "problem"),
    [("sheet.jpg", "not the name of a PNG file"), ("no/sheet.png", "no folder"), ("data/a.png", "in the data folder")],
)
def test_file_that_must_not_be_written_is_refused(tmp_path, name, problem):
    """Before the work; a good name passes, whatever the case of its suffix."""
    data = tmp_path / "data"
    data.mkdir()

    with raises(OutputError, problem=problem, subject=str(tmp_path / name)):
        check_output_file(tmp_path / name, suffix=".png", data=data)
    check_output_file(tmp_path / "SHEET.PNG", suffix=".png", data=data)
