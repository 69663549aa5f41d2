"""A network that learns from a teacher: which teachers fit, what the loss is, and what a run says of it."""

import dataclasses

import keras
import numpy as np
import pytest
from fixtures.documents import without_graphs
from fixtures.errors import raises

from roadsigns.datasets.reader import read_training
from roadsigns.errors import ModelError, RecipeError
from roadsigns.model_files.model_file import read_metadata, save_model
from roadsigns.recipe import Recipe, load_recipe
from roadsigns.training.api import train
from roadsigns.training.distillation import build_teacher, read_teacher, with_teacher
from roadsigns.training.run_folder import RunFolder
from roadsigns.types import DataSet, SignClass

SHORT = ("training.epochs=1", "training.epoch_fraction=0.1", "training.batch_size=8", "data.image_size=32")


def taught_by(model, **tables):
    """A recipe of the tiny model's preparation, with a teacher."""
    data = {"image_size": 32, **tables.pop("data", {})}
    return Recipe(distillation={"teacher": str(model)}, data=data, **tables)


@pytest.fixture
def drawn_data(drawn_folder):
    return read_training(drawn_folder)


def test_recipe_without_a_teacher_reads_none(drawn_data):
    assert read_teacher(load_recipe("fast"), drawn_data) is None


def test_teacher_of_the_same_classes_and_preparation_is_read(tiny_run, drawn_data):
    assert read_teacher(taught_by(tiny_run), drawn_data).metadata == read_metadata(tiny_run / "model.keras")


@pytest.mark.parametrize(
    ("tables", "difference"),
    [
        ({"data": {"image_size": 40}}, "of 32 pixels with a margin of 0.1, not 'tutorial' of 40 pixels"),
        ({"data": {"preparation": "box"}}, "the preparation 'tutorial' of 32 pixels"),
        ({"negatives": {"share": 0.2}}, "no outputs for what is unknown"),
    ],
)
def test_teacher_that_reads_or_says_something_else_is_refused(tiny_run, drawn_data, tables, difference):
    with raises(RecipeError, problem=difference, hint="same classes and preparation", subject=str(tiny_run)):
        read_teacher(taught_by(tiny_run, **tables), drawn_data)


def test_teacher_of_other_classes_is_refused(tiny_run, drawn_data):
    own = DataSet(drawn_data.samples, (SignClass(0, "ferry"), SignClass(1, "geese")), "own")

    with raises(RecipeError, problem="the teacher has other classes", subject=str(tiny_run)):
        read_teacher(taught_by(tiny_run), own)


def test_teacher_with_a_network_of_its_own_is_refused(tiny_network, tiny_metadata, tmp_path, drawn_data):
    """Its code would have to be imported."""
    save_model(tiny_network, dataclasses.replace(tiny_metadata, network="my:build"), tmp_path / "own.keras")

    with raises(RecipeError, problem="'my:build'", hint="built-in network"):
        read_teacher(taught_by(tmp_path / "own.keras"), drawn_data)


def test_folder_without_a_model_is_refused(tmp_path, drawn_data):
    """Such as that of a cross-validation, whose models only its own folds may learn from."""
    with raises(
        RecipeError, problem="distillation.teacher is a folder", expected="in a cross-validation", subject="cross"
    ):
        (tmp_path / "cross").mkdir()
        read_teacher(taught_by(tmp_path / "cross"), drawn_data)


def test_missing_teacher_is_named(drawn_data):
    with raises(ModelError, problem="nobody"):
        read_teacher(taught_by("nobody"), drawn_data)


@pytest.mark.parametrize("parts", [1, 2])
def test_teacher_computes_what_its_file_does(tiny_run, tiny_network, drawn_data, parts):
    images = np.random.default_rng(0).random((4, 32, 32, 3), np.float32)

    teacher = build_teacher(read_teacher(taught_by(tiny_run), drawn_data), precision="float32", parts=parts)

    np.testing.assert_allclose(teacher.predict_on_batch(images), tiny_network.predict_on_batch(images), atol=1e-5)


def dense(outputs):
    """A network of one layer."""
    layers = [keras.layers.Flatten(), keras.layers.Dense(outputs, activation="softmax")]
    return keras.Sequential([keras.Input((4, 4, 3)), *layers])


@pytest.mark.parametrize("weight", [0.25, 1.0])
def test_loss_weighs_the_cross_entropies_of_labels_and_teacher(weight):
    keras.utils.set_random_seed(0)
    network, teacher = dense(3), dense(3)
    taught = with_teacher(keras.Model(network.inputs, network.outputs), teacher, weight)
    taught.compile("sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    images, labels = np.random.default_rng(0).random((5, 4, 4, 3), np.float32), np.array([0, 1, 2, 0, 1])
    said, wanted = network.predict_on_batch(images), teacher.predict_on_batch(images)

    loss = taught.train_on_batch(images, labels, return_dict=True)["loss"]

    of_labels = -np.log(said[np.arange(5), labels]).mean()
    of_teacher = -(wanted * np.log(said)).sum(axis=1).mean()
    assert loss == pytest.approx((1 - weight) * of_labels + weight * of_teacher, rel=1e-5)


def test_network_comes_to_say_what_its_teacher_says():
    """Which stays as it is."""
    keras.utils.set_random_seed(1)
    network, teacher = dense(3), dense(3)
    teacher.trainable = False
    taught = with_teacher(keras.Model(network.inputs, network.outputs), teacher, 1.0)
    taught.compile(keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy")
    images = np.random.default_rng(0).random((64, 4, 4, 3), np.float32)
    wanted, before = teacher.predict_on_batch(images), np.abs(network.predict_on_batch(images)).copy()

    for _ in range(150):
        taught.train_on_batch(images, np.zeros(64, np.int32))

    after = network.predict_on_batch(images)
    assert np.abs(after - wanted).mean() < np.abs(before - wanted).mean() / 5
    np.testing.assert_array_equal(teacher.predict_on_batch(images), wanted)


@pytest.fixture
def taught_run(tiny_run, drawn_folder, tmp_path, monkeypatch):
    """A training of one epoch from the tiny model, which has seen two of the signs."""
    monkeypatch.setattr("roadsigns.training.train._draw_curves", lambda _fit: None)
    run = RunFolder(tmp_path / "taught")
    overrides = [*SHORT, f"distillation.teacher={tiny_run}", "data.split=none"]
    with without_graphs():
        train(drawn_folder, run=run.path, recipe="tutorial", overrides=overrides)
    return run


def test_run_remembers_its_teacher_and_whose_signs_it_has_learned(taught_run, tiny_run, tiny_metadata):
    """As those of a model that is fine-tuned: a teacher passes on what it has seen."""
    (teacher,) = read_metadata(taught_run.model).ancestors

    assert (teacher.model, teacher.trained_on) == (str(tiny_run), tiny_metadata.trained_on)
    assert taught_run.read_json("environment.json")["teacher"]["sha256"] == teacher.weights_sha256


def test_teacher_that_has_seen_held_out_signs_is_told(tiny_network, tiny_metadata, drawn_folder, tmp_path):
    data = read_training(drawn_folder)
    knows_all = dataclasses.replace(
        tiny_metadata, source=data.source, trained_on=frozenset(sample.track_key for sample in data.samples)
    )
    save_model(tiny_network, knows_all, tmp_path / "teacher.keras")
    overrides = [*SHORT, f"distillation.teacher={tmp_path / 'teacher.keras'}"]

    with without_graphs(), pytest.warns(UserWarning, match="measure its memory"):
        result = train(drawn_folder, run=tmp_path / "run", recipe="tutorial", overrides=overrides)

    assert (result.leakage, result.seen_by_init) == (True, True)
