"""Trainings with networks and augmentations of the user's own, and with networks of another width."""

import sys
from contextlib import closing

import keras
import numpy as np
import pytest
from fixtures.documents import without_graphs
from fixtures.errors import raises

import roadsigns
from roadsigns.errors import DataError, ModelError, RecipeError
from roadsigns.exports.export import export_model
from roadsigns.exports.load_source import load_source
from roadsigns.model_files.model_file import read_metadata
from roadsigns.training.loop import Fit

SHORT = ("data.preparation=box", "data.image_size=32", "training.epochs=1")

OWN_LAYER = """
    @keras.saving.register_keras_serializable("tests")
    class Halved(layers.Layer):
        def call(self, inputs):
            return inputs / 2


    def halving(*, num_classes, image_size, dtype):
        images = keras.Input((image_size, image_size, 3))
        value = layers.Flatten()(Halved()(images))
        return keras.Model(images, layers.Dense(num_classes, activation="softmax", dtype="float32")(value))
"""


@pytest.fixture
def train(drawn_folder, tmp_path, monkeypatch):
    """Train one epoch on drawn signs, step by step and without plots."""
    monkeypatch.setattr("roadsigns.training.train._draw_curves", lambda _fit: None)

    def run(*overrides, **options):
        with without_graphs():
            options = {"run": tmp_path / "run", "recipe": "tutorial", "cache": False, **options}
            return roadsigns.train(drawn_folder, overrides=[*SHORT, *overrides], **options)

    return run


def written_recipe(folder, name):
    """A recipe in a folder of its own, with the module's network and augmentation."""
    folder.mkdir(exist_ok=True)
    path = folder / "mine.toml"
    path.write_text(f'[model]\nname = "{name}:build"\n[augmentation]\nfunction = "{name}:darken"\n')
    return path


def test_own_network_and_augmentation_are_trained_and_used(train, own_module, drawn_folder, tmp_path):
    """From a recipe beside the module; the run folder and the ONNX file answer alike, without the module."""
    name = own_module(folder=tmp_path / "recipes")
    assert train(recipe=written_recipe(tmp_path / "recipes", name)).complete
    export_model(tmp_path / "run", "onnx", out=tmp_path / "own.onnx")
    sys.modules.pop(name)

    evaluations = [roadsigns.evaluate(tmp_path / model, drawn_folder, split="test") for model in ("run", "own.onnx")]

    assert read_metadata(tmp_path / "own.onnx").network == f"{name}:build"
    np.testing.assert_allclose(*(found.probabilities for found in evaluations), atol=1e-4)
    assert name not in sys.modules


def test_own_augmentation_changes_what_is_trained_on(train, own_module, monkeypatch):
    """And follows from the seed, and from the epoch."""
    name, epochs = own_module(), []

    def look(fit):
        for epoch in (0, 0, 1):
            with closing(fit.batches.epoch(epoch)) as batches:
                epochs.append(next(batches)[0])
        raise LookupError

    monkeypatch.setattr(Fit, "run_epochs", look)
    for overrides in ([f"augmentation.function={name}:darken"], []):
        with pytest.raises(LookupError):
            train(*overrides, run=f"run{len(epochs)}")

    dark, again, next_epoch, plain = epochs[:4]
    np.testing.assert_array_equal(dark, again)
    assert not np.array_equal(dark, next_epoch)
    assert dark.mean() < 0.9 * plain.mean()


def test_augment_calls_the_own_augmentation(own_module, tmp_path):
    """As a training does."""
    name = own_module(folder=tmp_path / "recipes")
    images = np.full((2, 32, 32, 3), 0.5, np.float32)

    changed = roadsigns.augment(images, recipe=written_recipe(tmp_path / "recipes", name))

    assert changed.max() < 0.5
    assert images.min() == 0.5


@pytest.mark.parametrize("key", ["model.name", "augmentation.function"])
def test_wrong_name_is_told_before_anything_is_read(train, own_module, tmp_path, key):
    """The data are not looked at, and no folder is made."""
    name = own_module()

    with raises(RecipeError, problem="There is no function 'biuld'", subject=f"{name}:biuld"):
        roadsigns.train(tmp_path / "nothing", run=tmp_path / "run", overrides=[f"{key}={name}:biuld"])
    with pytest.raises(DataError):
        roadsigns.train(tmp_path / "nothing", run=tmp_path / "run", overrides=[f"{key}={name}:build"])
    assert not (tmp_path / "run").exists()


def test_function_that_gives_the_wrong_thing_leaves_no_run(train, own_module, tmp_path):
    name = own_module()

    with raises(RecipeError, problem="raised TypeError", subject=":darken"):
        train(f"model.name={name}:darken")
    assert not (tmp_path / "run").exists()


def test_network_of_another_width_is_used_and_fine_tuned(train, tmp_path, drawn_folder):
    """From its run and from its ONNX file, which says what width it has."""
    train("model.name=fast", "model.width=0.25")
    export_model(tmp_path / "run", "onnx", out=tmp_path / "narrow.onnx")
    run, file = load_source(tmp_path / "run"), load_source(tmp_path / "narrow.onnx")

    assert run.metadata.width == file.metadata.width == 0.25
    for weight, same in zip(run.network.get_weights(), file.network.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)
    with raises(RecipeError, problem="'model.width' is 2.0 in the recipe and 0.25 in the model"):
        train("model.width=2", init=tmp_path / "narrow.onnx", run=tmp_path / "wide", recipe="fine-tune")
    with without_graphs():
        roadsigns.train(
            drawn_folder,
            run=tmp_path / "tuned",
            init=tmp_path / "narrow.onnx",
            overrides=["training.epochs=1", "training.epoch_images=0"],
        )
    assert read_metadata(tmp_path / "tuned" / "model.keras").width == 0.25


def test_published_width_is_not_written(tiny_metadata):
    """So that earlier versions read such files."""
    assert "width" not in tiny_metadata.as_dict()


def test_own_network_is_fine_tuned_where_the_recipe_names_it(train, own_module, tmp_path):
    """A name in a model file alone imports nothing."""
    name = own_module()
    train(f"model.name={name}:build")
    export_model(tmp_path / "run", "onnx", out=tmp_path / "own.onnx")
    again = {"init": tmp_path / "run", "run": tmp_path / "tuned", "recipe": "fine-tune"}
    sys.modules.pop(name)

    with raises(RecipeError, problem=f"network of its own, '{name}:build'", hint=f"--set model.name={name}:build"):
        train(**again)
    assert name not in sys.modules
    assert train(f"model.name={name}:build", "training.epoch_images=0", **again).complete
    with raises(ModelError, problem="only predicts", hint="run folder", subject="own.onnx"):
        load_source(tmp_path / "own.onnx")


def test_layer_of_ones_own_is_loaded_once_its_module_is_imported(train, own_module, drawn_folder, tmp_path):
    """Which the model file does not do."""
    name = own_module(OWN_LAYER)
    train(f"model.name={name}:halving")

    assert roadsigns.evaluate(tmp_path / "run", drawn_folder, split="test").labels.size
    with raises(ModelError, problem="is of type Halved, which cannot be written", hint="Use a network of these"):
        export_model(tmp_path / "run", "onnx", out=tmp_path / "own.onnx")

    # As in a process that has not imported the module.
    keras.saving.get_custom_objects().pop("tests>Halved")
    sys.modules.pop(name)
    with raises(ModelError, problem="a layer of its own, Halved", hint="import the module", subject="model.keras"):
        roadsigns.load(tmp_path / "run")
    assert name not in sys.modules
