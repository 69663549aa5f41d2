"""`roadsigns report`: the page, its figures, and what it refuses."""

import json

import pytest
from click.testing import CliRunner
from fixtures.errors import raises

from roadsigns.cli.main import group
from roadsigns.datasets.reader import read_training
from roadsigns.errors import OutputError


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


@pytest.mark.parametrize("named", ["f2.json", "f2"])
def test_own_figures_are_not_replaced(cross, tmp_path, named):
    """A file, or in the folder of an evaluation."""
    (tmp_path / "f2").mkdir()
    read = tmp_path / ("f2.json" if named == "f2.json" else "f2/figures.json")
    read.write_text('{"title": "", "sections": {}}')

    with raises(OutputError, problem="This file is read", subject=read.name):
        raise invoke(cross, "--figures", tmp_path / named, "--out", read.with_suffix(".html")).exception

    assert read.read_text() == '{"title": "", "sections": {}}'


@pytest.mark.parametrize("option", ["--unknown", "--background"])
def test_nothing_is_written_into_the_folders_of_unknown_signs(tmp_path, option):
    with raises(OutputError, problem="folder of images", subject="r.html"):
        raise invoke("best", option, tmp_path / "u", "--out", tmp_path / "u" / "r.html").exception


def test_names_of_files_do_not_steer_the_terminal(tmp_path):
    path = tmp_path / "\x1b[31mmine.csv"
    path.write_text("image,truth,prediction\na,14,14\n")

    result = invoke(path, "--classes", "gtsrb", "--out", tmp_path / "\x1b[31mout")

    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    assert "mine" in result.stdout


def test_against_another_model_explains_the_reported_one_only(report_of_model, track_model, monkeypatch):
    explained = []
    monkeypatch.setattr("roadsigns.html_report.sources.from_model.explain_some", lambda made, _: explained.append(made))

    report_of_model("--split", "validation", "--against", track_model)

    assert len(explained) == 1


def test_nothing_is_written_among_the_images_of_a_table(tmp_path):
    (tmp_path / "img").mkdir()
    (tmp_path / "labels.csv").write_text("path,label\nimg/a.png,14\n")

    with raises(OutputError, problem="folder of images", hint="--out", subject="r.html"):
        raise invoke("best", "--data", tmp_path / "labels.csv", "--out", tmp_path / "img" / "r.html").exception
