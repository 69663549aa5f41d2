"""The command `roadsigns download`."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from roadsigns.cli import download as download_module
from roadsigns.cli.download import command
from roadsigns.datasets.official_archives import OFFICIAL_BASE_URL, PARTS, SceneCounts

MAIN = "from roadsigns.cli.main import main; main()"


@pytest.fixture
def asked(monkeypatch):
    """What is requested, instead of downloading it."""
    asked = []

    def download(destination, **options):
        asked.append(options)
        return [destination / archive.target for archive in options["archives"]]

    monkeypatch.setattr(download_module, "download", download)
    return asked


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ([], ["training", "test"]),
        (["--part", "training"], ["training"]),
        (["--part", "test"], ["test"]),
        (["--part", "test", "--part", "training", "--part", "test"], ["training", "test"]),
    ],
)
def test_both_parts_come_unless_one_is_requested(asked, tmp_path, options, parts):
    """From the official address; standard output names what came."""
    result = CliRunner().invoke(command, [str(tmp_path), *options], catch_exceptions=False)

    archives = [archive for part in parts for archive in PARTS[part]]
    assert result.stdout.splitlines() == [str(tmp_path / archive.target) for archive in archives]
    assert asked == [{"archives": archives, "base_urls": (OFFICIAL_BASE_URL,), "room": "1 GB"}]


def test_mirrors_are_tried_in_the_order_given(asked, tmp_path):
    """In place of the official address."""
    CliRunner().invoke(command, [str(tmp_path), "--base-url", "http://b/", "--base-url", "http://a/"])

    assert asked[0]["base_urls"] == ("http://b/", "http://a/")


def test_gtsdb_comes_as_a_whole_from_its_own_address(asked, tmp_path):
    """Its checksum is not known, so the content is checked."""
    result = CliRunner().invoke(command, [str(tmp_path), "--set", "gtsdb"], catch_exceptions=False)

    assert result.stdout.splitlines() == [str(tmp_path / "FullIJCNN2013")]
    (archive,) = asked[0]["archives"]
    assert (archive.name, archive.md5, archive.scenes) == ("FullIJCNN2013.zip", None, SceneCounts(900, 1213))
    assert asked[0]["base_urls"] == ("https://sid.erda.dk/public/archives/ff17dc924eba88d5d01a807357d6614c/",)
    assert asked[0]["room"] == "6 GB"


def test_gtsdb_has_no_parts(asked, tmp_path):
    """Nothing is fetched then."""
    result = CliRunner().invoke(command, [str(tmp_path), "--set", "gtsdb", "--part", "training"])

    assert result.exit_code == 2
    assert "--part is for GTSRB" in result.output
    assert asked == []


def test_an_unknown_part_is_wrong_usage(tmp_path):
    """Click names the parts that there are."""
    result = CliRunner().invoke(command, [str(tmp_path), "--part", "validation"])

    assert result.exit_code == 2
    assert "training" in result.output


def test_an_error_is_one_sentence_and_status_1(tmp_path):
    """The whole command, with nobody at the other end."""
    result = subprocess.run(
        [sys.executable, "-c", MAIN, "download", str(tmp_path / "data"), "--base-url", "http://127.0.0.1:1/"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode == 1
    assert result.stdout == ""
    assert "roadsigns: GTSRB_Final_Training_Images.zip: http://127.0.0.1:1/" in result.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []
