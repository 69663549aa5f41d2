"""Paths that lead into archives behave as paths into folders do."""

import os
import tarfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixtures.errors import raises

from roadsigns.archives import paths
from roadsigns.archives.members import index_archive
from roadsigns.archives.paths import is_file, is_folder, open_file, open_text, scan, stat
from roadsigns.errors import DataError

CONTENTS = {"stop/1.png": b"one", "stop/.hidden/2.png": b"two", "table.csv": "\ufeffa;ü\r\n".encode()}


def read(path):
    with open_file(path) as file:
        return file.read()


def write_zip(path, contents):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


@pytest.fixture(params=["folder", "zip", "tar", "tar.gz"])
def place(request, tmp_path):
    """The same files in a folder and in archives."""
    folder = tmp_path / "signs"
    for name, content in CONTENTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    path = tmp_path / f"signs.{request.param}"
    if request.param == "zip":
        return write_zip(path, CONTENTS)
    if request.param.startswith("tar"):
        with tarfile.open(path, "w:gz" if request.param == "tar.gz" else "w") as archive:
            archive.add(folder, ".")
        return path
    return folder


def test_folders_are_listed(place):
    """The archive itself is one."""
    assert {(entry.name, entry.is_dir()) for entry in scan(place)} == {("stop", True), ("table.csv", False)}
    assert {(entry.name, entry.is_dir()) for entry in scan(place / "stop")} == {("1.png", False), (".hidden", True)}


def test_files_are_read(place):
    """In hidden folders too."""
    for name, content in CONTENTS.items():
        assert read(place / name) == content


def test_text_is_utf_8_without_its_mark(place):
    """Line ends stay, for the csv module."""
    with open_text(place / "table.csv") as file:
        assert file.read() == "a;ü\r\n"


def test_files_and_folders_are_told_apart(place):
    """What is not there is neither."""
    assert [
        (is_file(path), is_folder(path)) for path in (place / "stop", place / "stop/1.png", place / "gone/1.png")
    ] == [
        (False, True),
        (True, False),
        (False, False),
    ]
    assert is_folder(place)


def test_what_is_not_there_is_an_oserror(place):
    """Whether its folder is there or not."""
    for name in ("gone", "gone/1.png", "stop/2.png", "stop/1.png/3.png"):
        with pytest.raises((FileNotFoundError, NotADirectoryError)):
            scan(place / name)
        with pytest.raises((FileNotFoundError, NotADirectoryError)):
            open_file(place / name)


def test_status_of_a_member_is_that_of_its_archive(place):
    """Nothing else is needed: a cache of decoded images asks whether something has changed."""
    archive = place if place.is_file() else place / "stop/1.png"

    assert stat(place / "stop/1.png").st_mtime_ns == archive.stat().st_mtime_ns


def test_relative_path_leads_into_an_archive(tmp_path, monkeypatch):
    """It stays with the archive when the working folder changes."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    write_zip(tmp_path / "a/signs.zip", {"1.png": b"a"})
    write_zip(tmp_path / "b/signs.zip", {"1.png": b"b"})

    for name in "aba":
        monkeypatch.chdir(tmp_path / name)
        assert read(Path("signs.zip/1.png")) == name.encode()


def test_folder_with_the_name_of_an_archive_is_a_folder(tmp_path):
    """The file system is asked first."""
    (tmp_path / "signs.zip/stop").mkdir(parents=True)
    (tmp_path / "signs.zip/stop/1.png").write_bytes(b"one")

    assert read(tmp_path / "signs.zip/stop/1.png") == b"one"
    with pytest.raises(NotADirectoryError):
        scan(tmp_path / "signs.zip/stop/1.png/2.png")


def test_file_of_another_kind_is_no_folder(tmp_path):
    """As without archives."""
    (tmp_path / "notes.txt").touch()

    assert not is_folder(tmp_path / "notes.txt")
    for action in (scan, open_file, stat):
        with pytest.raises(NotADirectoryError):
            action(tmp_path / "notes.txt/1.png")


def test_archive_in_an_archive_is_not_read(tmp_path):
    """It is a file like any other that is no image."""
    inner = write_zip(tmp_path / "inner.zip", {"1.png": b"1"}).read_bytes()
    outer = write_zip(tmp_path / "outer.zip", {"inner.zip": inner})

    assert [entry.is_dir() for entry in scan(outer)] == [False]
    assert not is_file(outer / "inner.zip/1.png")


def test_damaged_archive_is_a_data_error(tmp_path):
    """Not an OSError, which is taken for a file that may be missing."""
    (tmp_path / "signs.zip").write_bytes(b"no archive")

    for action in (scan, is_folder):
        with raises(DataError, subject="signs.zip"):
            action(tmp_path / "signs.zip")
    with raises(DataError, subject="signs.zip"):
        open_file(tmp_path / "signs.zip/1.png")


def test_damaged_archive_is_opened_once(tmp_path, monkeypatch):
    """It may have to be unpacked for that, and a list may name thousands of images in it."""
    (tmp_path / "signs.tar.gz").write_bytes(b"no archive")
    opened = []
    monkeypatch.setattr(paths, "index_archive", lambda path: opened.append(path) or index_archive(path))

    for number in range(3):
        with raises(DataError, subject="signs.tar.gz"):
            open_file(tmp_path / f"signs.tar.gz/{number}.png")

    assert opened == [tmp_path / "signs.tar.gz"]


def test_row_of_a_parquet_file_is_a_file_in_it(tmp_path):
    """Its rows are no folder."""
    path = tmp_path / "signs.parquet"
    pq.write_table(pa.table({"image": [b"one"]}), path)

    assert read(path / "000000") == b"one"
    assert not is_folder(path)


def test_replaced_archive_is_read_anew(tmp_path):
    """At the same path, as after a second download."""
    path = write_zip(tmp_path / "signs.zip", {"1.png": b"before"})
    assert read(path / "1.png") == b"before"

    write_zip(tmp_path / "new.zip", {"1.png": b"after", "2.png": b"more"}).replace(path)

    assert read(path / "1.png") == b"after"
    assert len(list(scan(path))) == 2


def test_members_are_read_from_several_threads_at_once(place):
    """An archive is opened once for all."""
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(read, [place / "stop/1.png"] * 200)) == {b"one"}


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("suffix", ["zip", "tar", "parquet"])
def test_forked_process_and_its_parent_read_at_once(tmp_path, suffix):
    """They must not share a position in the file."""
    contents = {f"{number:06d}": bytes([number]) * 20_000 for number in range(40)}
    path = tmp_path / f"signs.{suffix}"
    if suffix == "zip":
        write_zip(path, contents)
    elif suffix == "parquet":
        pq.write_table(pa.table({"image": list(contents.values())}), path, row_group_size=5)
    else:
        with tarfile.open(path, "w") as archive:
            for name, content in contents.items():
                (tmp_path / name).write_bytes(content)
                archive.add(tmp_path / name, name)

    def read_all():
        return all(read(path / name) == content for _ in range(5) for name, content in contents.items())

    assert read_all()
    child = os.fork()
    if not child:
        # Nothing of the test may run on in the child.
        os._exit(0 if read_all() else 1)
    assert read_all()
    end = time.monotonic() + 30
    while (found := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < end:
        time.sleep(0.01)
    if found == (0, 0):
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert found == (child, 0)


@pytest.mark.parametrize("suffix", ["zip", "tar.gz", "parquet"])
def test_name_that_is_too_long_is_nothing(tmp_path, suffix):
    """Of an archive, or of something in one."""
    path = tmp_path / f"{'x' * 300}.{suffix}"

    for one in (path, path / "a.png"):
        assert not is_file(one)
        assert not is_folder(one)
        with pytest.raises(OSError, match="too long"):
            open_file(one)
