"""Writing files all or nothing."""

import os

import pytest

from roadsigns.files import replace_when_done


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
    """Keras and matplotlib choose the format by the suffix; a hidden name is no image and no class folder."""
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
