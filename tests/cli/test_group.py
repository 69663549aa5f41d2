"""`roadsigns group`: says how many groups there are, and writes what it was asked to write, never into the data."""

import sys

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from roadsigns.cli import main
from roadsigns.cli.group import command
from roadsigns.datasets.groups import parse_groups
from roadsigns.errors import DataError, OutputError


@pytest.fixture
def data(tmp_path):
    """A class of three tracks, of which the first and the last show one place, and a class of one track."""
    for name, seed in (("stop/00001", 1), ("stop/00002", 2), ("stop/00010", 1), ("yield/00001", 1)):
        for frame in range(2):
            path = tmp_path / "data" / f"{name}_{frame:05d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.random.default_rng(seed).integers(0, 200, (16, 16, 3), np.uint8)
            Image.fromarray(pixels + np.uint8(20 * frame)).resize((40, 40)).save(path)
    return tmp_path / "data"


def invoke(*arguments):
    return CliRunner().invoke(command, list(map(str, arguments)), standalone_mode=False)


def contents_of(folder):
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_groups_are_counted_written_and_shown(data, tmp_path):
    """The result goes to standard output, where the files are to standard error."""
    before = contents_of(data)

    result = invoke(data, "--out", tmp_path / "groups.csv", "--sheet", tmp_path / "groups.png")

    assert result.exception is None
    assert result.stdout == "4 tracks in 3 groups.\n   2 tracks of 0 stop: 00001, 00010\n"
    assert result.stderr.splitlines() == [
        f"The groups are in {tmp_path / 'groups.csv'}.",
        f"The joined pairs are in {tmp_path / 'groups.png'}.",
    ]
    assert (tmp_path / "groups.csv").read_text() == (
        "class_id;track;group\n0;00001;00001\n0;00002;00002\n0;00010;00001\n1;00001;00001\n"
    )
    assert parse_groups((tmp_path / "groups.csv").read_text())[(0, "00010")] == "00001"
    with Image.open(tmp_path / "groups.png") as image:
        assert image.format == "PNG"
    assert contents_of(data) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "groups.csv", "groups.png"]


def test_threshold_decides_what_is_joined(data, tmp_path):
    """At nothing no pair is joined and the sheet is empty; at the most all of a class are."""
    least = invoke(data, "--threshold", 0, "--sheet", tmp_path / "groups.png")
    most = invoke(data, "--threshold", 2)

    assert least.stdout == "4 tracks in 4 groups.\n"
    assert (tmp_path / "groups.png").is_file()
    assert most.stdout.splitlines()[0] == "4 tracks in 2 groups."


def test_data_without_tracks_is_refused(tmp_path):
    (tmp_path / "stop").mkdir()
    Image.new("RGB", (20, 20)).save(tmp_path / "stop" / "holiday.png")

    result = invoke(tmp_path)

    assert isinstance(result.exception, DataError)
    assert "TRACK_FRAME" in str(result.exception)


@pytest.mark.parametrize(
    ("option", "name", "reason"),
    [
        ("--out", "data/groups.csv", "Name another place with --out"),
        ("--sheet", "data/stop/groups.png", "Name another place with --sheet"),
        ("--out", "groups.txt", "ends in .csv"),
        ("--sheet", "groups.jpg", "ends in .png"),
        ("--out", "no/groups.csv", "no folder"),
    ],
)
def test_place_that_cannot_be_is_refused_before_any_work(data, tmp_path, monkeypatch, option, name, reason):
    """Nothing is written into a data folder, and nothing under a wrong name."""
    monkeypatch.setattr("roadsigns.datasets.reader.read_training", lambda _: pytest.fail("it was read"))

    result = invoke(data, option, tmp_path / name)

    assert isinstance(result.exception, OutputError)
    assert reason in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_command_is_found_by_its_name(data, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["roadsigns", "group", str(data)])

    with pytest.raises(SystemExit) as stopped:
        main.main()

    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("4 tracks in 3 groups.\n")
