"""`roadsigns evaluate`: metrics on standard output, everything else on standard error."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner
from fixtures.errors import raises
from fixtures.evaluated_models import without_plots
from fixtures.sign_folders import write_classes

from roadsigns.cli.evaluate import command
from roadsigns.datasets.reader import read_training
from roadsigns.datasets.splits import HoldOutRecord, tracks_of
from roadsigns.errors import DataLeakageError, ModelError, OutputError
from roadsigns.model_files.model_file import read_metadata, save_model


@pytest.fixture(scope="module")
def trained_run(tmp_path_factory, tiny_network, tiny_metadata, drawn_folder):
    """A run folder as a training on half of the drawn tracks leaves it."""
    data = read_training(drawn_folder)
    split = HoldOutRecord("track", validation_fraction=0.5, seed=0)
    trained_on = tracks_of(split.split(data.samples).train)
    metadata = dataclasses.replace(tiny_metadata, source=data.source, split=split, trained_on=trained_on)
    folder = tmp_path_factory.mktemp("runs") / "run"
    folder.mkdir()
    save_model(tiny_network, metadata, folder / "model.keras")
    return folder


@pytest.fixture
def run(trained_run, tmp_path):
    """A copy to write into."""
    return shutil.copytree(trained_run, tmp_path / "run")


def invoke(*arguments):
    return CliRunner().invoke(command, [*map(str, arguments), "--no-cache"])


def test_json_is_all_that_a_real_process_writes_to_standard_output(run, drawn_folder, tmp_path):
    """One object with what was requested; TensorFlow's and Keras's words go elsewhere, progress and names too."""
    data = tmp_path / "data"
    shutil.copytree(drawn_folder, data)
    (data / "Final_Test" / "Images" / "00003.ppm").write_bytes(b"")
    program = "from roadsigns.cli.main import main; main()"
    arguments = ["evaluate", str(run / "model.keras"), "--data", str(data), "--json"]
    environment = os.environ | {"ROADSIGNS_CACHE": str(tmp_path / "cache"), "TF_CPP_MIN_LOG_LEVEL": "0"}

    result = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False, env=environment
    )

    assert result.returncode == 0, result.stderr
    values = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert values["accuracy"] == pytest.approx(1 - values["errors"] / values["images"])
    assert (values["images"], values["undecodable"]) == (85, 1)
    assert (values["model"], values["split"]) == (str(run / "model.keras"), "test")
    assert (values["leakage"], values["leaky_split"], values["split_label"]) == (False, False, "test images")
    assert values["interval"]["low"] <= values["accuracy"] <= values["interval"]["high"]
    assert values["interval"]["unit"] == "image"
    assert len(values["subsets"]) == 6
    assert len(values["classes"]) == 43
    assert {"log_loss", "tracks_misread_at_least_once", "mostly_misread_tracks"} <= values.keys()
    assert "00003.ppm" in result.stderr


def test_run_folder_gets_the_report_of_each_split(run, drawn_folder):
    """Beside each other, named after the split; where they are is said on standard error."""
    result = invoke(run, "--data", drawn_folder, "--split", "validation")

    assert result.exit_code == 0, result.output
    assert "validation by (class, track)" in result.stdout.splitlines()[0]
    assert str(run / "evaluation-validation") in result.stderr
    assert (run / "evaluation-validation" / "misread.png").is_file()


def test_report_of_other_boxes_stands_beside_that_of_the_given_ones(run, tiny_network, drawn_folder):
    """In a folder of its own, and the JSON says which boxes."""
    metadata = dataclasses.replace(read_metadata(run / "model.keras"), preparation="box", margin=0.1)
    save_model(tiny_network, metadata, run / "model.keras")

    with without_plots():
        result = invoke(run, "--data", drawn_folder, "--boxes", "none", "--json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["boxes"] == "none"
    assert (run / "evaluation-test-none" / "figures.json").is_file()
    assert not (run / "evaluation-test").exists()


def test_model_file_leaves_no_report_unless_requested(run, drawn_folder, tmp_path):
    """A report is written with --out only."""
    with without_plots():
        silent = invoke(run / "model.keras", "--data", drawn_folder)
        asked = invoke(run / "model.keras", "--data", drawn_folder, "--out", tmp_path / "report")

    assert silent.exit_code == asked.exit_code == 0
    assert [path.name for path in run.iterdir()] == ["model.keras"]
    assert (tmp_path / "report" / "figures.json").is_file()


def test_run_folder_that_cannot_be_written_still_gives_metrics(run, drawn_folder):
    """The metrics are what was requested; what could not be written is said."""
    (run / "evaluation-test").write_text("a file in its place")

    result = invoke(run, "--data", drawn_folder, "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["images"] == 86
    assert "evaluation-test: This is not a folder." in result.stderr


def test_requested_folder_that_cannot_be_written_is_refused_before_the_work(run, drawn_folder, tmp_path, monkeypatch):
    """A file, a folder below a file, and a folder in the data folder."""
    monkeypatch.setattr("roadsigns.evaluation.evaluate.evaluate", None)
    (tmp_path / "taken").write_text("mine")

    for out, problem in (
        (tmp_path / "taken", "not a folder"),
        (tmp_path / "taken" / "report", "taken is not a folder"),
        (drawn_folder / "report", "in the data folder"),
    ):
        with raises(OutputError, problem=problem, hint="--out", subject=str(out)):
            raise invoke(run, "--data", drawn_folder, "--out", out).exception
    assert not (drawn_folder / "report").exists()


def test_cache_in_the_data_folder_is_refused(run, drawn_folder, monkeypatch):
    """Nothing is ever written there."""
    monkeypatch.setenv("ROADSIGNS_CACHE", str(drawn_folder / "cache"))

    with raises(OutputError, problem="in the data folder", hint="ROADSIGNS_CACHE", subject="cache"):
        raise CliRunner().invoke(command, [str(run), "--data", str(drawn_folder)]).exception
    assert not (drawn_folder / "cache").exists()


def test_seen_signs_are_refused_and_labelled_where_allowed(run, drawn_folder):
    """Nothing is printed for the one; "SEEN IN TRAINING" for the other, in text and in JSON."""
    model = run / "model.keras"
    refused = invoke(model, "--data", drawn_folder, "--split", "all")
    text = invoke(model, "--data", drawn_folder, "--split", "all", "--allow-seen")
    as_json = invoke(model, "--data", drawn_folder, "--split", "all", "--allow-seen", "--json")

    assert isinstance(refused.exception, DataLeakageError)
    assert not refused.stdout
    assert "SEEN IN TRAINING" in text.stdout.splitlines()[0]
    assert json.loads(as_json.stdout)["leakage"] is True


def test_help_names_every_option():
    """With the default of the split."""
    text = CliRunner().invoke(command, ["--help"]).output

    for option in ("--data", "--split", "--allow-seen", "--json", "--out", "--no-cache", "default: test"):
        assert option in text
    for option in ("--corruptions", "--kinds", "--frames", "--limit", "--seed", "--baseline", "--no-baseline"):
        assert option in text


@pytest.fixture(scope="module")
def unknown_signs(tmp_path_factory):
    """Noise of two kinds. Not to be changed."""
    return write_classes(tmp_path_factory.mktemp("unknown") / "noise", {"zebra": 4, "arrows": 3})


def test_unknown_images_are_told_from_the_known_ones(run, drawn_folder, unknown_signs):
    """A table on standard output, and files beside those of the evaluation."""
    result = invoke(run, "--data", drawn_folder, "--split", "validation", "--unknown", unknown_signs)

    assert result.exit_code == 0, result.stderr
    assert "7 unknown images from 'noise' against" in result.stdout
    assert result.stdout.index("Accuracy") < result.stdout.index("AUROC") < result.stdout.index("arrows")
    names = {path.name for path in (run / "evaluation-validation").iterdir()}
    assert {"unknown.csv", "unknown.png", "accepted.png", "confusion.png", "figures.json"} <= names
    figures = json.loads((run / "evaluation-validation" / "figures.json").read_text())
    assert figures["unknown"][0]["scores"][0]["unknown_images"] == 7


def test_unknown_images_are_in_the_json_too(run, drawn_folder, unknown_signs):
    """One object, with the share that is to be kept; without unknown images there is no such key."""
    words = [run / "model.keras", "--data", drawn_folder, "--json"]
    result = invoke(*words, "--unknown", unknown_signs, "--keep", "0.9", "--score", "max-softmax")

    assert result.exit_code == 0, result.stderr
    (judgement,) = json.loads(result.stdout)["unknown"]
    assert (judgement["source"], judgement["folder"]) == ("unknown", str(unknown_signs))
    assert (judgement["scores"][0]["score"], judgement["scores"][0]["keep"]) == ("max-softmax", 0.9)
    assert "unknown" not in json.loads(invoke(*words).stdout)


def test_copy_of_the_training_images_is_no_folder_of_unknown_signs(run, drawn_folder):
    """Its folders are class ids; that is said, and the figures stand."""
    folder = drawn_folder / "Final_Training" / "Images"
    with pytest.warns(UserWarning, match="named after classes that the model knows: 00000; 00001"):
        result = invoke(run / "model.keras", "--data", drawn_folder, "--unknown", folder)
    assert result.exit_code == 0


@pytest.mark.parametrize("share", ["0", "1.1", "nan"])
def test_share_to_keep_lies_between_0_and_1(run, drawn_folder, unknown_signs, share):
    """None of the images cannot be kept."""
    result = invoke(run, "--data", drawn_folder, "--unknown", unknown_signs, "--keep", share)

    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (["--score", "max-softmax"], "--unknown or --background"),
        (["--keep", "0.9"], "--unknown or --background"),
        (["--unknown", ".", "--windows", "9"], "--background"),
        (["--unknown", ".", "--seed", "9"], "--background or --corruptions"),
    ],
)
def test_options_that_would_do_nothing_are_refused(run, drawn_folder, words, needed):
    """They are about images that were not given."""
    result = invoke(run, "--data", drawn_folder, *words)

    assert result.exit_code == 2
    assert f"needs {needed}." in result.stderr


def test_report_among_unknown_images_is_refused(run, drawn_folder, unknown_signs):
    """They are only read."""
    with raises(OutputError, subject="report"):
        raise invoke(
            run, "--data", drawn_folder, "--unknown", unknown_signs, "--out", unknown_signs / "report"
        ).exception


def test_model_without_outputs_for_unknown_images_says_so(run, drawn_folder, unknown_signs):
    """It was not trained with any; no score is made up."""
    with raises(ModelError, problem="'known' cannot be computed", expected="max-softmax"):
        raise invoke(run, "--data", drawn_folder, "--unknown", unknown_signs, "--score", "known").exception


def test_signs_are_told_from_several_frames_where_that_is_asked_for(run, drawn_folder):
    """In tables, and in JSON under one key, which is not there otherwise."""
    words = [run, "--data", drawn_folder, "--split", "validation"]

    printed, asked, plain = (
        invoke(*words, "--tracks"),
        json.loads(invoke(*words, "--tracks", "--json").stdout),
        json.loads(invoke(*words, "--json").stdout),
    )

    assert printed.exit_code == 0, printed.output
    assert "Signs told from several frames" in printed.stdout
    assert {result["tracks"] for result in asked["fused_tracks"]["results"]} == {43}
    assert "fused_tracks" not in plain


def test_frames_of_signs_are_not_corrupted(run, drawn_folder):
    """Tracks are told as they are."""
    result = invoke(run, "--data", drawn_folder, "--corruptions", "--tracks")

    assert result.exit_code == 2
    assert "--tracks and --corruptions cannot be combined" in result.stderr
