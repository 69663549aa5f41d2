"""Every command that takes DATA takes every layout, with the same result."""

import json

import pytest
from click.testing import CliRunner
from fixtures.evaluated_models import without_plots

from roadsigns.cli.main import group
from roadsigns.cross_validation.fold_trainer import FoldTrainer
from roadsigns.datasets.splits import split_samples
from roadsigns.training import train

pytestmark = pytest.mark.filterwarnings("ignore:No image of class")


def invoke(*arguments):
    """Run a command; gives its standard output."""
    result = CliRunner().invoke(group, list(map(str, arguments)))
    assert result.exit_code in (0, 3), (result.stderr, result.exception)
    return result.stdout


def evaluated(model, data, out):
    """The metrics, and which class was taken for which."""
    with without_plots():
        result = json.loads(invoke("evaluate", model, "--data", data, "--out", out, "--no-cache", "--json"))
    return {**result, "data": ""}, (out / "confusion.csv").read_text()


@pytest.fixture(scope="module")
def evaluated_official(official_folder, tiny_run, tmp_path_factory):
    """The evaluation on the official layout."""
    return evaluated(tiny_run, official_folder, tmp_path_factory.mktemp("evaluated") / "official")


def test_evaluate_reads_the_same_test_images(evaluated_official, packed, tiny_run, tmp_path):
    """With the same boxes, so that every figure is the same, calibration included."""
    assert evaluated(tiny_run, packed, tmp_path / "out") == evaluated_official


def test_check_finds_the_same(official_folder, packed):
    """Classes, tracks and the kinds of findings."""
    wanted, found = (json.loads(invoke("check", data, "--json")) for data in (official_folder, packed))

    for key in ("training_images", "test_images", "classes", "tracks", "undecodable"):
        assert found[key] == wanted[key]
    assert [(one["kind"], one["count"]) for one in found["findings"]] == [
        (one["kind"], one["count"]) for one in wanted["findings"]
    ]


def test_plan_counts_the_same(official_folder, packed):
    """Images of each class, boxes and tracks."""
    wanted, found = (json.loads(invoke("plan", data, "--json")) for data in (official_folder, packed))

    for key in ("training_images", "test_images", "classes", "boxes", "tracks"):
        assert found[key] == wanted[key]


def test_sheet_shows_its_images(packed, tmp_path):
    """With their tracks."""
    invoke("sheet", packed, "--out", tmp_path / "sheet.png", "--class", 14, "--per-class", 1)

    assert (tmp_path / "sheet.png").stat().st_size > 1000


def test_train_reads_the_same_training_images(official_folder, packed, tmp_path, monkeypatch):
    """And would hold out the same tracks. How they are trained is tested elsewhere, on one layout."""
    given = []
    monkeypatch.setattr(train, "run_training", lambda _recipe, data, *_arguments, **_options: given.append(data))
    for number, data in enumerate((official_folder, packed)):
        arguments = ["train", "--data", data, "--recipe", "tutorial", "--run", tmp_path / str(number), "--no-cache"]
        CliRunner().invoke(group, list(map(str, arguments)))

    splits = [split_samples(data.samples, by="group", validation_fraction=0.2, seed=0) for data in given]
    wanted, found = ([(one.class_id, one.track, one.box) for one in split.train] for split in splits)
    assert found == wanted
    assert len(found) == 12


def test_cross_validate_reads_the_same_images(official_folder, packed, tmp_path, monkeypatch):
    """And holds out the same tracks. How a fold is trained is tested with `train`."""
    folds = []
    monkeypatch.setattr(FoldTrainer, "_train", lambda _self, _run, fold: folds.append(fold) or False)
    for number, data in enumerate((official_folder, packed)):
        arguments = ["--data", data, "--out", tmp_path / str(number), "--recipe", "tutorial", "--folds", 2]
        CliRunner().invoke(group, ["cross-validate", *map(str, arguments)])

    wanted, found = ([(one.class_id, one.track, one.box) for one in fold.split.validation] for fold in folds)
    assert found == wanted
    assert len(found) == 12


def test_predict_reads_the_images(packed, tiny_run):
    """All that are there, whatever they are for."""
    lines = invoke("predict", "--model", tiny_run, packed, "--json").splitlines()

    assert len(lines) >= 24 + 12
    assert not any("error" in json.loads(line) for line in lines)
