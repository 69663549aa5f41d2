"""The command `roadsigns download`."""

import hashlib
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from roadsigns.cli import download as download_module
from roadsigns.cli.download import command
from roadsigns.datasets.download import OFFICIAL_BASE_URL, Archive

HURRY = """
from roadsigns.datasets import fetch
from roadsigns.datasets.connection import Patience
fetch.Patience = lambda: Patience(pause_seconds=0.01)
"""
MAIN = "from roadsigns.cli.main import main; main()"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def mirror(tmp_path_factory, monkeypatch):
    """The address of a mirror with a small archive for each part, which the command takes for the official ones."""
    for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path_factory.mktemp("mirror")
    parts = {}
    for part, target in (("training", "Final_Training"), ("test", "Final_Test")):
        with zipfile.ZipFile(folder / f"{part}.zip", "w") as archive:
            archive.writestr(f"GTSRB/{target}/Images/a.ppm", b"P6")
        md5 = hashlib.md5((folder / f"{part}.zip").read_bytes(), usedforsecurity=False).hexdigest()
        parts[part] = (Archive(f"{part}.zip", md5, target, 1),)
    monkeypatch.setattr(download_module, "PARTS", parts)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("options", "targets"),
    [
        ([], ["Final_Training", "Final_Test"]),
        (["--part", "training"], ["Final_Training"]),
        (["--part", "test"], ["Final_Test"]),
        (["--part", "test", "--part", "training", "--part", "test"], ["Final_Training", "Final_Test"]),
    ],
)
def test_download_prints_what_came(mirror, tmp_path, options, targets):
    """Both parts come unless one is asked for, and standard output names them."""
    result = CliRunner().invoke(command, [str(tmp_path), "--base-url", mirror, *options], catch_exceptions=False)

    assert result.stdout.splitlines() == [str(tmp_path / target) for target in targets]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(targets)


def test_mirrors_are_asked_in_the_order_given(mirror, tmp_path):
    """The second has what the first has not."""
    options = ["--base-url", f"{mirror}/nowhere", "--base-url", mirror]

    result = CliRunner().invoke(command, [str(tmp_path), *options], catch_exceptions=False)

    assert result.exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Final_Test", "Final_Training"]


def test_help_names_options_and_the_official_address():
    """The help tells where the data come from and how much room they take."""
    result = CliRunner().invoke(command, ["--help"])

    assert result.exit_code == 0
    assert "--part [training|test]" in result.output
    assert OFFICIAL_BASE_URL in "".join(result.output.split())
    assert "about 1 GB" in " ".join(result.output.split())


def test_an_unknown_part_is_wrong_usage(tmp_path):
    """Click names the parts that there are."""
    result = CliRunner().invoke(command, [str(tmp_path), "--part", "validation"])

    assert result.exit_code == 2
    assert "training" in result.output


def test_an_error_is_one_sentence_and_status_1(tmp_path):
    """The whole command, with nobody at the other end; before the sentence a line for each try but the first."""
    result = subprocess.run(
        [sys.executable, "-c", HURRY + MAIN, "download", str(tmp_path / "data"), "--base-url", "http://127.0.0.1:1/"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode == 1
    assert result.stdout == ""
    *tries, error = result.stderr.splitlines()
    assert [line.partition(" follows")[0].rpartition(". ")[2] for line in tries] == [
        f"Try {n} of 6" for n in range(2, 7)
    ]
    assert all(line.startswith("roadsigns: GTSRB_Final_Training_Images.zip from 127.0.0.1: no conn") for line in tries)
    assert error.startswith(
        "roadsigns: Could not fetch http://127.0.0.1:1/GTSRB_Final_Training_Images.zip: no connection"
    )
    assert list(tmp_path.iterdir()) == []
