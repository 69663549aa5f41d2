"""A detector trained on a few drawn scenes: its run folder, Ctrl-C, and a killed run taken up again."""

import csv
import json

import numpy as np
import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.datasets.scenes import read_scene_set
from roadsigns.errors import DataError, RecipeError, RunError
from roadsigns.model_files.onnx_file import read_detector_file
from roadsigns.recipe import load_recipe
from roadsigns.synthesis.scenes.draw import draw_scene
from roadsigns.synthesis.settings import Drawing
from roadsigns.training.api import train
from roadsigns.training.detector import fit as fit_module
from roadsigns.training.detector.fit import DetectorEpoch
from roadsigns.training.history import read_history
from roadsigns.training.run_folder import RunFolder

SMALL = (
    "training.epochs=3",
    "training.epoch_images=8",
    "training.batch_size=4",
    "training.validate_every_epochs=2",
    "training.precision=float32",
    "model.width=0.25",
    "scenes.crop_size=64",
    "scenes.folds=2",
)


def write_scenes(folder, *, count, size, seed=0):
    """Draw small scenes, and label their signs in GTSDB's layout."""
    folder.mkdir()
    lines = []
    for number in range(count):
        image, signs = draw_scene(np.random.default_rng([seed, number]), Drawing(), size)
        Image.fromarray(image).save(folder / f"{number:05d}.png")
        lines += [
            f"{number:05d}.png;{x1};{y1};{x2 - 1};{y2 - 1};{sign.class_id}"
            for sign in signs
            if sign.class_id is not None
            for x1, y1, x2, y2 in [sign.box]
        ]
    (folder / "gt.txt").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Drawn scenes in GTSDB's layout, small ones."""
    return write_scenes(tmp_path_factory.mktemp("scenes") / "drawn", count=24, size=(256, 160))


@pytest.fixture(scope="module")
def trained(scenes, tmp_path_factory):
    """A whole training."""
    run = tmp_path_factory.mktemp("runs") / "detector"
    return train(scenes, run=run, recipe="detector", overrides=SMALL), RunFolder(run)


def test_a_run_leaves_a_detector_and_how_it_came_about(trained):
    result, run = trained

    assert {path.name for path in run.path.iterdir()} == {
        *("recipe.toml", "environment.json", "history.csv", "curves.png", "detector.onnx", "figures.json"),
        "validation",
    }
    assert (run.path / "validation" / "mistakes.png").is_file()
    assert run.is_complete
    assert result.complete
    assert json.loads(json.dumps(result.as_dict())) == run.read_json("figures.json")


def test_the_history_has_a_row_for_each_epoch(trained):
    """The second and the last are validated."""
    _, run = trained

    history = read_history(run.history, DetectorEpoch)

    assert [line.epoch for line in history] == [1, 2, 3]
    assert [np.isnan(line.validation_ap50) for line in history] == [True, False, False]
    with run.history.open(newline="") as file:
        assert set(next(csv.reader(file))) >= {"epoch", "loss", "validation_ap50", "validation_recall"}


def test_the_file_says_what_was_held_out(trained, scenes):
    result, run = trained

    metadata = read_detector_file(run.detector).metadata

    assert (metadata.network, metadata.width, metadata.recipe, metadata.epoch) == ("detector", 0.25, "detector", 3)
    assert (metadata.folds, metadata.held_out) == (2, 1)
    assert metadata.split == result.split
    assert metadata.scenes == result.scenes.train < len(read_scene_set(scenes).scenes) - result.scenes.validation + 1
    assert result.scenes.copies == result.scenes.train


def test_scenes_held_out_do_not_train_and_none_may_be_held_out(scenes, tmp_path):
    result = train(scenes, run=tmp_path / "run", recipe="detector", overrides=[*SMALL, "scenes.held_out=0"])

    assert result.validation is None
    assert result.scenes.train == len(read_scene_set(scenes).scenes)
    assert read_detector_file(RunFolder(tmp_path / "run").detector).metadata.min_score is None


def test_a_run_that_was_killed_is_taken_up_and_ends_alike(scenes, trained, tmp_path, monkeypatch):
    """Weights, losses and rates of the second half are those of a run that nothing stopped."""
    save = fit_module.detector_to_onnx

    def killed(network, metadata, *, half):
        if metadata.epoch == 2:
            raise KeyboardInterrupt
        return save(network, metadata, half=half)

    monkeypatch.setattr(fit_module, "detector_to_onnx", killed)
    with pytest.raises(KeyboardInterrupt):
        train(scenes, run=tmp_path / "run", recipe="detector", overrides=SMALL)
    monkeypatch.undo()

    result = train(scenes, run=tmp_path / "run", resume=True)

    assert result.complete
    _, uninterrupted = trained
    runs = uninterrupted, RunFolder(tmp_path / "run")
    expected, history = (read_history(run.history, DetectorEpoch) for run in runs)
    assert [line.epoch for line in history] == [1, 2, 3]
    assert [line.loss for line in history] == pytest.approx([line.loss for line in expected], rel=1e-4)
    assert [line.learning_rate for line in history] == [line.learning_rate for line in expected]


def test_other_scenes_do_not_continue_a_run(scenes, tmp_path, monkeypatch):
    """What is labelled is compared."""
    monkeypatch.setattr(fit_module.DetectorFit, "run_epochs", lambda _: False)
    train(scenes, run=tmp_path / "run", recipe="detector", overrides=SMALL)
    write_scenes(tmp_path / "others", count=24, size=(128, 96), seed=1)

    with raises(RunError, problem="The run cannot be resumed: the data changed since the start."):
        train(tmp_path / "others", run=tmp_path / "run", resume=True)


def test_a_fold_that_does_not_exist_is_refused(scenes, tmp_path):
    with raises(RecipeError, problem="scenes.held_out is 3.", expected="a fold from 1 to 2, or 0 for none"):
        train(scenes, run=tmp_path / "run", recipe="detector", overrides=[*SMALL, "scenes.held_out=3"])


def test_scenes_without_a_sign_teach_nothing(tmp_path):
    folder = write_scenes(tmp_path / "empty", count=6, size=(64, 64))
    (folder / "gt.txt").write_text("")

    with pytest.raises(DataError):
        train(folder, run=tmp_path / "run", recipe="detector", overrides=[*SMALL, "scenes.held_out=0"])


@pytest.mark.parametrize(
    ("recipe", "override"),
    [("detector", "data.image_size=64"), ("detector", "model.init=best"), ("best", "scenes.folds=3")],
)
def test_values_without_effect_are_refused(recipe, override):
    """Nobody should believe that they did something."""
    with pytest.raises(RecipeError, match="has no effect on the network"):
        load_recipe(recipe, [override])
