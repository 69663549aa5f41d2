"""`roadsigns cross-validate`: metrics on standard output, and how to resume where it was stopped."""

import json
import shlex

import click
import numpy as np
import pytest
from click.testing import CliRunner

from roadsigns.cli.main import group
from roadsigns.cross_validation import fold_trainer as module
from roadsigns.cross_validation import on_ray
from roadsigns.cross_validation.fold_task import FoldTask
from roadsigns.cross_validation.on_ray import Cluster
from roadsigns.datasets.reader import read_training
from roadsigns.distributed.tasks import TaskOutcome
from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import keep_top

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
    monkeypatch.setattr(module.FoldTrainer, "_train", lambda *_: False)


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

    monkeypatch.setattr(module.FoldTrainer, "_train", interrupt)

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


@pytest.fixture
def left_out(tmp_path, drawn_folder, monkeypatch):
    """Classes are left out; every network says 0.9 for the first class, whatever it is shown."""

    def predict(model_file, samples):
        rows = np.full((len(samples), len(json.loads(model_file.read_text()))), 0.1 / 32, np.float32)
        rows[:, 0] = 0.9
        return keep_top(samples, rows, unknown=np.empty((len(rows), 0), np.float32))

    def train(trainer, run, fold):
        data, _ = trainer._training_data(fold)
        run.write_json("figures.json", {"complete": True})
        run.model.write_text(json.dumps([sign.name for sign in data.classes]))
        return True

    monkeypatch.setattr(module.FoldTrainer, "_train", train)
    monkeypatch.setattr(module, "predict_images", predict)
    return [
        *("cross-validate", "--recipe", "tutorial", "--set", "training.epochs=1", "--leave-classes-out"),
        *("--data", str(drawn_folder), "--out", str(tmp_path / "left")),
    ]


def test_classes_are_left_out_in_four_folds(left_out, tmp_path):
    """With a table, JSON and a picture; a score that is always the same tells nothing."""
    table = CliRunner().invoke(group, left_out)
    picture = CliRunner().invoke(group, [*left_out, "--sheet", "--json"])

    assert table.exit_code == picture.exit_code == 0, table.stderr
    assert "gtsrb-1" in table.stdout
    values = json.loads(picture.stdout)
    assert [fold["scores"][0]["auroc"] for fold in values["folds"]] == [0.5] * 4
    assert values["complete"]
    assert (tmp_path / "left" / "left-out.png").is_file()


def test_classes_left_out_are_resumed_with_the_same_option(left_out, tmp_path, stopped):
    """The command that it prints has no option that the classes decide."""
    result = CliRunner().invoke(group, left_out)

    (line,) = (line for line in result.stderr.splitlines() if line.startswith("Stopped early."))
    words = shlex.split(line.partition("Resume with: ")[2])
    assert "--leave-classes-out" in words
    assert not {"--folds", "--by"} & set(words)


def test_folder_is_not_resumed_with_all_classes(left_out):
    """Nor the other way round: its folds would be of two kinds."""
    CliRunner().invoke(group, [*left_out, "--only-fold", "1"])
    others = [word for word in left_out if word != "--leave-classes-out"]
    result = CliRunner().invoke(group, [*others, "--folds", "4", "--by", "group"])

    assert isinstance(result.exception, RunError)
    assert "the classes left out were gtsrb-1 and are now none" in result.exception.problem


@pytest.mark.parametrize("option", [["--folds", "4"], ["--by", "track"], ["--corruptions"]])
def test_options_that_classes_left_out_decide_are_refused(left_out, option):
    """Rather than ignored."""
    result = CliRunner().invoke(group, [*left_out, *option])

    assert result.exit_code == 2
    assert f"{option[0]} cannot be used with --leave-classes-out" in result.stderr


def test_options_of_clusters_want_a_cluster(tmp_path, drawn_folder):
    """Else they would be ignored."""
    result = invoke("--data", drawn_folder, "--out", tmp_path / "out", "--workers", 2)

    assert result.exit_code == 2
    assert "--workers is for clusters. Add --on ray." in result.stderr


def test_failed_folds_of_a_cluster_are_named_beside_what_is_there(tmp_path, drawn_folder, write_cross, monkeypatch):
    """The status is 1."""
    out = write_cross(tmp_path / "out", read_training(drawn_folder), finished=[1], recipe=["training.epochs=1"])
    asked = []

    def cross_validate_on_ray(settings, cluster, *, only_fold):
        asked.append((cluster, only_fold))
        return [TaskOutcome(FoldTask(settings, 2, 1), "4 processes died over it.")]

    monkeypatch.setattr(on_ray, "cross_validate_on_ray", cross_validate_on_ray)
    options = ["--on", "ray", "--address", "auto", "--threads", 2]
    result = invoke("--data", drawn_folder, "--out", out, *options)

    assert result.exit_code == 1
    assert asked == [(Cluster("auto", None, 2), None)]
    assert "PARTIAL: fold 1 of 2" in result.stdout
    assert f"Not finished: fold 2 of {out}. 4 processes died over it. Its log: {out / 'fold-2.log'}" in result.stderr


def test_interrupted_command_on_a_cluster_is_resumed_there(tmp_path, drawn_folder, monkeypatch):
    """With the options that say where."""

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(on_ray, "cross_validate_on_ray", interrupt)
    options = ["--on", "ray", "--address", "auto", "--workers", "3"]
    result = invoke("--data", drawn_folder, "--out", tmp_path / "out", *options)

    assert " ".join(options) in result.stderr
