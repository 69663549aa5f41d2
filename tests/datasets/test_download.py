"""A download brings everything or nothing, and continues where one was stopped."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.datasets import download as download_module
from roadsigns.datasets.download import download
from roadsigns.datasets.official_archives import OFFICIAL_ARCHIVES, PARTS, Archive
from roadsigns.errors import DownloadError, OutputError

pytestmark = pytest.mark.usefixtures("pauses")


def make_archive(name, target, contents):
    """An archive and its content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in contents.items():
            archive.writestr(path, content)
    content = buffer.getvalue()
    return Archive(name, hashlib.md5(content, usedforsecurity=False).hexdigest(), target), content


TRAINING, TRAINING_ZIP = make_archive(
    "training.zip",
    "Final_Training",
    {"GTSRB/": b"", "GTSRB/Final_Training/Images/00000/0.ppm": b"one", "GTSRB/Readme-Images.txt": b"words"},
)
TEST, TEST_ZIP = make_archive("test.zip", "Final_Test", {"GTSRB/Final_Test/Images/0.ppm": b"two"})
LABELS, LABELS_ZIP = make_archive("labels.zip", "labels.csv", {"labels.csv": b"three"})
ARCHIVES = (TRAINING, TEST, LABELS)
ALL_FILES = {
    "Final_Training/Images/00000/0.ppm": b"one",
    "Readme-Images.txt": b"words",
    "Final_Test/Images/0.ppm": b"two",
    "labels.csv": b"three",
}
# Kills itself before the step of this number; steps are renames, removals and unpacked files.
KILLED = """
import os, shutil, signal, sys, zipfile
from pathlib import Path
from roadsigns.datasets.download import download
from roadsigns.datasets.official_archives import Archive

left = int(sys.argv[1])

def counted(step):
    def run(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*arguments, **options)
    return run

Path.rename, Path.unlink, shutil.move = counted(Path.rename), counted(Path.unlink), counted(shutil.move)
zipfile.ZipFile.extract, shutil.rmtree = counted(zipfile.ZipFile.extract), counted(shutil.rmtree)
archives = [Archive(*fields.split(":")) for fields in sys.argv[4:]]
download(Path(sys.argv[2]), archives=archives, base_urls=[sys.argv[3]])
"""


def files_in(folder):
    """Every file below a folder, with its content."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def server(server):
    """A server with the three archives."""
    server.files.update({"/training.zip": TRAINING_ZIP, "/test.zip": TEST_ZIP, "/labels.zip": LABELS_ZIP})
    return server


@pytest.fixture(params=["new", "existing", "own disk"])
def destination(request, tmp_path, monkeypatch):
    """A data folder that is not there yet, one that holds something, and one that is a disk of its own."""
    folder = tmp_path / "data"
    if request.param != "new":
        folder.mkdir()
        (folder / "mine.txt").write_text("mine")
    if request.param == "own disk":
        monkeypatch.setattr(Path, "is_mount", lambda path: path == folder)
    return folder


def bring(server, destination, archives=ARCHIVES):
    """Download from the server."""
    return download(destination, archives=archives, base_urls=[server.url])


def test_official_archives_are_the_published_ones():
    """Their checksums, from the benchmark's page."""
    assert {archive.name: (archive.md5, archive.target) for archive in OFFICIAL_ARCHIVES} == {
        "GTSRB_Final_Training_Images.zip": ("f33fd80ac59bff73c82d25ab499e03a3", "Final_Training"),
        "GTSRB_Final_Test_Images.zip": ("c7e4e6327067d32654124b0fe9e82185", "Final_Test"),
        "GTSRB_Final_Test_GT.zip": ("fe31e9c9270bbcd7b84b7f21a9d9d9e5", "GT-final_test.csv"),
    }
    assert list(PARTS) == ["training", "test"]


def test_everything_is_unpacked_and_nothing_else_is_left(server, destination):
    """The folder GTSRB within the archives is left out, and what a person has there stays."""
    before = files_in(destination)

    paths = bring(server, destination)

    assert paths == [destination / archive.target for archive in ARCHIVES]
    assert files_in(destination) == {**ALL_FILES, **before}
    assert list(destination.parent.iterdir()) == [destination]
    assert not list(destination.glob(".*"))


def test_parts_can_be_fetched_one_after_the_other(server, tmp_path):
    """Each only brings its own."""
    bring(server, tmp_path, archives=[TEST, LABELS])
    assert sorted(files_in(tmp_path)) == ["Final_Test/Images/0.ppm", "labels.csv"]

    bring(server, tmp_path, archives=[TRAINING])
    assert files_in(tmp_path) == ALL_FILES


@pytest.mark.parametrize("taken", ["Final_Training", "labels.csv"])
def test_nothing_is_overwritten_and_nothing_is_fetched_then(server, destination, taken):
    destination.mkdir(exist_ok=True)
    (destination / taken).symlink_to("nowhere")
    before = sorted(destination.iterdir())

    with raises(OutputError, problem=taken, subject=str(destination)):
        bring(server, destination)

    assert server.paths == []
    assert sorted(destination.iterdir()) == before


def test_a_readme_that_is_there_stays(server, destination):
    """It is no reason to refuse either."""
    destination.mkdir(exist_ok=True)
    (destination / "Readme-Images.txt").write_text("mine")

    bring(server, destination)

    assert (destination / "Readme-Images.txt").read_text() == "mine"
    assert (destination / "labels.csv").exists()


def test_the_destination_may_be_a_link(server, tmp_path):
    """It is filled where it leads to, on that disk."""
    (tmp_path / "disk" / "data").mkdir(parents=True)
    (tmp_path / "data").symlink_to(tmp_path / "disk" / "data")

    assert bring(server, tmp_path / "data")[0] == tmp_path / "data" / "Final_Training"

    assert files_in(tmp_path / "disk" / "data") == ALL_FILES


def test_after_an_error_the_next_call_fetches_the_rest_only(server, destination):
    """The destination is as it was until then."""
    del server.files["/labels.zip"]
    before = files_in(destination)

    with raises(DownloadError, problem="404"):
        bring(server, destination)

    visible = {name for name in files_in(destination) if not name.startswith(".")} if destination.exists() else set()
    assert visible == set(before)
    server.files["/labels.zip"] = LABELS_ZIP
    server.paths.clear()
    bring(server, destination)
    assert server.paths == ["/labels.zip"]
    assert files_in(destination) == {**ALL_FILES, **before}


def test_killed_before_any_step_the_same_call_completes_it(server, tmp_path):
    """Whatever was moved already is this download's own, and is not fetched again."""
    fields = [":".join((archive.name, archive.md5, archive.target)) for archive in ARCHIVES]
    for step in range(100):
        place = tmp_path / str(step)
        killed = subprocess.run([sys.executable, "-c", KILLED, str(step), place, server.url, *fields], check=False)
        if killed.returncode == 0:
            break
        assert killed.returncode == -signal.SIGKILL
        if files_in(place) == ALL_FILES and not list(tmp_path.glob(".*")):
            # Everything was done.
            continue
        begun = place.exists()
        server.paths.clear()
        bring(server, place)
        assert not begun or server.paths == []
        assert files_in(place) == ALL_FILES
        assert list(tmp_path.glob(".*")) == []
    assert step > 10
    assert files_in(place) == ALL_FILES


def test_a_target_that_was_taken_away_meanwhile_is_fetched_again(server, tmp_path):
    """A run was killed when half was moved, and a person has removed that half."""
    ready = tmp_path / ".data-download" / "Final_Training+Final_Test+labels.csv"
    (ready / "Final_Test").mkdir(parents=True)

    bring(server, tmp_path / "data")

    assert files_in(tmp_path / "data") == ALL_FILES


def test_a_target_that_appears_meanwhile_is_not_overwritten(server, destination, monkeypatch):
    """Nothing else is moved into place; once it is removed, nothing is downloaded again."""
    unpack = download_module._unpack

    def unpack_and_take(path, folder):
        unpack(path, folder)
        (destination / "Final_Test").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(download_module, "_unpack", unpack_and_take)
    with raises(OutputError, problem="Final_Test"):
        bring(server, destination)
    assert not (destination / "Final_Training").exists()

    (destination / "Final_Test").rmdir()
    server.paths.clear()
    bring(server, destination)
    assert server.paths == []
    assert (destination / "Final_Test" / "Images" / "0.ppm").read_bytes() == b"two"


def test_a_second_download_to_the_same_place_is_refused(server, destination):
    """While the first is running."""
    caught = []

    def send_later(handler):
        with raises(OutputError, problem="Another download") as raised:
            bring(server, destination)
        caught.append(raised.value)
        server.send(handler, TRAINING_ZIP)

    server.answers["/training.zip"] = [send_later]

    bring(server, destination)

    assert caught[0].subject == str(destination)
    assert set(files_in(destination)) >= set(ALL_FILES)


@pytest.mark.parametrize("failing", ["extract", "rename"])
def test_a_disk_that_is_full_is_reported_and_the_next_call_continues(server, destination, monkeypatch, failing):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(*{"extract": (zipfile.ZipFile, "extract"), "rename": (Path, "rename")}[failing], fail)
        with raises(OutputError, problem="No space left on device") as raised:
            bring(server, destination)
    assert "1 GB" in raised.value.expected

    server.paths.clear()
    bring(server, destination)
    assert server.paths == []
    assert set(files_in(destination)) >= set(ALL_FILES)


def test_a_file_in_place_of_the_folder_is_reported_before_anything_is_fetched(server, tmp_path):
    """By name."""
    (tmp_path / "data").write_text("a file")

    with raises(OutputError, problem="This is a file") as raised:
        bring(server, tmp_path / "data")

    assert raised.value.subject == str(tmp_path / "data")
    assert server.paths == []


def test_where_only_the_folder_itself_can_be_written_the_hidden_one_lies_in_it(server, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    del server.files["/labels.zip"]

    with pytest.raises(DownloadError):
        bring(server, tmp_path / "data")

    assert list(tmp_path.iterdir()) == [tmp_path / "data"]
    assert (tmp_path / "data" / ".roadsigns-download" / "training.zip").exists()


def test_folders_on_the_way_are_removed_where_nothing_came(server, tmp_path):
    """The next place may be another."""
    server.files.clear()

    with pytest.raises(DownloadError):
        bring(server, tmp_path / "a" / "b" / "data")
    assert list(tmp_path.iterdir()) == []
