"""`roadsigns audit`: suspects on standard output, a sheet and tables in a folder, and a status."""

import json
import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from fixtures.audits import NAMES, write_cross_validation, write_tracks
from fixtures.errors import raises

from roadsigns.audit import own_predictions
from roadsigns.cli.audit import command
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.errors import DataError, MissingExtraError, OutputError, RunError

MAIN = "from roadsigns.cli.main import main; main()"


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Five classes of 12 signs, without a fault; the working folder is empty."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return write_tracks(tmp_path / "signs", tracks=12, frames=2)


@pytest.fixture
def cross(tmp_path, data):
    """Out-of-fold predictions, by which one image is of another class."""
    return write_cross_validation(tmp_path / "cross", data, wrong={"stop/3_0.png": 0, "stop/3_1.png": 0})


def invoke(*arguments):
    return CliRunner().invoke(command, list(map(str, arguments)), standalone_mode=False)


def test_json_is_all_that_a_real_process_writes_to_standard_output(data, cross, tmp_path):
    """One object on one line; the files stand where it was told, and hold the same."""
    arguments = [data, "--predictions", cross, "--json", "--out", tmp_path / "out"]

    result = subprocess.run(
        [sys.executable, "-c", MAIN, "audit", *map(str, arguments)], capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stderr
    assert result.stdout.count("\n") == 1
    values = json.loads(result.stdout)
    assert "RS402" in {one["rule"] for one in values["suspects"]}
    assert values == json.loads((tmp_path / "out" / "audit.json").read_text())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["audit.json", "suspects.csv", "suspects.png"]
    assert str(tmp_path / "out") in result.stderr


def test_status_is_that_of_check(data, cross):
    """0 for suspicions, unless they are to count; 3 for what is certain."""
    suspected, strict = invoke(data, "--predictions", cross), invoke(data, "--predictions", cross, "--strict")
    (data / "stop" / "3_0.png").write_bytes((data / "bus" / "1_0.png").read_bytes())
    copied = invoke(data, "--predictions", cross)

    assert [one.return_value for one in (suspected, strict, copied)] == [0, 3, 3]
    assert "RS402 warning: wrong-track, 1" in suspected.stdout
    assert "RS303 error: duplicate-across-classes, 1" in copied.stdout


def test_files_are_in_the_folder_audit_unless_told_otherwise(data, cross, tmp_path):
    """Of the working folder."""
    invoke(data, "--predictions", cross)

    assert (tmp_path / "here" / "audit" / "suspects.csv").is_file()


def test_without_predictions_a_recipe_is_cross_validated_and_kept(data, tmp_path, monkeypatch):
    """It is said how long that takes and where it is kept; options reach it; the same command goes on."""
    calls = []

    def cross_validate(settings):
        calls.append(settings)
        if not settings.out.exists():
            write_cross_validation(settings.out, settings.data)
        return True

    monkeypatch.setattr(own_predictions, "cross_validate", cross_validate)
    options = [
        "--recipe",
        "tiny",
        "--folds",
        3,
        "--seed",
        5,
        "--set",
        "training.epochs=1",
        "--no-cache",
        "--out",
        tmp_path / "out",
    ]

    first, second = invoke(data, *options), invoke(data, *options)

    assert (first.return_value, second.return_value) == (0, 0)
    assert "3 networks of the recipe tiny are trained" in first.stderr
    assert "minute" in first.stderr
    assert str(tmp_path / "out" / "cross-validation") in first.stderr
    assert calls[0] == calls[1]
    assert calls[0] == CrossSettings(
        data=data,
        out=tmp_path / "out" / "cross-validation",
        recipe="tiny",
        folds=3,
        seed=5,
        overrides=("training.epochs=1", "data.train_on=real"),
        by="track",
        cache_folder=None,
    )


def test_stopped_training_says_how_to_go_on(data, monkeypatch):
    """By the same command."""
    monkeypatch.setattr(own_predictions, "cross_validate", lambda *_, **__: False)

    result = invoke(data)

    assert isinstance(result.exception, click.Abort)
    assert "The same command resumes" in result.stderr


def test_what_cannot_be_audited_is_an_error(data, cross, tmp_path):
    """No folder, no labels, one class, three images, predictions for other data."""
    with raises(DataError, problem="does not exist"):
        raise invoke(tmp_path / "gone").exception
    (tmp_path / "unlabelled").mkdir()
    (data / "bus" / "0_0.png").rename(tmp_path / "unlabelled" / "a.png")
    with raises(DataError):
        raise invoke(tmp_path / "unlabelled").exception
    with raises(DataError):
        raise invoke(write_tracks(tmp_path / "one", classes=("stop",))).exception
    with raises(DataError):
        raise invoke(write_tracks(tmp_path / "three", classes=NAMES[:3], tracks=1, frames=1), "--folds", 4).exception
    with raises(RunError, problem="numbers of classes differ"):
        raise invoke(write_tracks(tmp_path / "others", classes=NAMES[:2]), "--predictions", cross).exception


def test_place_where_nothing_may_be_written_is_refused_before_anything_is_read(data, cross, tmp_path, monkeypatch):
    """In the data, where a file stands, and a folder that is read-only."""
    monkeypatch.setattr("roadsigns.audit.audit.check_folder", lambda _: pytest.fail("it was read"))
    (tmp_path / "taken").write_text("mine")
    places = [(data / "out", "in the data folder"), (tmp_path / "taken", "not a folder")]
    if os.getuid() != 0:
        (tmp_path / "locked").mkdir(mode=0o500)
        places.append((tmp_path / "locked" / "out", "Cannot be written"))

    for out, problem in places:
        with raises(OutputError, problem=problem, hint="--out", subject=str(out)):
            raise invoke(data, "--predictions", cross, "--out", out).exception


def test_options_without_effect_are_wrong_usage(data, cross):
    """Those of the cross-validation beside predictions, those of scenes beside single signs."""
    for options, words in (
        (["--predictions", cross, "--folds", 3], "--folds has no effect beside --predictions"),
        (["--predictions", cross, "--recipe", "best"], "--recipe has no effect"),
        (["--predictions", cross, "--set", "training.epochs=1"], "--set has no effect"),
        (["--detector", "detector"], "--detector has no effect with images of single signs"),
        (["--recognizer", "best"], "--recognizer has no effect"),
    ):
        assert words in invoke(data, *options).exception.message


def test_without_matplotlib_the_tables_are_written(data, cross, tmp_path, monkeypatch):
    """And it is said how to get the sheet."""

    def missing(*_):
        raise MissingExtraError("Sheets need matplotlib.", hint="Install it: pip install 'roadsigns[report]'.")

    monkeypatch.setattr("roadsigns.audit.report.draw_suspects", missing)

    result = invoke(data, "--predictions", cross, "--out", tmp_path / "out")

    assert result.return_value == 0
    assert "roadsigns[report]" in result.stderr
    assert (tmp_path / "out" / "suspects.csv").is_file()


@pytest.mark.parametrize("name", ["suspects.csv", "audit.json", "suspects.png"])
def test_files_of_others_are_not_replaced(data, cross, tmp_path, name):
    """In a folder that holds no earlier audit."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")

    with raises(OutputError, problem="not of an audit", hint="--out", subject=name):
        raise invoke(data, "--predictions", cross, "--out", tmp_path / "out").exception

    assert (tmp_path / "out" / name).read_text() == "mine"


def test_earlier_audit_is_replaced_and_that_is_told(data, cross, tmp_path):
    """Also where a person has added a column to its table; not where the table is another."""
    arguments = [data, "--predictions", cross, "--out", tmp_path / "out"]
    table = tmp_path / "out" / "suspects.csv"

    assert "was replaced" not in invoke(*arguments).stderr
    table.write_text(table.read_text().replace("reason\n", "reason,checked\n"))
    assert "The earlier audit there was replaced." in invoke(*arguments).stderr

    table.write_text("name,age\n")
    with raises(OutputError, problem="not of an audit", subject="suspects.csv"):
        raise invoke(*arguments).exception


def test_nothing_is_written_among_the_images_of_a_table(tmp_path):
    """Its own folder is free, if no images lie there."""
    (tmp_path / "img").mkdir()
    (tmp_path / "labels.csv").write_text("path,label\nimg/a.png,stop\n")

    with raises(OutputError, problem="folder of images", hint="--out", subject="audit"):
        raise invoke(tmp_path / "labels.csv", "--out", tmp_path / "img" / "audit").exception
