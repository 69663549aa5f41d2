"""`roadsigns compare`: one table, or one JSON object."""

import json
import os
import shutil

import pytest
from click.testing import CliRunner
from fixtures.errors import raises

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
    """The tracks that B reads better, and whether that is significant: one track is not."""
    text = " ".join(invoke(*sides).stdout.split())

    assert "│ stop │ 00000 │ 2 │ 2 │ 0 │ -2 │" in text
    assert text.count("not significant") == 2


def test_what_cannot_be_compared_is_reported(sides, tmp_path):
    assert isinstance(invoke(sides[0], tmp_path).exception, RunError)


@pytest.mark.parametrize("option", ["--corruptions", "--hard"])
def test_corrupted_predictions_are_compared_on_command(tmp_path, write_cross, drawn_folder, option):
    """By the option's name, and by its former one."""
    data = read_training(drawn_folder)
    a = write_cross(tmp_path / "a", data, corrupted={"00014/00000_00000.ppm"})
    b = write_cross(tmp_path / "b", data, corrupted=())

    values = json.loads(invoke(a, b, option, "--json").stdout)

    assert (values["corruptions"], values["a"]["errors"], values["b"]["errors"]) == (True, 1, 0)


def test_classes_of_bare_files_are_named_on_command(sides, tmp_path):
    """GTSRB's, or those of a file; without either, numbers."""
    files = [shutil.copy(side / "fold-1.csv", tmp_path / f"{name}.csv") for name, side in zip("ab", sides, strict=True)]
    names = tmp_path / "names.txt"
    names.write_text("\n".join(f"sign {number}" for number in range(43)))

    def first_name(*options):
        return json.loads(invoke(*files, "--json", *options).stdout)["classes"][0]["name"]

    assert first_name() == "class 0"
    assert first_name("--classes", "gtsrb") == "speed limit 20"
    assert first_name("--classes", names) == "sign 0"
    error = invoke(*files, "--classes", tmp_path / "nothing").exception
    assert isinstance(error, RunError)
    assert error.subject == f"--classes {tmp_path / 'nothing'}"


def test_pipe_is_not_waited_for(sides, tmp_path):
    """Nobody writes to it."""
    os.mkfifo(tmp_path / "names.txt")

    with raises(RunError, problem="it is a pipe or a device", expected="a text file", subject="names.txt"):
        raise invoke(*sides, "--classes", tmp_path / "names.txt").exception
