"""The folder of a download is found again, belongs to one process at a time, and does not outlive its use."""

import os
import shutil
import subprocess
import sys
import threading

import pytest

from roadsigns.datasets import staging as staging_module
from roadsigns.datasets.staging import SCRATCH, staging
from roadsigns.errors import DownloadError

SERVER_IS_GONE = DownloadError("The server is gone.")


def fail(destination, files, *, error=SERVER_IS_GONE, beside=None):
    """A run that brings some files and then fails."""
    with staging(destination) as folder:
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        if beside:
            beside.write_text("theirs")
        raise error


def test_the_folder_is_hidden_beside_the_destination(tmp_path):
    """On the same disk, and nothing is under the destination's name until all is there."""
    with staging(tmp_path / "GTSRB") as folder:
        assert folder == tmp_path / ".GTSRB-download"
        assert folder.is_dir()
        assert not (tmp_path / "GTSRB").exists()


def test_a_destination_that_is_there_already_changes_nothing(tmp_path):
    """The same place before and after, so that what was kept is found again."""
    (tmp_path / "GTSRB").mkdir()

    with staging(tmp_path / "GTSRB") as folder:
        assert folder == tmp_path / ".GTSRB-download"


def test_the_place_does_not_depend_on_how_the_destination_is_called(tmp_path, monkeypatch):
    """By a relative name, as the current folder, through a link."""
    (tmp_path / "GTSRB").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link").symlink_to(tmp_path / "GTSRB")
    monkeypatch.chdir(tmp_path / "GTSRB")

    for name in (".", "../GTSRB", "../elsewhere/link"):
        with staging(type(tmp_path)(name)) as folder:
            assert folder == tmp_path / ".GTSRB-download"


def can_mount():
    command = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return shutil.which("unshare") and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="a disk of one's own needs the right to mount one")
def test_on_a_disk_of_its_own_the_folder_lies_inside(tmp_path):
    """Nothing can be renamed from one disk to another."""
    code = "import sys, pathlib; from roadsigns.datasets.staging import staging\n"
    code += "with staging(pathlib.Path(sys.argv[1])) as folder: print(folder)"
    command = f"mount -t tmpfs none '{tmp_path}' && exec \"$@\""

    result = subprocess.run(
        ["unshare", "-m", "sh", "-c", command, "sh", sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.strip() == str(tmp_path / ".roadsigns-download")


def test_where_the_folder_above_is_somebody_elses_it_lies_inside(tmp_path, monkeypatch):
    """One's own folder inside a folder that only root may write."""
    (tmp_path / "GTSRB").mkdir()
    monkeypatch.setattr(staging_module.os, "access", lambda path, mode: path != tmp_path)

    with staging(tmp_path / "GTSRB") as folder:
        assert folder == tmp_path / "GTSRB" / ".roadsigns-download"


def test_nothing_is_left_at_the_end(tmp_path):
    """Neither the folder nor what is in it."""
    with staging(tmp_path / "GTSRB") as folder:
        (folder / "a.zip").write_bytes(b"a")

    assert list(tmp_path.iterdir()) == []


def test_after_an_error_what_came_is_kept_and_the_error_tells_where(tmp_path):
    """And what it is good for."""
    with pytest.raises(DownloadError) as caught:
        fail(tmp_path / "GTSRB", {"a.zip": bytes(1_500_000)})

    folder = tmp_path / ".GTSRB-download"
    assert (folder / "a.zip").stat().st_size == 1_500_000
    assert str(caught.value) == (
        f"The server is gone. What came so far (1.5 MB) is kept in {folder}: the same command goes on from there. "
        "Delete that folder if you give up."
    )


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("The disk is broken.")])
def test_after_other_errors_a_warning_tells_where(tmp_path, error):
    """Ctrl-C has no sentence that could."""
    with (
        pytest.raises(type(error)),
        pytest.warns(UserWarning, match=r"What came so far .* is kept in .*\.GTSRB-download"),
    ):
        fail(tmp_path / "GTSRB", {"a.zip": b"a"}, error=error)


def test_the_next_run_finds_what_was_kept(tmp_path):
    """In the same place."""
    with pytest.raises(DownloadError):
        fail(tmp_path / "GTSRB", {"a.zip": b"a"})

    with staging(tmp_path / "GTSRB") as folder:
        assert (folder / "a.zip").read_bytes() == b"a"


@pytest.mark.parametrize("files", [{}, {"a.zip": b"", "a.zip.json": b"{}"}, {f"{SCRATCH}/a.ppm": b"P6"}])
def test_after_an_error_nothing_useless_is_kept(tmp_path, files):
    """Not even the folders above that were made for it."""
    with pytest.raises(DownloadError) as caught:
        fail(tmp_path / "new" / "newer" / "GTSRB", files)

    assert str(caught.value) == "The server is gone."
    assert list(tmp_path.iterdir()) == []


def test_what_is_half_done_is_not_kept_beside_what_is_of_use(tmp_path):
    """A whole archive is unpacked anew."""
    with pytest.raises(DownloadError):
        fail(tmp_path / "GTSRB", {"a.zip": b"a", f"{SCRATCH}/a.ppm": b"P6"})

    assert [path.name for path in (tmp_path / ".GTSRB-download").iterdir()] == ["a.zip"]


def test_folders_above_stay_if_something_is_in_them(tmp_path):
    """Somebody else has begun to use one."""
    with pytest.raises(DownloadError):
        fail(tmp_path / "new" / "newer" / "GTSRB", {}, beside=tmp_path / "new" / "theirs")

    assert [path.name for path in tmp_path.rglob("*")] == ["new", "theirs"]


def test_a_second_download_is_told_at_once_and_harms_nothing(tmp_path):
    """It names the folder in which the first is at work."""
    with staging(tmp_path / "GTSRB") as folder:
        (folder / "a.zip").write_bytes(b"a")
        with pytest.raises(DownloadError, match=r"Another download .* is under way: it works in .*\.GTSRB-download"):
            staging(tmp_path / "GTSRB").__enter__()

        assert (folder / "a.zip").read_bytes() == b"a"


def test_downloads_to_two_places_do_not_meet(tmp_path):
    """Each has a folder of its own."""
    with staging(tmp_path / "a") as a, staging(tmp_path / "b") as b:
        assert a != b


def test_the_lock_is_of_the_folder_that_has_the_name(tmp_path, monkeypatch):
    """The first download is done, and takes its folder away, between the second's look and its lock."""
    lock = staging_module._lock
    handles = []

    def remove_first(handle):
        if not handles:
            (tmp_path / ".GTSRB-download").rmdir()
        handles.append(handle)
        return lock(handle)

    monkeypatch.setattr(staging_module, "_lock", remove_first)

    with staging(tmp_path / "GTSRB") as folder:
        assert folder.is_dir()
        monkeypatch.undo()
        with pytest.raises(DownloadError, match="under way"):
            staging(tmp_path / "GTSRB").__enter__()
    assert len(handles) == 2


def test_of_many_at_once_never_two_are_inside(tmp_path):
    """However their beginnings and ends fall together."""
    inside, most, problems = [], [], []

    def attempt():
        for _ in range(40):
            try:
                with staging(tmp_path / "GTSRB"):
                    inside.append(None)
                    most.append(len(inside))
                    inside.pop()
            except DownloadError:
                continue
            except BaseException as error:
                problems.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert max(most) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_locks_will_do(tmp_path, monkeypatch):
    """Some network file systems have none."""

    def no_locks(*_):
        raise OSError(38, os.strerror(38))

    monkeypatch.setattr(staging_module.fcntl, "flock", no_locks)

    with staging(tmp_path / "GTSRB") as folder:
        assert folder.is_dir()


def test_a_file_in_the_folders_place_is_told(tmp_path):
    """It is somebody's."""
    (tmp_path / ".GTSRB-download").write_text("theirs")

    with pytest.raises(FileExistsError):
        staging(tmp_path / "GTSRB").__enter__()


def test_a_link_in_the_folders_place_is_not_followed(tmp_path):
    """In a folder for all, such as /tmp, somebody could have laid one."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a").write_text("theirs")
    (tmp_path / ".GTSRB-download").symlink_to(tmp_path / "theirs")

    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        staging(tmp_path / "GTSRB").__enter__()

    assert (tmp_path / "theirs" / "a").read_text() == "theirs"
