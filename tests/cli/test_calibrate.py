"""`roadsigns calibrate`: a table or one JSON object, and where the model is."""

import dataclasses
import json

import pytest
from click.testing import CliRunner

from roadsigns.cli.main import group
from roadsigns.datasets.reader import read_training
from roadsigns.errors import RecipeError, RunError
from roadsigns.model_files.model_file import read_metadata, save_model

OVERRIDES = ["data.image_size=32", "training.epochs=3", "training.keep=last"]


@pytest.fixture(scope="module")
def crossed(tmp_path_factory, write_sure_cross, drawn_folder):
    """A cross-validation of models that are twice as sure as they may be. Not to be changed."""
    folder = tmp_path_factory.mktemp("cross") / "out"
    return write_sure_cross(folder, read_training(drawn_folder), sureness=2, overrides=OVERRIDES)[0]


@pytest.fixture
def model(tmp_path, tiny_network, tiny_metadata, drawn_folder):
    """A model of the same recipe, outside a run folder."""
    path = tmp_path / "plain.keras"
    save_model(tiny_network, dataclasses.replace(tiny_metadata, source=read_training(drawn_folder).source), path)
    return path


def invoke(*arguments):
    return CliRunner().invoke(group, ["calibrate", *map(str, arguments)])


@pytest.mark.filterwarnings("ignore:.*is not in a run folder")
def test_table_and_place_are_reported(model, crossed, tmp_path):
    """NLL, ECE and Brier before and after, and the temperature."""
    result = invoke(model, "--on", crossed, "--out", tmp_path / "warm.keras")

    assert result.exit_code == 0, result.stderr
    for word in ("NLL (nats)", "ECE (15 bins)", "Brier score", "Before", "After"):
        assert word in result.stdout
    assert f"Temperature {read_metadata(tmp_path / 'warm.keras').temperature:.4f}" in result.stdout
    assert f"Stored in {tmp_path / 'warm.keras'}." in result.stdout


@pytest.mark.filterwarnings("ignore:.*is not in a run folder")
def test_json_is_one_object(model, crossed, tmp_path):
    result = invoke(model, "--on", crossed, "--out", tmp_path / "warm.keras", "--json")

    values = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert values["temperature"] == read_metadata(tmp_path / "warm.keras").temperature
    assert values["out"] == str(tmp_path / "warm.keras")
    assert values["after"]["nll"] < values["before"]["nll"]
    assert values["other_recipe"] == []


@pytest.mark.filterwarnings("ignore:.*is not in a run folder")
def test_other_recipe_is_refused_and_when_allowed_reported(model, crossed, tmp_path, tiny_network):
    """On standard error."""
    metadata = dataclasses.replace(read_metadata(model), epoch=1)
    save_model(tiny_network, metadata, model)
    arguments = (model, "--on", crossed, "--out", tmp_path / "warm.keras")

    assert isinstance(invoke(*arguments).exception, RecipeError)
    result = invoke(*arguments, "--allow-other-recipe")

    assert result.exit_code == 0
    assert "Not the model's recipe: training.epochs is 1 in the model and 3 in the cross-validation" in result.stderr


@pytest.mark.filterwarnings("ignore:.*is not in a run folder")
def test_levels_are_reported_and_stored(model, crossed, tmp_path):
    """With their coverage and size; those by default that lack signs are named."""
    arguments = (model, "--on", crossed, "--out", tmp_path / "warm.keras")

    asked, default = invoke(*arguments, "--level", "0.9", "--level", "0.95"), invoke(*arguments)
    values = json.loads(invoke(*arguments, "--level", "0.9", "--json").stdout)

    for word in ("90 %", "95 %", "Coverage by track", "Classes in a set, mean", "Least covered class"):
        assert word in asked.stdout
    assert "No sets at 99 %: that needs 100 tracks, and there are 86." in default.stdout
    (level,) = values["sets"]["levels"]
    assert read_metadata(tmp_path / "warm.keras").conformal.at(0.9) == level["quantile"]
    assert 0 < level["metrics"]["coverage"] <= 1


@pytest.mark.filterwarnings("ignore:.*is not in a run folder")
def test_levels_that_cannot_be_are_refused(model, crossed, tmp_path):
    """Too high for so few signs, or no probability."""
    arguments = (model, "--on", crossed, "--out", tmp_path / "warm.keras", "--level")

    assert isinstance(invoke(*arguments, "0.9999").exception, RunError)
    for level in ("0", "1", "99", "nan"):
        assert invoke(*arguments, level).exit_code == 2
    assert not (tmp_path / "warm.keras").exists()
