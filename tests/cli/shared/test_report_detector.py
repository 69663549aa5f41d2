"""`roadsigns report DETECTOR`: its options reach the evaluation, others are refused, files are written."""

import json

import pytest
from click.testing import CliRunner
from PIL import Image

from roadsigns.cli.report import command

# Has no kind of unknown, and so takes no box for no sign.
ALL = "tutorial-augmented"


@pytest.fixture(scope="module")
def scenes(tmp_path_factory, grey_picture):
    """Two scenes with a sign each, one of them labelled, and one that does not decode."""
    folder = tmp_path_factory.mktemp("data") / "scenes"
    folder.mkdir()
    for number in range(3):
        Image.fromarray(grey_picture((304, 304))).save(folder / f"{number:05d}.png")
    broken = (folder / "00002.png").read_bytes()
    (folder / "00002.png").write_bytes(broken[: len(broken) // 2])
    (folder / "gt.txt").write_text("00000.png;290;290;331;331;12\n")
    return folder


def invoke(*arguments):
    return CliRunner().invoke(command, list(map(str, arguments)))


def test_page_and_figures_are_written(red_detector, scenes, tmp_path):
    result = invoke(red_detector, "--data", scenes, "--recognizer", ALL, "--out", tmp_path / "new")

    assert result.exit_code == 0, result.output
    assert "1 sign is to be found in 2 scenes" in result.stdout
    figures = json.loads((tmp_path / "new" / "report.json").read_text())
    assert figures["subject"] == "detector"
    assert figures["sections"]["false_signs"]["total"] == 1
    assert "not_measured" in figures["sections"]["found_decisions"]
    page = (tmp_path / "new" / "report.html").read_text()
    assert "1 scene could not be read, and counts in no figure: 00002.png." in page
    assert page.count("data:image/webp") == 1


def test_json_is_one_object(red_detector, scenes, tmp_path):
    result = invoke(red_detector, "--data", scenes, "--recognizer", ALL, "--json", "--out", tmp_path / "r.html")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == json.loads((tmp_path / "r.json").read_text())


@pytest.mark.parametrize("option", [["--no-cache"], ["--split", "test"], ["--against", "tiny"], ["--corruptions"]])
def test_options_of_recognisers_are_refused(red_detector, scenes, tmp_path, option):
    """They would do nothing."""
    result = invoke(red_detector, "--data", scenes, "--out", tmp_path / "r.html", *option)

    assert result.exit_code == 2
    assert option[0] in result.stderr
    assert not list(tmp_path.iterdir())


def test_the_recogniser_of_a_detector_is_refused_without_one(scenes, tmp_path):
    result = invoke("tiny", "--data", scenes, "--recognizer", "fast", "--out", tmp_path / "r.html")

    assert result.exit_code == 2
    assert "--recognizer is for detectors only" in result.stderr


def test_nothing_is_written_into_the_scenes(red_detector, scenes):
    result = invoke(red_detector, "--data", scenes, "--recognizer", ALL, "--out", scenes / "report.html")

    assert result.exit_code != 0
    assert not (scenes / "report.html").exists()


def test_a_place_that_cannot_be_written_is_told_before_the_work(red_detector, scenes, tmp_path):
    """A file stands where a folder is needed: root may write anywhere else."""
    (tmp_path / "file").write_text("")

    result = invoke(red_detector, "--data", scenes, "--recognizer", ALL, "--out", tmp_path / "file" / "report.html")

    assert result.exit_code != 0
    assert "file" in str(result.exception)
    assert "Finding and reading" not in result.stderr


def test_a_detector_without_scenes_is_told_what_it_needs(red_detector, tmp_path):
    result = invoke(red_detector, "--out", tmp_path / "r.html")

    assert result.exit_code == 2
    assert "needs --data: a folder of street scenes" in result.stderr
