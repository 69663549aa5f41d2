"""Both parts of GTSRB come whole or nothing changes, whatever server, disk and user do. The servers here are real."""

import errno
import hashlib
import io
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import pytest

from roadsigns.datasets.connection import Patience
from roadsigns.datasets.download import OFFICIAL_ARCHIVES, OFFICIAL_BASE_URL, PARTS, Archive, download
from roadsigns.errors import DownloadError

HASTY = Patience(tries=2, pause_seconds=0.002)

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*(follows in|What came so far)"),
    pytest.mark.usefixtures("no_certificates"),
]


def make_zip(members):
    """A zip archive in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def archive_of(name, content, target, images):
    return Archive(name, hashlib.md5(content, usedforsecurity=False).hexdigest(), target, images)


TRAINING_ZIP = make_zip(
    {
        "GTSRB/Final_Training/Images/00000/00000_00000.ppm": b"P6 a",
        "GTSRB/Final_Training/Images/00000/GT-00000.csv": b"Filename;Width\n",
        "GTSRB/Final_Training/Images/00001/00000_00000.ppm": b"P6 b",
        "GTSRB/Readme-Images.txt": b"read me",
    }
)
TEST_ZIP = make_zip(
    {
        "GTSRB/Final_Test/Images/00000.ppm": os.urandom(100_000),
        "GTSRB/Final_Test/Images/GT-final_test.test.csv": b"Filename\n",
        "GTSRB/Readme-Images-Final-test.txt": b"read me",
    }
)
LABELS_ZIP = make_zip({"GT-final_test.csv": b"Filename;ClassId\n"})
TRAINING = archive_of("training.zip", TRAINING_ZIP, "Final_Training", 2)
TEST = archive_of("test.zip", TEST_ZIP, "Final_Test", 1)
LABELS = archive_of("labels.zip", LABELS_ZIP, "GT-final_test.csv", 0)
SMALL_ARCHIVES = (TRAINING, TEST, LABELS)
# It says of itself, truly or not, that it becomes 2 GB.
BOMB = make_zip({"GTSRB/Final_Test/a.ppm": bytes(6_000_000)}).replace(
    struct.pack("<L", 6_000_000), struct.pack("<L", 2_000_000_000)
)
ALL_FILES = {
    "Final_Training/Images/00000/00000_00000.ppm",
    "Final_Training/Images/00000/GT-00000.csv",
    "Final_Training/Images/00001/00000_00000.ppm",
    "Final_Test/Images/00000.ppm",
    "Final_Test/Images/GT-final_test.test.csv",
    "GT-final_test.csv",
    "Readme-Images.txt",
    "Readme-Images-Final-test.txt",
}


@pytest.fixture
def server(server):
    """A server that offers the three small archives below /data/."""
    server.files |= {"/data/training.zip": TRAINING_ZIP, "/data/test.zip": TEST_ZIP, "/data/labels.zip": LABELS_ZIP}
    server.base_url = f"{server.url}/data/"
    return server


@pytest.fixture
def destination(tmp_path):
    """A data folder in which somebody has something else already."""
    destination = tmp_path / "data"
    destination.mkdir()
    (destination / "Readme-Images.txt").write_text("my own notes")
    (destination / "mine").mkdir()
    (destination / "mine" / "a.ppm").write_bytes(b"P6 mine")
    return destination


def bring(server, destination, **options):
    options = {"archives": SMALL_ARCHIVES, "base_urls": [server.base_url], "patience": HASTY} | options
    return download(destination, **options)


def content_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


def files_in(folder):
    return {name for name, content in content_of(folder).items() if content is not None}


def kept_by(destination):
    """What a failed download has kept."""
    folder = destination.with_name(f".{destination.name}-download")
    return files_in(folder) if folder.exists() else None


def assert_refused(server, destination, match, **options):
    """The download fails with a sentence and leaves the destination as it was."""
    before = content_of(destination)
    with pytest.raises(DownloadError, match=match):
        bring(server, destination, **options)
    assert content_of(destination) == before


def test_official_archives_are_the_published_ones():
    """Name, checksum and number of images of each; a typing error here would refuse the true archives."""
    assert list(OFFICIAL_ARCHIVES) == [
        Archive("GTSRB_Final_Training_Images.zip", "f33fd80ac59bff73c82d25ab499e03a3", "Final_Training", 39_209),
        Archive("GTSRB_Final_Test_Images.zip", "c7e4e6327067d32654124b0fe9e82185", "Final_Test", 12_630),
        Archive("GTSRB_Final_Test_GT.zip", "fe31e9c9270bbcd7b84b7f21a9d9d9e5", "GT-final_test.csv", 0),
    ]
    assert [archive for part in PARTS.values() for archive in part] == list(OFFICIAL_ARCHIVES)
    assert OFFICIAL_BASE_URL == "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"


def test_download_builds_the_tree_of_the_tutorial(server, tmp_path):
    """Both parts and the labels lie where the tutorial looks for them, and nothing else is left."""
    destination = tmp_path / "new" / "data"

    targets = bring(server, destination)

    assert files_in(destination) == ALL_FILES
    assert targets == [destination / name for name in ("Final_Training", "Final_Test", "GT-final_test.csv")]
    assert {path.name for path in destination.iterdir()} == {name.split("/")[0] for name in ALL_FILES}
    assert (destination / "Final_Training/Images/00001/00000_00000.ppm").read_bytes() == b"P6 b"
    assert list(destination.parent.iterdir()) == [destination]


def test_what_is_downloaded_can_be_read_by_others(server, tmp_path):
    """Permissions are those of any new folder."""
    bring(server, tmp_path / "data")

    ordinary = tmp_path / "ordinary"
    ordinary.mkdir()
    for name in ("data", "data/Final_Training", "data/Final_Test"):
        assert (tmp_path / name).stat().st_mode == ordinary.stat().st_mode


@pytest.mark.parametrize("ending", ["", "/"])
def test_base_url_needs_no_slash(server, tmp_path, ending):
    """The address of a mirror may be given with or without a slash at its end."""
    bring(server, tmp_path, archives=(LABELS,), base_urls=[server.base_url.rstrip("/") + ending])

    assert server.paths == ["/data/labels.zip"]


def test_each_archive_comes_from_the_first_mirror_that_has_it(server, other_server, tmp_path):
    """A mirror may be incomplete."""
    other_server.files["/labels.zip"] = LABELS_ZIP

    bring(server, tmp_path / "data", base_urls=[other_server.url, server.base_url])

    assert files_in(tmp_path / "data") == ALL_FILES
    assert other_server.paths == ["/training.zip", "/test.zip", "/labels.zip"]
    assert server.paths == ["/data/training.zip", "/data/test.zip"]


def test_download_fetches_only_what_is_asked_for(server, tmp_path):
    """The test part does not need the training part."""
    bring(server, tmp_path / "data", archives=(TEST, LABELS))

    assert server.paths == ["/data/test.zip", "/data/labels.zip"]
    assert {path.name for path in (tmp_path / "data").iterdir()} == {
        "Final_Test",
        "GT-final_test.csv",
        "Readme-Images-Final-test.txt",
    }


def test_parts_can_be_fetched_one_after_the_other(server, tmp_path):
    """The second part joins the first."""
    bring(server, tmp_path, archives=(TRAINING,))
    bring(server, tmp_path, archives=(TEST, LABELS))

    assert files_in(tmp_path) == ALL_FILES


def test_download_leaves_alone_what_the_folder_holds(server, destination):
    """Other files, even a Readme of the same name, stay as they are."""
    before = content_of(destination)

    bring(server, destination)

    assert files_in(destination) == ALL_FILES | files_in(destination) & set(before)
    assert {name: content for name, content in content_of(destination).items() if name in before} == before


@pytest.mark.parametrize("taken", ["Final_Training", "Final_Test", "GT-final_test.csv"])
def test_download_refuses_to_overwrite_before_it_fetches(server, destination, taken):
    """Images that are there already are somebody's, and no byte is fetched in vain."""
    (destination / taken).mkdir()

    assert_refused(server, destination, f"already holds {taken}, and nothing is overwritten")
    assert server.requests == []
    assert kept_by(destination) is None


def test_a_link_to_nowhere_is_not_overwritten(server, destination):
    """A link whose disk is not mounted just now is somebody's, too."""
    (destination / "Final_Test").symlink_to("/nowhere")

    assert_refused(server, destination, "already holds Final_Test")
    assert (destination / "Final_Test").is_symlink()


def test_the_destination_may_be_a_link(server, tmp_path):
    """It is filled where it leads to, on that disk."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "data").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "disk" / "data")

    bring(server, tmp_path / "data")

    assert files_in(tmp_path / "disk" / "data") == ALL_FILES
    assert (tmp_path / "data").is_symlink()


def test_a_wrong_file_is_refused(server, destination):
    """A server that has another file of this name."""
    server.files["/data/test.zip"] = TRAINING_ZIP

    assert_refused(server, destination, f"checksum is {TRAINING.md5}, expected {TEST.md5}")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"<html>moved</html>", "not a zip archive"),
        (make_zip({"GTSRB/Final_Test/../../../evil.ppm": b"x"}), "not safe to unpack"),
        (make_zip({"GTSRB/Final_Test/Images/a.ppm": b"x", "/etc/evil": b"x"}), "not safe to unpack"),
        (make_zip({"GTSRB/Final_Test/a.ppm": b"x", "GTSRB/Final_Test/b.ppm": b"x"}), "brought 2 images .* expected 1"),
        (make_zip({"GTSRB/Online-Test/Images/a.ppm": b"x"}), "brought 0 images in Final_Test, expected 1"),
        (BOMB, "would unpack to 2,000.0 MB, at most 1,000.0 MB were expected"),
    ],
    ids=["web page", "path", "absolute path", "too many", "too few", "bomb"],
)
def test_a_bad_archive_brings_nothing_and_is_not_kept(server, destination, content, match):
    """Even with the right checksum an archive is looked at, and the good ones before it do not come either."""
    server.files["/data/test.zip"] = content
    archives = (TRAINING, archive_of("test.zip", content, "Final_Test", 1), LABELS)

    assert_refused(server, destination, match, archives=archives)

    assert not (destination.parent / "evil.ppm").exists()
    assert not any(name.endswith(".zip") for name in kept_by(destination))


def test_labels_that_are_missing_are_noticed(server, destination):
    """An archive without images still has to bring its file."""
    content = make_zip({"other.csv": b"x"})
    server.files["/data/labels.zip"] = content
    archives = (archive_of("labels.zip", content, LABELS.target, 0),)

    assert_refused(server, destination, "GT-final_test.csv", archives=archives)


def test_a_download_that_brought_nothing_leaves_no_folder(server, tmp_path):
    """A folder that was not there before is not there afterwards."""
    server.answers["/data/training.zip"] = server.status(404)

    with pytest.raises(DownloadError, match="404"):
        bring(server, tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_what_is_whole_is_not_fetched_again(server, tmp_path):
    """Two archives came before the third failed; the same command fetches the third only."""
    server.answers["/data/labels.zip"] = server.status(404)
    with pytest.raises(DownloadError, match=r"404 .*What came so far \(0.1 MB\) is kept in .*\.data-download"):
        bring(server, tmp_path / "data")
    assert not (tmp_path / "data").exists()
    server.answers.clear()
    server.requests.clear()

    bring(server, tmp_path / "data")

    assert server.paths == ["/data/labels.zip"]
    assert files_in(tmp_path) == {f"data/{name}" for name in ALL_FILES}


def test_a_broken_transfer_is_gone_on_with_by_the_next_call(server, destination):
    """From the byte at which the first gave up."""
    server.answers["/data/test.zip"] = server.serve(until=50_000)
    assert_refused(server, destination, r"broke off before its end.*What came so far \(0.1 MB\) is kept in")
    server.answers.clear()
    server.requests.clear()

    bring(server, destination)

    assert server.paths == ["/data/test.zip", "/data/labels.zip"]
    assert server.ranges == ["bytes=50000-", None]
    assert files_in(destination) >= ALL_FILES
    assert kept_by(destination) is None


def test_what_another_command_has_left_does_not_come_along(server, tmp_path):
    """Both parts were asked for and failed; then the test part is asked for, and it alone comes."""
    server.answers["/data/labels.zip"] = server.status(404)
    with pytest.raises(DownloadError):
        bring(server, tmp_path / "data")
    server.answers.clear()

    bring(server, tmp_path / "data", archives=(TEST, LABELS))

    assert not (tmp_path / "data" / "Final_Training").exists()
    assert list(tmp_path.iterdir()) == [tmp_path / "data"]


def test_a_target_that_appears_meanwhile_is_not_overwritten(server, destination):
    """Somebody unpacks by hand while the download runs: theirs stays."""
    server.next_answers["/data/labels.zip"] = [
        server.serve(then=lambda _: (destination / "Final_Test").mkdir()),
    ]
    before = content_of(destination)

    with pytest.raises(DownloadError, match="already holds Final_Test"):
        bring(server, destination)
    assert content_of(destination) == before | {"Final_Test": None}


@pytest.mark.parametrize("failing", range(5))
@pytest.mark.parametrize("after", [True, False])
def test_moving_into_place_is_all_or_nothing(server, destination, monkeypatch, failing, after):
    """Ctrl-C before or after any of the renames takes back those that were done; the next call needs no server."""
    (destination / "Readme-Images.txt").unlink()
    before = content_of(destination)
    interrupt_rename(monkeypatch, failing, after=after)

    with pytest.raises(KeyboardInterrupt):
        bring(server, destination)
    assert content_of(destination) == before
    monkeypatch.undo()
    server.requests.clear()

    bring(server, destination)

    assert files_in(destination) >= ALL_FILES
    assert server.requests == []


@pytest.mark.parametrize("after", [True, False])
def test_moving_into_a_new_place_is_all_or_nothing(server, tmp_path, monkeypatch, after):
    """A destination that was not there appears at once."""
    interrupt_rename(monkeypatch, 0, after=after)

    with pytest.raises(KeyboardInterrupt):
        bring(server, tmp_path / "data")
    assert not (tmp_path / "data").exists()
    monkeypatch.undo()

    bring(server, tmp_path / "data")

    assert files_in(tmp_path) == {f"data/{name}" for name in ALL_FILES}


def interrupt_rename(monkeypatch, failing, *, after):
    rename = Path.rename
    calls = []

    def interrupted(self, target):
        calls.append(target)
        if len(calls) - 1 != failing:
            return rename(self, target)
        if after:
            rename(self, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupted)


def test_two_downloads_into_one_folder_do_not_mix(server, destination):
    """The first wins, and the second is told so at once."""
    begun, go_on = threading.Event(), threading.Event()

    def answer(handler):
        begun.set()
        go_on.wait(10)
        server.serve()(handler)

    server.answers["/data/training.zip"] = answer
    first = threading.Thread(target=bring, args=(server, destination), kwargs={"patience": Patience()})
    first.start()
    assert begun.wait(10)

    with pytest.raises(DownloadError, match=r"Another download .* is under way"):
        bring(server, destination)
    go_on.set()
    first.join()

    assert files_in(destination) >= ALL_FILES
    assert server.paths == ["/data/training.zip", "/data/test.zip", "/data/labels.zip"]


def test_a_race_has_one_winner(server, tmp_path):
    """Of several downloads that start at once into a new folder one wins, and no mixture is left."""
    outcomes = []

    def attempt():
        try:
            bring(server, tmp_path / "data", patience=Patience())
            outcomes.append("came")
        except DownloadError:
            outcomes.append("refused")

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 6
    assert outcomes.count("came") == 1
    assert files_in(tmp_path) == {f"data/{name}" for name in ALL_FILES}


# The preparations of each process: small archives for the official ones; no time for certificates, nor for httpx's own
# command line, whose imports take longer than all the rest.
PREPARE = """
import json, signal, sys
sys.modules["httpx._main"] = None
from functools import partial
from pathlib import Path
import httpx
from roadsigns.cli import download as command
from roadsigns.datasets.download import Archive
httpx.Client = partial(httpx.Client, verify=False)
archives = [Archive(*values) for values in json.loads(sys.argv.pop(1))]
command.PARTS = {"training": archives[:1], "test": archives[1:]}
"""
COMMAND = """
from roadsigns.cli.main import main
main()
"""


def start(server, destination, archives, *, before="", command=COMMAND, wrapper=()):
    """Run `roadsigns download` in a process of its own, after some code that goes before."""
    values = json.dumps([(archive.name, archive.md5, archive.target, archive.images) for archive in archives])
    arguments = ["download", str(destination), "--base-url", server.base_url]
    return subprocess.Popen(
        [*wrapper, sys.executable, "-c", PREPARE + before + command, values, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)


def test_ctrl_c_keeps_what_came(server, destination):
    """A real interrupt in the middle of the transfer."""
    server.next_answers["/data/test.zip"] = [server.serve(until=50_000, then=server.stall)]
    before = content_of(destination)
    process = start(server, destination, [TEST])
    wait_for(lambda: server.sent == 50_000)
    time.sleep(0.1)

    process.send_signal(signal.SIGINT)

    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "What came so far" in output
    assert "roadsigns: stopped." in output
    assert content_of(destination) == before
    assert kept_by(destination) == {"test.zip", "test.zip.json"}


SMALL_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
"""


@pytest.mark.parametrize(
    ("content", "match", "kept"),
    [
        (TEST_ZIP, r"No room for fetching test.zip (File too large): it takes 0.1 MB", "test.zip.json"),
        (
            make_zip({"Final_Test/a.ppm": bytes(2_000_000)}),
            "No room for unpacking test.zip (File too large): it takes 2.0",
            "test.zip",
        ),
    ],
)
def test_a_file_limit_is_told_and_what_came_is_kept(server, destination, content, match, kept):
    """A limit on the size of files (`ulimit -f`) acts as a full disk, in the transfer and in unpacking."""
    server.files["/data/test.zip"] = content
    before = content_of(destination)
    archives = [archive_of("test.zip", content, "Final_Test", 1)]

    process = start(server, destination, archives, before=SMALL_FILES)
    output, _ = process.communicate(timeout=60)

    assert match in output
    assert "raise the limit (ulimit -f)" in output
    assert "is kept in" in output
    assert process.returncode == 1
    assert content_of(destination) == before
    assert kept_by(destination) == {"test.zip", kept}

    # With room enough the same command goes on from there.
    server.requests.clear()
    bring(server, destination, archives=archives)

    assert server.paths == (["/data/test.zip"] if kept == "test.zip.json" else [])
    assert set(server.ranges) <= {"bytes=50000-"}
    assert (destination / "Final_Test").is_dir()
    assert kept_by(destination) is None


@pytest.mark.parametrize("name", ["mkdir", "replace", "rename", "touch"])
def test_a_disk_that_is_full_at_any_step_is_told(server, destination, monkeypatch, name):
    """Folders and names take room, too."""

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    server.next_answers["/data/labels.zip"] = [server.serve(then=lambda _: monkeypatch.setattr(Path, name, full))]

    assert_refused(server, destination, r"No room for .* \(No space left on device\): .* MB were left.*is kept in")
    monkeypatch.undo()
    bring(server, destination)

    assert files_in(destination) >= ALL_FILES


def can_mount():
    command = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return shutil.which("unshare") and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not can_mount(),
    reason="a full disk of one's own needs the right to mount one",
)
@pytest.mark.parametrize(
    ("content", "match"),
    [
        (
            make_zip({"Final_Test/a.ppm": os.urandom(2_000_000)}),
            "No room for fetching test.zip (No space left on device)",
        ),
        (make_zip({"Final_Test/a.ppm": bytes(2_000_000)}), "No room for unpacking test.zip (No space left on device)"),
    ],
)
def test_a_full_disk_is_told(server, destination, content, match):
    """A disk of one megabyte, mounted for this process only."""
    server.files["/data/test.zip"] = content
    mount = f"mount -t tmpfs -o size=1m none '{destination}' && \"$@\"; status=$?; ls -A '{destination}'; exit $status"

    process = start(
        server,
        destination,
        [archive_of("test.zip", content, "Final_Test", 1)],
        wrapper=("unshare", "-m", "sh", "-c", mount, "sh"),
    )
    output, _ = process.communicate(timeout=60)

    assert match in output
    assert "it takes 2.0 MB" in output
    assert f"is kept in {destination}/.roadsigns-download" in output
    # The list of what is on the small disk comes after the sentence.
    assert output.endswith("if you give up.\n.roadsigns-download\n")
    assert process.returncode == 1
    assert len(server.requests) == 1


# Only once everything is imported: the interpreter may lie in root's private folder.
DROP_RIGHTS = """
import os
import roadsigns.cli.main
if os.geteuid() == 0:
    os.setuid(65534)
"""


@pytest.mark.parametrize("name", ["", "data"])
def test_a_folder_that_cannot_be_written_is_told(server, name):
    """Somebody else's folder, as a user without rights finds it."""
    # Not tmp_path: pytest's folders are private, and a user without rights could not even look.
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o555)
        process = start(server, Path(home, name), [LABELS], before=DROP_RIGHTS)
        output, _ = process.communicate(timeout=60)

    assert "Cannot write the data set to" in output
    assert "Permission denied" in output
    assert process.returncode == 1
    assert server.requests == []


def test_a_file_in_place_of_the_folder_is_told(server, tmp_path):
    """The destination is a file."""
    (tmp_path / "data").write_text("mine")

    with pytest.raises(DownloadError, match="data is a file, expected a folder or nothing"):
        bring(server, tmp_path / "data")
    assert (tmp_path / "data").read_text() == "mine"
    assert server.requests == []


def test_two_processes_at_once_do_not_mix(server, tmp_path):
    """Both start in the same moment; one brings everything, the other says why not."""
    server.answers["/data/training.zip"] = lambda handler: (time.sleep(0.5), server.serve()(handler))

    processes = [start(server, tmp_path / "data", SMALL_ARCHIVES) for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0] for process in processes]

    assert sorted(process.returncode for process in processes) == [0, 1]
    refusal = outputs[[process.returncode for process in processes].index(1)]
    assert "is under way" in refusal or "already holds" in refusal
    assert files_in(tmp_path) == {f"data/{name}" for name in ALL_FILES}


# One process that makes, for each step, a child which dies right before it, and a second one that shall go on. Python's
# audit events name every connection and every change of a folder. What children would import is imported once.
KILL_BEFORE_EACH_STEP = """
import encodings.cp437, httpcore, os, shutil
from roadsigns.datasets.download import download
from roadsigns.datasets.connection import Patience
from roadsigns.errors import DownloadError

STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "socket.connect"}
destination, base_url, existing = Path(sys.argv[2]), sys.argv[4], EXISTING

def bring(dies_before):
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    left = dies_before
    def look(event, arguments):
        nonlocal left
        if event in STEPS and not (event == "open" and arguments[1] == "r"):
            left -= 1
            if left == 0:
                signal.raise_signal(signal.SIGKILL)
    sys.addaudithook(look)
    try:
        download(destination, archives=archives, base_urls=[base_url], patience=Patience(tries=1))
    except DownloadError as error:
        print(error, flush=True)
        os._exit(1)
    os._exit(0)

def tree():
    return sorted((path.relative_to(destination).as_posix(), path.read_bytes() if path.is_file() else None)
                  for path in destination.rglob("*")) if destination.exists() else None

def fresh():
    for path in destination.parent.iterdir():
        shutil.rmtree(path)
    if existing:
        destination.mkdir()
        (destination / "mine.txt").write_text("mine")
    return tree()

before = fresh()
assert bring(0) == 0
whole = tree()
for step in range(1, 10_000):
    fresh()
    status = bring(step)
    if status == 0:
        break
    assert status == signal.SIGKILL, (step, status)
    if not existing:
        assert tree() in (before, whole), (step, tree())
    again = bring(0)
    assert tree() == whole, (step, again, tree())
    # Killed when all was done but the last of the tidying up: then it is there already.
    assert again in (0, 256), (step, again)
    assert [path.name for path in destination.parent.iterdir()] == ["data"], step
print("steps", step)
"""


@pytest.mark.parametrize("existing", [True, False])
def test_killed_before_any_step_the_next_run_completes_it(server, tmp_path, existing):
    """And in between a destination that was not there is not there, or whole."""
    destination = tmp_path / "home" / "data"
    destination.parent.mkdir()
    code = KILL_BEFORE_EACH_STEP.replace("EXISTING", str(existing))

    # One target is renamed at once with the folder, two one after the other.
    process = start(server, destination, [TEST, LABELS] if existing else [LABELS], command=code)
    output, _ = process.communicate(timeout=120)

    assert process.returncode == 0, output
    assert output.split()[-2] == "steps"
    assert int(output.split()[-1]) > 15
    # Nobody was refused, but those who found that all was there.
    refusals = output.splitlines()[:-1]
    assert all("already holds" in line for line in refusals)
    assert len(refusals) <= 5


def slowly(server):
    """Serve like a good server far away: a piece, a pause."""

    def answer(handler):
        send = handler.wfile.write

        def write(content):
            time.sleep(0.02)
            send(content)

        handler.wfile.write = write
        server.serve()(handler)

    return answer


def test_killed_at_random_moments_and_started_again_it_comes_whole(server, tmp_path):
    """The command itself, as often as it takes, beside one that nobody disturbed."""
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    contents = {
        "training.zip": {f"GTSRB/Final_Training/Images/{i:05d}.ppm": chance.randbytes(4_000) for i in range(300)},
        "test.zip": {f"GTSRB/Final_Test/Images/{i:05d}.ppm": chance.randbytes(4_000) for i in range(100)},
        "labels.zip": {"GT-final_test.csv": b"Filename;ClassId\n"},
    }
    archives = []
    for (name, members), target in zip(contents.items(), ("Final_Training", "Final_Test", LABELS.target), strict=True):
        content = make_zip(members)
        server.files[f"/data/{name}"] = content
        archives.append(archive_of(name, content, target, len(members) if target != LABELS.target else 0))
    bring(server, tmp_path / "undisturbed", archives=archives)
    undisturbed, all_bytes = content_of(tmp_path / "undisturbed"), server.sent
    server.answers |= {path: slowly(server) for path in server.files}
    server.sent = 0

    kills = 0
    for _ in range(30):
        requests = len(server.requests)
        process = start(server, tmp_path / "data", archives)
        wait_for(lambda seen=requests, process=process: len(server.requests) > seen or process.poll() is not None)
        with_luck = chance.uniform(0, 0.5) if kills < 4 else 60
        try:
            output, _ = process.communicate(timeout=with_luck)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
            assert not (tmp_path / "data").exists() or content_of(tmp_path / "data") == undisturbed
            continue
        break

    assert process.returncode == 0 or "already holds" in output, (seed, output)
    assert kills, seed
    assert content_of(tmp_path / "data") == undisturbed, seed
    assert not list(tmp_path.glob(".*")), seed
    # What was on its way when a kill came was sent twice, what had come was not.
    assert server.sent < all_bytes + kills * 400_000, seed
