"""`roadsigns cross-validate`: metrics on standard output, and how to resume where it was stopped."""

import json
import shlex

import click
import pytest
from click.testing import CliRunner

from roadsigns.cli.main import group
from roadsigns.cross_validation import run as module
from roadsigns.datasets.reader import read_training

SMALL = ["--folds", 2, "--set", "training.epochs=1"]


def invoke(*arguments):
    """Run it with a recipe and folds that `finished` was begun with."""
    return CliRunner().invoke(group, ["cross-validate", "--recipe", "tutorial", *map(str, [*SMALL, *arguments])])


@pytest.fixture
def finished(tmp_path, write_cross, drawn_folder):
    """Both folds are there; one sign is misread."""
    data = read_training(drawn_folder)
    misread = {"00014/00000_00000.ppm", "00014/00000_00001.ppm"}
    return write_cross(tmp_path / "out", data, misread=misread, recipe=["training.epochs=1"])


@pytest.fixture
def stopped(monkeypatch):
    """Ctrl-C ends the next fold."""
    monkeypatch.setattr(module._FoldTrainer, "_train", lambda *_: False)


def test_json_is_one_object(finished, drawn_folder):
    """All is there: nothing is trained, and Keras is not wanted."""
    result = invoke("--data", drawn_folder, "--out", finished, "--json")

    assert result.exit_code == 0, result.stderr
    values = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert (values["errors"], values["images"], values["mostly_misread_tracks"]) == (2, 172, 1)


def test_table_is_for_people(finished, drawn_folder):
    """On standard output."""
    result = invoke("--data", drawn_folder, "--out", finished)

    assert "98.84 %: 2 of 172 images misread" in result.stdout
    assert not (finished / "misread-tracks.png").exists()


def test_sheet_is_drawn_on_command(finished, drawn_folder):
    """Beside the files it is drawn from."""
    result = invoke("--data", drawn_folder, "--out", finished, "--sheet")

    assert result.exit_code == 0, result.stderr
    assert (finished / "misread-tracks.png").stat().st_size > 10_000
    assert f"{finished}/misread-tracks.png" in result.stderr


def test_stopped_command_says_how_to_resume(finished, drawn_folder, stopped):
    """With partial metrics, labelled so, and the status of an interrupt; the command that it prints is valid."""
    (finished / "fold-2.csv").unlink()

    result = invoke("--data", drawn_folder, "--out", finished, "--json", "--only-fold", 2)

    assert isinstance(result.exception, (click.Abort, SystemExit))
    values = json.loads(result.stdout)
    assert (values["complete"], values["images"]) == (False, 86)
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("Stopped early."))
    words = shlex.split(line.partition("Resume with: ")[2])
    assert words[:2] == ["roadsigns", "cross-validate"]
    assert invoke(*words[2:]).stdout == result.stdout


def test_stopped_in_the_first_fold_there_are_no_metrics(tmp_path, drawn_folder, stopped):
    """Nothing on standard output."""
    result = invoke("--data", drawn_folder, "--out", tmp_path / "out")

    assert result.stdout == ""
    assert "Stopped early. Resume with: roadsigns cross-validate" in result.stderr


def test_second_ctrl_c_too_says_how_to_resume(tmp_path, drawn_folder, monkeypatch):
    """It comes as an interrupt, wherever the command is."""

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module._FoldTrainer, "_train", interrupt)

    result = invoke("--data", drawn_folder, "--out", tmp_path / "out")

    assert result.exit_code != 0
    assert "Stopped early. Resume with: roadsigns cross-validate" in result.stderr


@pytest.mark.parametrize("option", ["--corruptions", "--hard"])
def test_metrics_of_corrupted_images_are_in_the_json(tmp_path, write_cross, drawn_folder, option):
    """Beside the plain ones, by the option's name and by its former one."""
    names = {"00014/00000_00000.ppm"}
    out = write_cross(tmp_path / "out", read_training(drawn_folder), corrupted=names, recipe=["training.epochs=1"])

    values = json.loads(invoke("--data", drawn_folder, "--out", out, "--json", option).stdout)

    assert (values["errors"], values["corrupted"]["errors"], values["corrupted"]["images"]) == (0, 1, 172)


@pytest.mark.parametrize("option", ["--corruptions", "--hard"])
def test_stopped_command_says_to_resume_with_corruptions(tmp_path, drawn_folder, stopped, option):
    """They were requested."""
    result = invoke("--data", drawn_folder, "--out", tmp_path / "out", option)

    assert "--corruptions" in result.stderr.partition("Resume with: ")[2]


def test_former_name_of_the_option_is_not_in_the_help():
    """It is only understood."""
    text = invoke("--help").output

    assert "--corruptions" in text
    assert "--hard" not in text
