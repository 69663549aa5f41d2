"""One file comes from a mirror, whole and checked, or an error says why not."""

import hashlib
import io
import threading
import zipfile

import pytest
from fixtures.errors import raises

from roadsigns.datasets import fetch as fetch_module
from roadsigns.datasets.fetch import fetch
from roadsigns.errors import DownloadError

CONTENT = bytes(range(256)) * 10_000
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()

pytestmark = pytest.mark.usefixtures("pauses")


def bring(folder, *servers):
    """Fetch the file from these servers."""
    return fetch("a.zip", folder, md5=MD5, base_urls=[server.url for server in servers])


@pytest.mark.parametrize("ending", ["", "/"])
def test_file_comes_and_nothing_else(server, tmp_path, ending):
    """An address ends with a slash or does not."""
    server.files["/data/a.zip"] = CONTENT

    path = fetch("a.zip", tmp_path, md5=MD5, base_urls=[f"{server.url}/data{ending}"])

    assert path == tmp_path / "a.zip"
    assert path.read_bytes() == CONTENT
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_with_another_checksum_is_fetched_again(server, tmp_path):
    """Half of one, say."""
    (tmp_path / "a.zip").write_bytes(CONTENT[:1000])
    server.files["/a.zip"] = CONTENT

    assert bring(tmp_path, server).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "answer",
    [
        lambda server: lambda handler: handler.send_error(503),
        lambda server: lambda handler: handler.send_error(429),
        lambda server: lambda handler: server.send(handler, CONTENT[:1000], length=len(CONTENT)),
        lambda server: lambda handler: server.send(handler, b"another file"),
    ],
    ids=["503", "429", "broken off", "damaged"],
)
def test_what_may_pass_is_tried_again_with_growing_pauses(server, tmp_path, pauses, answer):
    """Three times."""
    server.files["/a.zip"] = CONTENT
    server.answers["/a.zip"] = [answer(server)] * 3

    assert bring(tmp_path, server).read_bytes() == CONTENT
    assert len(server.paths) == 4
    assert pauses == [1, 2, 3]


def test_a_server_that_stays_unwell_is_given_up(server, tmp_path):
    """Nothing of what came is left."""
    server.answers["/a.zip"] = [lambda handler: server.send(handler, b"another file")] * 9

    with raises(DownloadError, problem="another checksum"):
        bring(tmp_path, server)

    assert len(server.paths) == 4
    assert list(tmp_path.iterdir()) == []


def zipped(content):
    """A zip archive of one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", content)
    return buffer.getvalue()


def test_without_a_checksum_a_whole_zip_archive_is_taken(server, tmp_path, pauses):
    """A page that says that the server is down is none, nor is half an archive. What is there is not fetched again."""
    content = zipped(b"words" * 1000)
    server.files["/a.zip"] = content
    server.answers["/a.zip"] = [
        lambda handler: server.send(handler, b"<html>We are down.</html>"),
        lambda handler: server.send(handler, content[:1000]),
    ]

    for _ in range(2):
        path = fetch("a.zip", tmp_path, md5=None, base_urls=[server.url])
        assert path.read_bytes() == content
    assert len(server.paths) == 3
    assert pauses == [1, 2]


def test_what_is_no_zip_archive_anywhere_is_an_error(server, tmp_path):
    server.files["/a.zip"] = b"<html>We are down.</html>"

    with raises(DownloadError, problem="something else than a zip archive", expected="a zip archive", subject="a.zip"):
        fetch("a.zip", tmp_path, md5=None, base_urls=[server.url])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", [403, 404, 410])
def test_a_refusal_is_not_tried_again(server, tmp_path, pauses, code):
    """It would be the same."""
    server.answers["/a.zip"] = [lambda handler: handler.send_error(code)]

    with raises(DownloadError, problem=str(code)):
        bring(tmp_path, server)

    assert len(server.paths) == 1
    assert pauses == []


@pytest.mark.parametrize("address", ["", "nowhere", "nothing://host", "file:///x", "http://:0"])
def test_what_is_no_address_is_reported_at_once(tmp_path, pauses, address):
    """By name."""
    with raises(DownloadError, problem=f"{address or repr(address)}: this is not an address"):
        fetch("a.zip", tmp_path, md5=MD5, base_urls=[address])

    assert pauses == []


def test_silence_is_ended(server, tmp_path, monkeypatch):
    """After a while, and told."""
    monkeypatch.setattr(fetch_module, "TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr(fetch_module, "RETRIES", 0)
    server.answers["/a.zip"] = [lambda handler: threading.Event().wait(1)]

    with raises(DownloadError, problem="did not answer in time"):
        bring(tmp_path, server)


def test_mirrors_are_tried_in_turn_until_one_has_the_file(start_server, tmp_path):
    """One has not got it, one has a wrong one, the third is good, and nobody asks the fourth."""
    servers = [start_server() for _ in range(4)]
    servers[1].files["/a.zip"] = b"another file"
    servers[2].files["/a.zip"] = servers[3].files["/a.zip"] = CONTENT

    assert bring(tmp_path, *servers).read_bytes() == CONTENT
    assert [len(server.paths) for server in servers] == [1, 4, 1, 0]


def test_error_says_what_each_mirror_said(start_server, tmp_path):
    """In their order, with what was expected and what to do."""
    servers = [start_server(), start_server()]
    servers[1].files["/a.zip"] = b"another file"

    with pytest.raises(DownloadError) as raised:
        bring(tmp_path, *servers)

    assert raised.value.problem == (
        f"{servers[0].url}: the server answered 404 Client Error: Not Found. "
        f"{servers[1].url}: the server sent a file with another checksum."
    )
    assert raised.value.subject == "a.zip"
    assert MD5 in raised.value.expected
    assert "--base-url" in raised.value.hint


def test_only_an_archive_that_came_whole_is_said_to_be_kept(server, tmp_path):
    """The lock of the download is none."""
    (tmp_path / ".lock").touch()
    with raises(DownloadError) as raised:
        bring(tmp_path, server)
    assert "kept" not in raised.value.hint

    (tmp_path / "b.zip").write_bytes(CONTENT)
    with raises(DownloadError, hint="archives are kept"):
        bring(tmp_path, server)


def test_nothing_but_the_progress_is_written(server, tmp_path, capfd):
    """No lines of pooch's own."""
    server.files["/a.zip"] = CONTENT

    bring(tmp_path, server)

    assert "Downloading" not in capfd.readouterr().err


@pytest.mark.parametrize("length_is_told", [True, False])
def test_the_bar_ends_at_the_files_size(server, tmp_path, monkeypatch, length_is_told):
    """In MB, and with an ETA where the server tells the size."""
    shown = []

    class Bar:
        def __init__(self, description, *, total, unit):
            self.described = (description, total, unit)

        def __enter__(self):
            return lambda steps: shown.append((*self.described, steps))

        def __exit__(self, *_):
            """Nothing to close."""

    def without_length(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(CONTENT)

    monkeypatch.setattr(fetch_module, "progress", Bar)
    server.files["/a.zip"] = CONTENT
    server.answers["/a.zip"] = [] if length_is_told else [without_length]

    bring(tmp_path, server)

    assert {entry[:3] for entry in shown} == {("Fetching a.zip", 3 if length_is_told else None, "MB")}
    assert sum(entry[3] for entry in shown) == 3


def test_a_full_disk_is_no_fault_of_the_server(server, tmp_path, monkeypatch):
    """It is raised as it is, and nothing is tried again."""
    server.files["/a.zip"] = CONTENT

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fetch_module.pooch.HTTPDownloader, "__call__", fail)

    with pytest.raises(OSError, match="No space left"):
        bring(tmp_path, server)
    assert list(tmp_path.iterdir()) == []
