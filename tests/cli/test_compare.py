"""`roadsigns compare`: one table, or one JSON object."""

import json

import pytest
from click.testing import CliRunner

from roadsigns.cli.main import group
from roadsigns.datasets.reader import read_training
from roadsigns.errors import RunError


@pytest.fixture(scope="module")
def sides(tmp_path_factory, write_cross, drawn_folder):
    """B reads a sign right that A misreads."""
    folder, data = tmp_path_factory.mktemp("sides"), read_training(drawn_folder)
    misread = {"00014/00000_00000.ppm", "00014/00000_00001.ppm"}
    return write_cross(folder / "a", data, misread=misread), write_cross(folder / "b", data)


def invoke(*arguments):
    return CliRunner().invoke(group, ["compare", *map(str, arguments)])


def test_json_is_one_object(sides):
    """With both sides and both tests."""
    result = invoke(*sides, "--json")

    values = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert (values["a"]["errors"], values["b"]["errors"], values["errors_p"]) == (2, 0, 1)
    assert [track["name"] for track in values["won"]] == ["stop"]


def test_table_is_for_people(sides):
    """What is won, and whether it is more than chance: one sign is not."""
    text = " ".join(invoke(*sides).stdout.split())

    assert "│ stop │ 00000 │ 2 │ 2 │ 0 │ -2 │" in text
    assert text.count("may be chance") == 2


def test_what_cannot_be_compared_is_told(sides, tmp_path):
    """As every error."""
    assert isinstance(invoke(sides[0], tmp_path).exception, RunError)


def test_hard_predictions_are_compared_on_command(tmp_path, write_cross, drawn_folder):
    """They are there in both."""
    data = read_training(drawn_folder)
    a = write_cross(tmp_path / "a", data, corrupted={"00014/00000_00000.ppm"})
    b = write_cross(tmp_path / "b", data, corrupted=())

    values = json.loads(invoke(a, b, "--hard", "--json").stdout)

    assert (values["hard"], values["a"]["errors"], values["b"]["errors"]) == (True, 1, 0)
