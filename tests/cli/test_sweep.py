"""`roadsigns sweep`: what is asked for, and what is told and written at the end."""

import csv
import errno
import json

import pytest
from click.testing import CliRunner

from roadsigns.cli.main import group
from roadsigns.cross_validation.fold_task import FoldTask
from roadsigns.cross_validation.on_ray import Cluster
from roadsigns.datasets.reader import read_training
from roadsigns.distributed.tasks import TaskOutcome
from roadsigns.errors import MissingExtraError, OutputError
from roadsigns.sweep import run as module


@pytest.fixture
def invoke(drawn_folder, tmp_path):
    """Run it with the drawn signs."""

    def invoke(*arguments):
        options = ["--data", drawn_folder, "--recipe", "tutorial", "--by", "track", "--out", tmp_path / "out"]
        return CliRunner().invoke(group, ["sweep", *map(str, [*options, *arguments])])

    return invoke


@pytest.fixture
def asked(monkeypatch, write_cross):
    """The sweeps that were asked for: of each setting, the results are written, and the first training failed."""
    asked = []

    def run_sweep(sweep, cluster):
        asked.append((sweep, cluster))
        data = read_training(sweep.data)
        for errors, (_, cell) in enumerate(sweep.cells()):
            if not cell.out.exists():
                names = [f"{sample.path.parent.name}/{sample.path.name}" for sample in data.samples[:errors]]
                cell.out.parent.mkdir(parents=True, exist_ok=True)
                write_cross(cell.out, data, misread=names, seed=cell.seed, recipe=cell.overrides)
        return [TaskOutcome(FoldTask(cell, 1, 1), "The loss is no longer finite.")][len(asked) - 1 :]

    monkeypatch.setattr(module, "run_sweep", run_sweep)
    return asked


RATES = ["--set", "training.learning_rate=0.01,0.1", "--seeds", "0-1,7", "--workers", 2, "--threads", 3]


def test_results_are_printed_and_written_and_what_failed_is_named(invoke, asked, tmp_path):
    """The status is 1 then, and 0 once nothing fails."""
    result = invoke(*RATES, "--halving", "--only-fold", 1)

    assert result.exit_code == 1
    sweep, cluster = asked[0]
    assert (sweep.seeds, sweep.halving, sweep.only_fold, len(sweep.grid)) == ((0, 1, 7), True, 1, 2)
    assert cluster == Cluster(None, 2, 3)
    assert "learning_rate" in result.stdout
    assert "3 of 6" in result.stdout
    assert "PARTIAL: only fold 1 of 2." in result.stdout
    assert "Not finished: fold 1 of" in result.stderr
    assert "The loss is no longer finite. Its log: " in result.stderr
    with (tmp_path / "out" / "sweep.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 6
    assert (tmp_path / "out" / "sweep.png").stat().st_size > 1000
    assert f"Tables and plots are in {tmp_path / 'out'}." in result.stderr

    again = invoke(*RATES, "--json")
    assert again.exit_code == 0
    assert [one["state"] for one in json.loads(again.stdout)["settings"]] == ["finished"] * 2


@pytest.mark.parametrize("seeds", ["a", "3-1", "1,,2", "-1", "9999999999"])
def test_seeds_that_cannot_be_read_are_refused(invoke, seeds):
    """With what was expected."""
    result = invoke("--seeds", seeds)

    assert result.exit_code == 2
    assert "whole numbers such as 0,3 or 0-4" in result.stderr


@pytest.mark.parametrize("seeds", ["0-999999999", "0-5000,10000-15000"])
def test_far_too_many_seeds_are_refused_at_once(invoke, seeds):
    """Before a list of them is made."""
    result = invoke("--seeds", seeds)

    assert result.exit_code == 2
    assert "Expected 10,000 at most" in result.stderr


def test_results_that_cannot_be_written_are_printed(invoke, asked, monkeypatch):
    """With what failed: it may have taken days."""

    def fill(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("roadsigns.sweep.table.write_sweep_csv", fill)
    result = invoke()

    assert "2 of 2" in result.stdout
    assert "Not finished: fold 1 of" in result.stderr
    assert "Tables and plots" not in result.stderr
    assert isinstance(result.exception, OutputError)
    assert "No space left on device. The trainings are kept." in str(result.exception)


def test_picture_is_left_out_without_its_extra(invoke, asked, monkeypatch, tmp_path):
    """The results are there all the same, and its absence is told."""

    def miss(*_):
        raise MissingExtraError("Plots need matplotlib.", hint="pip install 'roadsigns[report]'")

    monkeypatch.setattr("roadsigns.sweep.picture.draw_sweep", miss)
    result = invoke("--json")

    assert json.loads(result.stdout)["settings"][0]["state"] == "finished"
    assert "sweep.png is not drawn: Plots need matplotlib." in result.stderr
    assert (tmp_path / "out" / "sweep.csv").is_file()


@pytest.mark.parametrize("function", ["run.run_sweep", "results.read_sweep", "picture.draw_sweep"])
def test_interrupted_sweep_says_how_to_go_on(invoke, asked, monkeypatch, function):
    """By the same command, whether it trains, reads or draws."""

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"roadsigns.sweep.{function}", interrupt)
    result = invoke()

    assert "Stopped early. The same command resumes." in result.stderr
    assert result.exit_code != 0
