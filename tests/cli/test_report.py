"""`roadsigns report`: the page, its figures, and what it refuses."""

import json

import pytest
from click.testing import CliRunner

from roadsigns.cli.main import group
from roadsigns.datasets.reader import read_training


@pytest.fixture(scope="module")
def cross(tmp_path_factory, write_cross, drawn_folder):
    """A cross-validation of drawn signs that misreads one frame."""
    folder = tmp_path_factory.mktemp("cross") / "made"
    return write_cross(folder, read_training(drawn_folder), misread={"00014/00000_00000.ppm"})


def invoke(*arguments):
    return CliRunner().invoke(group, ["report", *map(str, arguments)])


def test_page_and_figures_are_written_and_the_headline_is_printed(cross, drawn_folder, tmp_path):
    result = invoke(cross, "--data", drawn_folder, "--out", tmp_path / "r.html")

    assert result.exit_code == 0, result.output
    assert "1 of " in result.stdout
    assert (tmp_path / "r.html").is_file()
    assert json.loads((tmp_path / "r.json").read_text())["sections"]["misread"]["errors"] == 1


def test_json_is_one_object(cross, tmp_path):
    result = invoke(cross, "--out", tmp_path, "--json")

    assert result.stdout.count("\n") == 1
    assert json.loads(result.stdout)["sections"]["headline"]["errors"] == 1


def test_predictions_read_no_unknown_signs(cross, tmp_path):
    for option in (["--unknown", tmp_path], ["--background", tmp_path], ["--corruptions"]):
        result = invoke(cross, "--out", tmp_path / "r.html", *option)
        assert result.exit_code == 2
        assert "need a model" in result.output


def test_classes_of_a_bare_file_are_named_on_command(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("image,truth,prediction\na,14,14\n")

    result = invoke(path, "--classes", "gtsrb", "--out", tmp_path, "--json")

    assert json.loads(result.stdout)["classes"][14] == "stop"


@pytest.fixture
def report_of_model(track_model, drawn_folder, tmp_path):
    """Report on the tiny model, which mostly errs."""

    def report(*options):
        result = invoke(track_model, "--data", drawn_folder, "--out", tmp_path, "--json", "--no-cache", *options)
        return result if result.exception else json.loads(result.stdout)

    return report


def test_model_is_reported_with_its_images(report_of_model):
    """It has neither temperature nor thresholds."""
    values = report_of_model("--split", "validation")

    assert values["facts"]["Temperature"] == "none"
    assert "not_measured" in values["sections"]["decisions"]
    assert values["sections"]["misread"]["errors"] == values["sections"]["headline"]["errors"] > 0


def test_seen_signs_are_refused_or_marked(report_of_model):
    refused = report_of_model("--split", "all")
    assert "trained on" in str(refused.exception)

    values = report_of_model("--split", "all", "--allow-seen")
    assert "memory" in values["warnings"][0]
