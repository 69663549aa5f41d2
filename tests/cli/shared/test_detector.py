"""`roadsigns evaluate DETECTOR`: its options reach the evaluation, and those of recognisers are refused."""

import json

import pytest
from click.testing import CliRunner
from PIL import Image

from roadsigns.cli.evaluate import command

# Has no kind of unknown, and so takes no box for no sign.
ALL = "tutorial-augmented"


@pytest.fixture(scope="module")
def scenes(tmp_path_factory, grey_picture):
    """Two scenes, one with a labelled sign."""
    folder = tmp_path_factory.mktemp("data") / "scenes"
    folder.mkdir()
    for number, places in enumerate([[(304, 304)], []]):
        Image.fromarray(grey_picture(*places)).save(folder / f"{number:05d}.png")
    (folder / "gt.txt").write_text("00000.png;284;284;331;331;17\n")
    return folder


def invoke(*arguments):
    return CliRunner().invoke(command, list(map(str, arguments)))


def test_json_is_one_object(red_detector, scenes):
    result = invoke(red_detector, "--data", scenes, "--recognizer", ALL, "--json")

    assert result.exit_code == 0, result.output
    values = json.loads(result.stdout)
    assert (values["recognizer"], values["images"], values["finding"]["missed"]) == (ALL, 2, 0)
    assert values["notes"]


def test_tables_and_the_report_of_a_run(red_detector, scenes, tmp_path):
    """The report lies in the run folder, and its place is named on standard error."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "detector.onnx").write_bytes(red_detector.read_bytes())

    result = invoke(run, "--data", scenes, "--recognizer", ALL)

    assert result.exit_code == 0, result.output
    assert "Signs found" in result.stdout
    assert "flattered" in result.stdout
    assert {path.name for path in (run / "evaluation").iterdir()} >= {"figures.json", "mistakes.csv", "curves.png"}
    assert str(run / "evaluation") in result.stderr


@pytest.mark.parametrize(
    "option", [["--boxes", "none"], ["--corruptions"], ["--unknown", "x"], ["--no-cache"], ["--split", "test"]]
)
def test_options_of_recognisers_are_refused(red_detector, scenes, option):
    """They would do nothing."""
    result = invoke(red_detector, "--data", scenes, *option)

    assert result.exit_code == 2
    assert option[0] in result.stderr


def test_the_recogniser_of_a_detector_is_refused_without_one(scenes):
    result = invoke("tiny", "--data", scenes, "--recognizer", "fast")

    assert result.exit_code == 2
    assert "--recognizer is for detectors only" in result.stderr


def test_scenes_are_nothing_for_a_recogniser_alone(scenes):
    """With the command that evaluates both together."""
    result = invoke("tiny", "--data", scenes)

    assert result.exit_code == 2
    assert "roadsigns evaluate detector --data" in result.stderr
    assert "--recognizer tiny" in result.stderr
