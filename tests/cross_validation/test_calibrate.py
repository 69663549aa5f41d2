"""A temperature into a run folder and into model files, and which cross-validations are refused."""

import dataclasses
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.calibrate import calibrate
from roadsigns.datasets.reader import read_training
from roadsigns.errors import ModelError, OutputError, RecipeError, RunError
from roadsigns.exports.export import export_model
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.model_files.model_file import read_metadata, save_model
from roadsigns.recipe import load_recipe
from roadsigns.training.run_folder import RunFolder
from roadsigns.types import UNKNOWN_KINDS, SignClass

RECIPE = ["data.image_size=32", "training.epochs=3", "training.keep=last"]


@pytest.fixture(scope="module")
def data(drawn_folder):
    """Two tracks of two frames in each of 43 classes."""
    return read_training(drawn_folder)


@pytest.fixture(scope="module")
def crossed(tmp_path_factory, write_sure_cross, data):
    """A cross-validation of models that are twice as sure as they may be. Not to be changed."""
    folder, *_ = write_sure_cross(tmp_path_factory.mktemp("cross") / "out", data, sureness=2, overrides=RECIPE)
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory, tiny_network, tiny_metadata, data):
    """A run of the same recipe. Not to be changed."""
    from roadsigns.datasets.fingerprint import fingerprint

    run = RunFolder(tmp_path_factory.mktemp("runs") / "mine")
    run.path.mkdir()
    run.write_recipe(load_recipe("tutorial", [*RECIPE, "data.split=none", "training.precision=float32"]))
    run.write_json("environment.json", {"data": {"sha256": fingerprint(data)}})
    run.write_json("figures.json", {"complete": True})
    save_model(tiny_network, dataclasses.replace(tiny_metadata, source=data.source), run.model)
    return run


@pytest.fixture
def run(trained, tmp_path):
    """A copy of it."""
    return RunFolder(shutil.copytree(trained.path, tmp_path / "run"))


def crops(metadata):
    return np.random.default_rng(0).random((4, metadata.image_size, metadata.image_size, 3)).astype(np.float32)


def cooled(probabilities, temperature):
    powers = probabilities.astype(np.float64) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def test_run_gets_its_temperature_and_nothing_else_changes(run, trained, crossed):
    """Weights and what it says of itself stay; its probabilities are the same logits, divided."""
    calibrated = calibrate(run.path, crossed)

    assert calibrated.path == run.model
    value = calibrated.temperature.value
    assert value > 1.2
    assert calibrated.other_recipe == ()
    before, after = (read_metadata(one.model) for one in (trained, run))
    assert after == dataclasses.replace(before, temperature=value)
    images = crops(before)
    plain, warm = (Recognizer.load(one.path).probabilities(images) for one in (trained, run))
    np.testing.assert_allclose(warm, cooled(plain, value), rtol=1e-4)
    with zipfile.ZipFile(trained.model) as old, zipfile.ZipFile(run.model) as new:
        assert sorted(old.namelist()) == sorted(new.namelist())
        assert old.read("model.weights.h5") == new.read("model.weights.h5")


def test_second_temperature_replaces_the_first(run, crossed):
    """It is not put on top."""
    first = calibrate(run.path, crossed).temperature.value

    assert calibrate(run.path, crossed).temperature.value == first
    assert read_metadata(run.model).temperature == first


def test_run_gets_the_quantiles_of_its_prediction_sets(run, crossed):
    """Those of the levels that were asked for, and what they rest on."""
    calibrated = calibrate(run.path, crossed, levels=[0.9, 0.95])

    conformal = read_metadata(run.model).conformal
    assert conformal == calibrated.sets.quantiles
    assert (conformal.unit, conformal.units, sorted(conformal.quantiles)) == ("track", 86, [0.9, 0.95])


def test_quantiles_go_with_their_temperature(run, crossed):
    """A later calibration without any removes them: they are for other probabilities."""
    calibrate(run.path, crossed, levels=[0.9])
    calibrate(run.path, crossed)

    assert read_metadata(run.model).conformal is None


def test_level_without_enough_signs_is_refused_before_anything_is_written(run, crossed):
    before = run.model.read_bytes()

    with raises(RunError, problem="86 tracks cannot support the level 99.9 %", subject=str(crossed)):
        calibrate(run.path, crossed, levels=[0.999])
    assert run.model.read_bytes() == before


@pytest.mark.filterwarnings("ignore:.*is not in a run folder")
def test_onnx_file_gets_the_quantiles_and_its_exports_keep_them(run, crossed, tmp_path):
    plain = export_model(run.path, "onnx", out=tmp_path / "plain.onnx").path

    calibrated = calibrate(plain, crossed, out=tmp_path / "warm.onnx", levels=[0.9])
    again = export_model(calibrated.path, "onnx", precision="float16", out=tmp_path / "half.onnx")

    assert read_metadata(calibrated.path).conformal == calibrated.sets.quantiles
    assert read_metadata(again.path).conformal == calibrated.sets.quantiles


def test_another_file_leaves_the_run_as_it_is(run, crossed, tmp_path):
    """With --out."""
    before = run.model.read_bytes()

    calibrated = calibrate(run.path, crossed, out=tmp_path / "warm.keras")

    assert run.model.read_bytes() == before
    assert read_metadata(tmp_path / "warm.keras").temperature == calibrated.temperature.value


def test_builtin_model_is_called_by_its_name(crossed, tmp_path):
    """As it was given, in the warning and in the error."""
    with (
        pytest.warns(UserWarning, match="^fast is not in a run folder"),
        raises(RecipeError, problem="not of the recipe of fast:"),
    ):
        calibrate("fast", crossed, out=tmp_path / "fast.onnx")


@pytest.mark.filterwarnings("ignore:.*is not in a run folder")
@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_onnx_file_is_written_anew_with_the_temperature_in_its_graph(run, crossed, tmp_path, precision):
    """In the precision it has; it answers as before, less confidently."""
    plain = export_model(run.path, "onnx", precision=precision, out=tmp_path / "plain.onnx").path

    calibrated = calibrate(plain, crossed, out=tmp_path / "warm.onnx")

    metadata = read_metadata(calibrated.path)
    assert metadata == dataclasses.replace(read_metadata(plain), temperature=calibrated.temperature.value)
    assert abs(calibrated.path.stat().st_size / plain.stat().st_size - 1) < 0.01
    images = crops(metadata)
    before, after = (Recognizer.load(file).probabilities(images) for file in (plain, calibrated.path))
    np.testing.assert_allclose(after, cooled(before, metadata.temperature), rtol=1e-3)


def test_file_outside_a_run_folder_is_compared_by_what_it_says(run, crossed, tmp_path):
    """Which is reported, since it does not say all."""
    file = shutil.copy(run.model, tmp_path / "alone.keras")

    with pytest.warns(UserWarning, match="is not in a run folder"):
        assert calibrate(file, crossed, out=tmp_path / "warm.keras").other_recipe == ()


@pytest.mark.filterwarnings("ignore:.*is not in a run folder")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recipe": "fast"}, "recipe is 'fast' in the model and 'tutorial' in the cross-validation"),
        ({"network": "fast"}, "model.name is 'fast' in the model"),
        ({"width": 0.5}, "model.width is 0.5 in the model and 1.0 in"),
        ({"margin": 0.25}, "data.margin is 0.25 in the model"),
        ({"epoch": 2}, "training.epochs is 2 in the model and 3 in"),
        ({"source": "own"}, "source is 'own' in the model"),
    ],
)
def test_file_of_another_recipe_is_refused(run, crossed, tmp_path, tiny_network, change, message):
    """Before anything is written."""
    file = tmp_path / "other.keras"
    save_model(tiny_network, dataclasses.replace(read_metadata(run.model), **change), file)

    with raises(RecipeError, problem=message, subject=str(crossed)):
        calibrate(file, crossed, out=tmp_path / "warm.keras")
    assert not (tmp_path / "warm.keras").exists()


@pytest.mark.parametrize(
    "override", ["training.epochs=4", "training.learning_rate=0.1", "augmentation.zoom=0.2", "model.name=fast"]
)
def test_run_of_another_recipe_is_refused_unless_that_is_allowed(run, crossed, override):
    """Any value that decides how confident a model is; then the differences are reported."""
    run.write_recipe(load_recipe("tutorial", [*RECIPE, override]))
    key = override.partition("=")[0]

    with raises(RecipeError, problem=f"{key} is", hint="--allow-other-recipe"):
        calibrate(run.path, crossed)
    assert read_metadata(run.model).temperature == 1

    (difference,) = calibrate(run.path, crossed, allow_other_recipe=True).other_recipe
    assert difference.startswith(key)


def test_how_often_a_run_validates_makes_no_difference(run, crossed):
    """It keeps the last epoch, as the folds do."""
    run.write_recipe(load_recipe("tutorial", [*RECIPE, "training.validate_every_epochs=3"]))

    assert calibrate(run.path, crossed).other_recipe == ()


@pytest.mark.parametrize("teachers", [("best", "runs/halves"), ("best", ""), ("", "runs/halves")])
def test_models_that_were_taught_may_have_other_teachers(run, write_sure_cross, data, tmp_path, teachers):
    """Each fold has one of its own; but a model without a teacher is not as sure as one with."""
    own, of_folds = ([*RECIPE, f"distillation.teacher={name}"] for name in teachers)
    crossed, *_ = write_sure_cross(tmp_path / "taught", data, sureness=2, overrides=of_folds)
    run.write_recipe(load_recipe("tutorial", own))

    if all(teachers):
        assert calibrate(run.path, crossed).other_recipe == ()
    else:
        with raises(RecipeError, problem="distillation.teacher is"):
            calibrate(run.path, crossed)


def test_run_of_other_data_is_refused(run, crossed):
    """More images make a model less sure of what it has not seen."""
    run.write_json("environment.json", {"data": {"sha256": "other"}})

    with raises(RecipeError, problem="the data differ"):
        calibrate(run.path, crossed)
    for record in ({}, {"data": None}):
        run.write_json("environment.json", record)
        with raises(RecipeError, problem="does not say which data"):
            calibrate(run.path, crossed)


def test_other_classes_are_refused_whatever_is_allowed(run, crossed, tiny_network):
    """Nothing can be said of them."""
    metadata = read_metadata(run.model)
    classes = (SignClass(0, "kangaroo"), *metadata.classes[1:])
    save_model(tiny_network, dataclasses.replace(metadata, classes=classes), run.model)

    with raises(ModelError, problem="Class 0 is 'kangaroo' in", expected="the same classes in the same order"):
        calibrate(run.path, crossed, allow_other_recipe=True)


def test_thresholds_are_not_lost_to_a_cross_validation_without_negatives(run, crossed, monkeypatch):
    """At another temperature they would not hold, and nobody would know that they are gone."""
    thresholds = KnownThresholds("group", 600, {0.9: 0.5})
    decides = dataclasses.replace(read_metadata(run.model), unknown_kinds=UNKNOWN_KINDS, known_thresholds=thresholds)
    monkeypatch.setattr("roadsigns.cross_validation.calibrate.read_metadata", lambda _: decides)
    before = run.model.read_bytes()

    with raises(RunError, problem="would be lost", expected="with negatives"):
        calibrate(run.path, crossed)

    assert run.model.read_bytes() == before


def test_run_in_training_is_refused(run, crossed, tmp_path):
    """It would write its model again; a copy may be made."""
    run.write_json("figures.json", {"complete": False})

    with raises(ModelError, problem="not complete", hint="--resume", subject=str(run.path)):
        calibrate(run.path, crossed)
    for out in (run.path, run.model):
        with raises(ModelError, problem="not complete"):
            calibrate(run.path, crossed, out=out)
    assert calibrate(run.path, crossed, out=tmp_path / "copy.keras").path.is_file()


def test_model_of_another_run_in_training_is_not_replaced(run, crossed, tmp_path):
    other = shutil.copytree(run.path, tmp_path / "other")
    (other / "figures.json").unlink()

    with raises(ModelError, problem="not complete"):
        calibrate(run.path, crossed, out=other / run.model.name)


def test_place_must_be_said_and_fit(run, crossed, tmp_path):
    """A file's own name is not taken for granted, and no other format is written."""
    with raises(OutputError, hint="--out NAME.keras"):
        calibrate(run.model, crossed)
    for out in (tmp_path / "warm.onnx", tmp_path / "none" / "warm.keras"):
        with pytest.raises(OutputError) as raised:
            calibrate(run.path, crossed, out=out)
        assert ".keras" in raised.value.expected
        assert "--out warm.keras" in raised.value.hint
    for out in (Path(), tmp_path.parent, Path("..")):
        with raises(OutputError, hint="--out NAME.keras"):
            calibrate(run.path, crossed, out=out)
    with raises(OutputError, hint="--out NAME.onnx"):
        calibrate("fast", crossed)


def test_what_is_no_cross_validation_is_refused(run, tmp_path):
    """With the command that makes one."""
    with raises(RunError, problem="not a cross-validation", hint="roadsigns cross-validate", subject=str(tmp_path)):
        calibrate(run.path, tmp_path)
