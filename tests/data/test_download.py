"""Both parts of GTSRB come whole or nothing changes, whatever server, disk and user do. The servers here are real."""

import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from roadsigns.data import download as download_module
from roadsigns.data.download import OFFICIAL_ARCHIVES, OFFICIAL_BASE_URL, PARTS, Archive, download
from roadsigns.errors import DownloadError

IMPATIENT = httpx.Timeout(0.3)


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


class Server:
    """An HTTP server on loopback. `answers` maps a path to a function that is given the request handler."""

    def __init__(self):
        self.answers = {}
        self.requests = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.requests.append(self.path)
                self.close_connection = True
                server.answers.get(self.path, status(404))(self)

            def log_message(self, *args):
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None
        self.base_url = f"http://127.0.0.1:{self.http.server_port}/data/"
        self.answers |= {
            "/data/training.zip": body(TRAINING_ZIP),
            "/data/test.zip": body(TEST_ZIP),
            "/data/labels.zip": body(LABELS_ZIP),
        }


def body(content, *, length=None):
    """Answer 200 with the content, and perhaps a Content-Length that is a lie."""

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code):
    return lambda handler: handler.send_error(code)


def redirect(location):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def stall_after(content, *, until, length):
    """Answer the beginning and then nothing more until the event is set."""

    def answer(handler):
        body(content, length=length)(handler)
        until.wait(20)

    return answer


@pytest.fixture
def server(monkeypatch):
    """A server that offers the three small archives below /data/."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


@pytest.fixture
def released():
    """An event that is set at the end of the test, so that no stalling server outlives it."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def destination(tmp_path):
    """A data folder in which somebody has something else already."""
    destination = tmp_path / "data"
    destination.mkdir()
    (destination / "Readme-Images.txt").write_text("my own notes")
    (destination / "mine").mkdir()
    (destination / "mine" / "a.ppm").write_bytes(b"P6 mine")
    return destination


def content_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


def files_in(folder):
    return {name for name, content in content_of(folder).items() if content is not None}


def assert_refused(server, destination, match, **options):
    """The download fails with a sentence and leaves the destination as it was."""
    before = content_of(destination)
    options = {"archives": SMALL_ARCHIVES, "base_url": server.base_url, "timeout": IMPATIENT} | options
    with pytest.raises(DownloadError, match=match):
        download(destination, **options)
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

    targets = download(destination, archives=SMALL_ARCHIVES, base_url=server.base_url)

    assert files_in(destination) == ALL_FILES
    assert targets == [destination / name for name in ("Final_Training", "Final_Test", "GT-final_test.csv")]
    assert {path.name for path in destination.iterdir()} == {name.split("/")[0] for name in ALL_FILES}
    assert (destination / "Final_Training/Images/00001/00000_00000.ppm").read_bytes() == b"P6 b"


def test_what_is_downloaded_can_be_read_by_others(server, tmp_path):
    """The private temporary folder does not pass its permissions on."""
    download(tmp_path, archives=SMALL_ARCHIVES, base_url=server.base_url)

    ordinary = tmp_path / "ordinary"
    ordinary.mkdir()
    for name in ("Final_Training", "Final_Test"):
        assert (tmp_path / name).stat().st_mode == ordinary.stat().st_mode


@pytest.mark.parametrize("ending", ["", "/"])
def test_base_url_needs_no_slash(server, tmp_path, ending):
    """The address of a mirror may be given with or without a slash at its end."""
    download(tmp_path, archives=(LABELS,), base_url=server.base_url.rstrip("/") + ending)

    assert server.requests == ["/data/labels.zip"]


def test_download_fetches_only_what_is_asked_for(server, tmp_path):
    """The test part does not need the training part."""
    download(tmp_path, archives=(TEST, LABELS), base_url=server.base_url)

    assert server.requests == ["/data/test.zip", "/data/labels.zip"]
    assert {path.name for path in tmp_path.iterdir()} == {
        "Final_Test",
        "GT-final_test.csv",
        "Readme-Images-Final-test.txt",
    }


def test_parts_can_be_fetched_one_after_the_other(server, tmp_path):
    """The second part joins the first."""
    download(tmp_path, archives=(TRAINING,), base_url=server.base_url)
    download(tmp_path, archives=(TEST, LABELS), base_url=server.base_url)

    assert files_in(tmp_path) == ALL_FILES


def test_download_leaves_alone_what_the_folder_holds(server, destination):
    """Other files, even a Readme of the same name, stay as they are."""
    before = content_of(destination)

    download(destination, archives=SMALL_ARCHIVES, base_url=server.base_url)

    assert files_in(destination) == ALL_FILES | files_in(destination) & set(before)
    assert {name: content for name, content in content_of(destination).items() if name in before} == before


@pytest.mark.parametrize("taken", ["Final_Training", "Final_Test", "GT-final_test.csv"])
def test_download_refuses_to_overwrite_before_it_fetches(server, destination, taken):
    """Images that are there already are somebody's, and no byte is fetched in vain."""
    (destination / taken).mkdir()

    assert_refused(server, destination, f"already holds {taken}, and nothing is overwritten")
    assert server.requests == []


def test_a_link_to_nowhere_is_not_overwritten(server, destination):
    """A link whose disk is not mounted just now is somebody's, too."""
    (destination / "Final_Test").symlink_to("/nowhere")

    assert_refused(server, destination, "already holds Final_Test")
    assert (destination / "Final_Test").is_symlink()


def test_download_works_without_content_length(server, tmp_path):
    """A server may send until it closes the connection."""

    def answer(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(TRAINING_ZIP)

    server.answers["/data/training.zip"] = answer

    download(tmp_path, archives=(TRAINING,), base_url=server.base_url)

    assert (tmp_path / "Final_Training").is_dir()


def test_a_redirect_is_followed(server, tmp_path):
    """Mirrors move."""
    server.answers["/data/labels.zip"] = redirect("/elsewhere")
    server.answers["/elsewhere"] = body(LABELS_ZIP)

    download(tmp_path, archives=(LABELS,), base_url=server.base_url)

    assert server.requests == ["/data/labels.zip", "/elsewhere"]


def test_endless_redirects_are_refused(server, destination):
    """A server that sends one round in circles is left after a few rounds."""
    server.answers["/data/training.zip"] = redirect("/data/training.zip")

    assert_refused(server, destination, "more than 5 redirects")
    assert len(server.requests) == 6


def test_proxies_come_from_the_environment(server, tmp_path, monkeypatch):
    """Behind a proxy the whole address goes to it."""
    monkeypatch.setenv("HTTP_PROXY", server.base_url)
    server.answers["http://mirror.invalid/labels.zip"] = body(LABELS_ZIP)

    download(tmp_path, archives=(LABELS,), base_url="http://mirror.invalid")

    assert server.requests == ["http://mirror.invalid/labels.zip"]


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS_PROXY", "gopher://127.0.0.1:70"), ("SSL_CERT_FILE", "/nowhere/certificates.pem")]
)
def test_unusable_network_settings_are_named(server, destination, monkeypatch, name, value):
    """A typing error in the environment gets a sentence."""
    monkeypatch.setenv(name, value)

    assert_refused(server, destination, "network settings of the environment cannot be used")


@pytest.mark.parametrize("code", [204, 206, 304, 403, 404, 500, 503])
def test_a_wrong_status_is_told(server, destination, code):
    """Anything but 200 is not the archive."""
    server.answers["/data/test.zip"] = status(code)

    assert_refused(server, destination, f"test.zip: the server answered {code} .*expected 200 OK")


@pytest.mark.parametrize("sent", [0, 50_000])
def test_a_broken_off_transfer_is_told(server, destination, sent):
    """The connection closes before the announced end."""
    server.answers["/data/test.zip"] = body(TEST_ZIP[:sent], length=len(TEST_ZIP))

    assert_refused(server, destination, "the transfer broke off before its end. Try again")


def test_a_server_that_hangs_up_at_once_is_told(server, destination):
    """No answer at all."""
    server.answers["/data/training.zip"] = lambda handler: None

    assert_refused(server, destination, "the transfer broke off before its end")


def test_a_server_that_talks_no_http_is_told(server, destination):
    """Something else listens on that port."""
    server.answers["/data/training.zip"] = lambda handler: handler.wfile.write(b"220 ftp ready\r\n")

    assert_refused(server, destination, "Could not fetch .*training.zip")


def test_a_shortened_length_is_noticed(server, destination):
    """A server that announces too little delivers too little."""
    server.answers["/data/test.zip"] = body(TEST_ZIP, length=50_000)

    assert_refused(server, destination, "not the expected file: its MD5 checksum")


@pytest.mark.parametrize("sent", [0, 50_000])
def test_a_server_that_falls_silent_is_given_up(server, destination, released, sent):
    """Waiting ends, at the beginning and in the middle."""
    server.answers["/data/test.zip"] = stall_after(TEST_ZIP[:sent], until=released, length=len(TEST_ZIP))

    assert_refused(server, destination, "the server fell silent. Try again later")


def test_a_refused_connection_is_told(server, destination):
    """Nobody listens on port 1."""
    assert_refused(server, destination, "no connection. Check --base-url", base_url="http://127.0.0.1:1/")


def test_an_unknown_host_is_told(server, destination):
    """The name ends in .invalid, which never exists (RFC 2606)."""
    assert_refused(server, destination, "Could not fetch https://gtsrb.invalid/", base_url="https://gtsrb.invalid/")


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "/",
        "data",
        "sid.erda.dk/public",
        "ftp://127.0.0.1/",
        "file:///tmp",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:port",
        "http://a..b/",
        f"http://{'a' * 70}.invalid/",
        "http://\n/",
    ],
)
def test_an_invalid_address_is_told(server, destination, base_url):
    """What is no address of the web gets a sentence with the option's name."""
    assert_refused(server, destination, r"Could not fetch [\s\S]*Check --base-url", base_url=base_url)


def test_a_wrong_checksum_names_both(server, destination):
    """The sums that came and that were expected let the user see which file it is."""
    server.answers["/data/test.zip"] = body(TRAINING_ZIP)

    assert_refused(server, destination, f"checksum is {TRAINING.md5}, expected {TEST.md5}")


@pytest.mark.parametrize("announced", [True, False])
def test_an_endless_body_is_cut_off(server, destination, monkeypatch, announced):
    """A server cannot fill the disk."""
    monkeypatch.setattr(download_module, "MAX_ARCHIVE_BYTES", 1_000_000)

    def answer(handler):
        handler.send_response(200)
        if announced:
            handler.send_header("Content-Length", str(10**15))
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(100_000))

    server.answers["/data/training.zip"] = answer

    assert_refused(server, destination, r"MB or more, at most 1.0 MB were expected")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"<html>moved</html>", "not a zip archive"),
        (make_zip({"GTSRB/Final_Test/../../../evil.ppm": b"x"}), "not safe to unpack"),
        (make_zip({"GTSRB/Final_Test/Images/a.ppm": b"x", "/etc/evil": b"x"}), "not safe to unpack"),
        (make_zip({"GTSRB/Final_Test/a.ppm": b"x", "GTSRB/Final_Test/b.ppm": b"x"}), "brought 2 images .* expected 1"),
        (make_zip({"GTSRB/Online-Test/Images/a.ppm": b"x"}), "brought 0 images in Final_Test, expected 1"),
    ],
)
def test_a_bad_archive_brings_nothing(server, destination, content, match):
    """Even with the right checksum an archive is looked at, and the good ones before it do not stay either."""
    server.answers["/data/test.zip"] = body(content)
    archives = (TRAINING, archive_of("test.zip", content, "Final_Test", 1), LABELS)

    assert_refused(server, destination, match, archives=archives)
    assert not (destination.parent / "evil.ppm").exists()


def test_labels_that_are_missing_are_noticed(server, destination):
    """An archive without images still has to bring its file."""
    content = make_zip({"other.csv": b"x"})
    server.answers["/data/labels.zip"] = body(content)

    assert_refused(
        server, destination, "GT-final_test.csv", archives=(archive_of("labels.zip", content, LABELS.target, 0),)
    )


def test_a_failed_download_removes_the_folders_that_it_made(server, tmp_path):
    """A folder that was not there before is not there afterwards."""
    server.answers["/data/labels.zip"] = status(500)

    with pytest.raises(DownloadError, match="500"):
        download(tmp_path / "a" / "b", archives=SMALL_ARCHIVES, base_url=server.base_url)
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_appears_meanwhile_is_not_overwritten(server, destination):
    """Somebody unpacks by hand while the download runs: theirs stays, ours goes."""

    def answer(handler):
        (destination / "Final_Test").mkdir()
        body(LABELS_ZIP)(handler)

    server.answers["/data/labels.zip"] = answer
    before = content_of(destination)

    with pytest.raises(DownloadError, match="already holds Final_Test"):
        download(destination, archives=SMALL_ARCHIVES, base_url=server.base_url)
    assert content_of(destination) == before | {"Final_Test": None}


@pytest.mark.parametrize("failing", range(5))
@pytest.mark.parametrize("after", [True, False])
def test_moving_into_place_is_all_or_nothing(server, destination, monkeypatch, failing, after):
    """Ctrl-C before or after any of the renames takes back those that were done."""
    (destination / "Readme-Images.txt").unlink()
    before = content_of(destination)
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

    with pytest.raises(KeyboardInterrupt):
        download(destination, archives=SMALL_ARCHIVES, base_url=server.base_url)
    assert content_of(destination) == before


def test_two_downloads_into_one_folder_do_not_mix(server, destination, released):
    """The first wins, and the second is told so at once."""
    begun = threading.Event()

    def answer(handler):
        begun.set()
        released.wait(10)
        body(TRAINING_ZIP)(handler)

    server.answers["/data/training.zip"] = answer
    first = threading.Thread(
        target=download, args=(destination,), kwargs={"archives": SMALL_ARCHIVES, "base_url": server.base_url}
    )
    first.start()
    assert begun.wait(10)

    with pytest.raises(DownloadError, match=r"Another download into .* is under way"):
        download(destination, archives=SMALL_ARCHIVES, base_url=server.base_url)
    released.set()
    first.join()

    assert files_in(destination) >= ALL_FILES
    assert server.requests == ["/data/training.zip", "/data/test.zip", "/data/labels.zip"]


def test_a_race_has_one_winner(server, tmp_path):
    """Of several downloads that start at once into a new folder at most one wins, and no mixture is left."""
    outcomes = []

    def attempt():
        try:
            download(tmp_path / "data", archives=SMALL_ARCHIVES, base_url=server.base_url)
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
    assert files_in(tmp_path / "data") == ALL_FILES


SCRIPT = """
import sys
from pathlib import Path
from roadsigns.data.download import Archive, download
from roadsigns.errors import DownloadError
{before}
try:
    download(Path(sys.argv[1]), base_url=sys.argv[2], archives=[Archive(*sys.argv[3:6], int(sys.argv[6]))])
except DownloadError as error:
    print(error)
    sys.exit(1)
except KeyboardInterrupt:
    sys.exit(130)
"""


def run_script(server, destination, archive, *, before="", wrapper=()):
    """Download in a process of its own, under limits set by `before`."""
    arguments = [str(destination), server.base_url, archive.name, archive.md5, archive.target, str(archive.images)]
    return subprocess.Popen(
        [*wrapper, sys.executable, "-c", SCRIPT.format(before=before), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize("sent", [0, 50_000])
def test_ctrl_c_leaves_nothing_behind(server, destination, released, sent):
    """A real interrupt in the middle of the transfer."""
    server.answers["/data/test.zip"] = stall_after(TEST_ZIP[:sent], until=released, length=len(TEST_ZIP))
    before = content_of(destination)
    process = run_script(server, destination, TEST)
    deadline = time.monotonic() + 10
    while not server.requests and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    assert any(path.name.startswith(".roadsigns-download-") for path in destination.iterdir())

    process.send_signal(signal.SIGINT)

    assert process.wait(10) == 130
    assert content_of(destination) == before


LIMITED = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
"""


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (TEST_ZIP, "No room for fetching test.zip (File too large): it takes 0.1 MB"),
        (
            make_zip({"Final_Test/a.ppm": bytes(2_000_000)}),
            "No room for unpacking test.zip (File too large): it takes 2.0",
        ),
    ],
)
def test_a_file_limit_is_told(server, destination, content, match):
    """A limit on the size of files (`ulimit -f`) acts as a full disk, in the transfer and in unpacking."""
    server.answers["/data/test.zip"] = body(content)
    before = content_of(destination)

    process = run_script(server, destination, archive_of("test.zip", content, "Final_Test", 1), before=LIMITED)
    output, _ = process.communicate(timeout=20)

    assert match in output
    assert process.returncode == 1
    assert content_of(destination) == before


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
    server.answers["/data/test.zip"] = body(content)
    mount = f"mount -t tmpfs -o size=1m none '{destination}' && \"$@\"; status=$?; ls -A '{destination}'; exit $status"

    process = run_script(
        server,
        destination,
        archive_of("test.zip", content, "Final_Test", 1),
        wrapper=("unshare", "-m", "sh", "-c", mount, "sh"),
    )
    output, _ = process.communicate(timeout=20)

    assert match in output
    assert "it takes 2.0 MB" in output
    # The list of what is left on the small disk would come after the sentence.
    assert output.endswith("on another disk.\n")
    assert process.returncode == 1


# Only once everything is imported: the interpreter may lie in root's private folder.
DROP_RIGHTS = """
import os
if os.geteuid() == 0:
    os.setuid(65534)
"""


@pytest.mark.parametrize("name", ["", "data"])
def test_a_folder_that_cannot_be_written_is_told(server, name):
    """Somebody else's folder, as a user without rights finds it."""
    # Not tmp_path: pytest's folders are private, and a user without rights could not even look.
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o555)
        process = run_script(server, Path(home, name), LABELS, before=DROP_RIGHTS)
        output, _ = process.communicate(timeout=20)

    assert "Cannot write the data set to" in output
    assert "Permission denied" in output
    assert process.returncode == 1
    assert server.requests == []


def test_a_file_in_place_of_the_folder_is_told(server, tmp_path):
    """The destination is a file."""
    (tmp_path / "data").write_text("mine")

    with pytest.raises(DownloadError, match=r"Cannot write the data set to .*File exists"):
        download(tmp_path / "data", archives=(LABELS,), base_url=server.base_url)
    assert (tmp_path / "data").read_text() == "mine"
