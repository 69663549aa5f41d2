"""The model that a training begins from: what it decides, what is taken of it, and whose signs it has learned."""

import dataclasses

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataLeakageError, ModelError, RecipeError
from roadsigns.model_files.metadata import Ancestor
from roadsigns.model_files.model_file import builtin_models, read_metadata, save_model
from roadsigns.models.build import build_inference_network, build_training_network
from roadsigns.recipe import Recipe, load_recipe, parse_recipe, to_toml
from roadsigns.training.pretrained import (
    check_pretrained_leakage,
    complete_recipe,
    init_override,
    load_pretrained_weights,
    read_pretrained,
)
from roadsigns.types import UNKNOWN_KINDS, DataSet, SignClass, TrackKey

OWN = tuple(SignClass(class_id, name) for class_id, name in enumerate(["ferry", "geese", "trams"]))


def network(name, classes, size=32):
    return build_training_network(name, num_classes=len(classes), image_size=size, precision="float32", seed=1)


def begin(model, **values):
    """A complete recipe that begins from a model."""
    return complete_recipe(Recipe(model={"init": str(model)}, **values))


@pytest.mark.parametrize("name", sorted(builtin_models()))
def test_every_built_in_model_is_begun_from(name):
    """Its preparation and network are the recipe's; its layers are taken, and the last is new."""
    recipe = complete_recipe(load_recipe("fine-tune", [init_override(name)]))
    metadata = read_metadata(builtin_models()[name])
    assert (recipe.model.name, recipe.data.preparation) == (metadata.network, metadata.preparation)
    assert (recipe.data.image_size, recipe.data.margin) == (metadata.image_size, metadata.margin)

    initial = read_pretrained(recipe)
    fresh = network(recipe.model.name, OWN, recipe.data.image_size)
    before = fresh.get_weights()
    load_pretrained_weights(fresh, initial, OWN)

    after = fresh.get_weights()
    for taken, theirs in zip(after[:-2], initial.weights[:-2], strict=True):
        np.testing.assert_array_equal(taken, theirs)
    for new, own in zip(after[-2:], before[-2:], strict=True):
        np.testing.assert_array_equal(new, own)


def test_last_layer_too_is_taken_where_the_classes_are_the_same(tiny_run):
    """By name and order."""
    initial = read_pretrained(begin(tiny_run))
    fresh = network("tutorial", GTSRB_CLASSES)

    load_pretrained_weights(fresh, initial, GTSRB_CLASSES)

    for taken, theirs in zip(fresh.get_weights(), initial.weights, strict=True):
        np.testing.assert_array_equal(taken, theirs)


@pytest.fixture
def with_kinds(tiny_metadata, tmp_path):
    """A model of GTSRB's classes that was trained with negatives."""
    metadata = dataclasses.replace(tiny_metadata, unknown_kinds=UNKNOWN_KINDS)
    model = build_inference_network("tutorial", num_classes=metadata.outputs, image_size=metadata.image_size)
    save_model(model, metadata, tmp_path / "with-kinds.keras")
    return read_pretrained(begin(tmp_path / "with-kinds.keras"))


def outputs_of(weights):
    """One row for each output of the last layer: its weights and its bias."""
    return np.vstack([weights[-2], weights[-1]]).T


@pytest.mark.parametrize("kinds", [5, 0])
def test_kinds_of_unknown_are_taken_with_the_same_classes(with_kinds, kinds):
    """As far as the network has them."""
    fresh = build_training_network("tutorial", num_classes=43 + kinds, image_size=32, precision="float32", seed=1)

    load_pretrained_weights(fresh, with_kinds, GTSRB_CLASSES)

    np.testing.assert_array_equal(outputs_of(fresh.get_weights()), outputs_of(with_kinds.weights)[: 43 + kinds])


def test_kinds_of_unknown_are_new_with_new_classes(with_kinds):
    """Other signs are unknown then."""
    fresh = build_training_network("tutorial", num_classes=3 + 5, image_size=32, precision="float32", seed=1)
    before = outputs_of(fresh.get_weights())

    load_pretrained_weights(fresh, with_kinds, OWN)

    np.testing.assert_array_equal(outputs_of(fresh.get_weights()), before)


def test_classes_are_taken_where_the_kinds_of_unknown_are_new(tiny_run):
    """As of the built-in models, fine-tuned with negatives."""
    fresh = build_training_network("tutorial", num_classes=43 + 5, image_size=32, precision="float32", seed=1)
    before = outputs_of(fresh.get_weights())
    initial = read_pretrained(begin(tiny_run))

    load_pretrained_weights(fresh, initial, GTSRB_CLASSES)

    after = outputs_of(fresh.get_weights())
    np.testing.assert_array_equal(after[:43], outputs_of(initial.weights))
    np.testing.assert_array_equal(after[43:], before[43:])


def test_weights_of_another_network_are_refused(tiny_run):
    """As of a version whose network of that name was another."""
    with raises(ModelError, problem="the network 'tutorial'"):
        load_pretrained_weights(network("tutorial", OWN, 48), read_pretrained(begin(tiny_run)), OWN)


def test_network_that_goes_over_its_images_otherwise_is_refused(tiny_metadata, tmp_path):
    """Its weights have the same shapes, and are worth nothing here."""
    import keras
    from keras import layers

    def padded(padding):
        last = [layers.GlobalAveragePooling2D(), layers.Dense(len(GTSRB_CLASSES), activation="softmax")]
        return keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(4, 3, padding=padding), *last])

    save_model(padded("same"), tiny_metadata, tmp_path / "before.keras")
    initial = read_pretrained(begin(tmp_path / "before.keras"))

    load_pretrained_weights(padded("same"), initial, GTSRB_CLASSES)
    with raises(ModelError, problem="do not fit the network"):
        load_pretrained_weights(padded("valid"), initial, GTSRB_CLASSES)


def test_recipe_without_a_model_to_fine_tune_stays_as_it_is(tiny_run):
    """There is nothing to take."""
    recipe = load_recipe("fast")

    assert complete_recipe(recipe) is recipe
    assert read_pretrained(recipe) is None


def test_complete_recipe_survives_being_written(tiny_run):
    """A run that is gone on with reads it back, and completing it once more changes nothing."""
    recipe = begin(tiny_run)

    again = parse_recipe(to_toml(recipe), name="recipe.toml")

    assert complete_recipe(again) == recipe
    assert recipe.data.image_size == 32


def test_model_to_fine_tune_has_its_full_name():
    """The recipe's own "best" and `--init best` are the same, which a calibration compares."""
    named = load_recipe("fine-tune", [init_override("best")])

    assert complete_recipe(load_recipe("fine-tune")) == complete_recipe(named)


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("preparation", "box", "'box' in the recipe and 'tutorial' in the model"),
        ("image_size", 64, "64 in the recipe and 32"),
        ("margin", 0.3, "0.3 in the recipe"),
    ],
)
def test_recipe_that_says_otherwise_is_refused(tiny_run, key, value, problem):
    """The weights would be worth nothing on other inputs."""
    with raises(RecipeError, problem=f"'data.{key}' is {problem}"):
        begin(tiny_run, data={key: value})


def test_other_network_is_refused(tiny_run):
    with raises(RecipeError, problem="'model.name' is 'fast' in the recipe and 'tutorial'"):
        complete_recipe(Recipe(model={"init": str(tiny_run), "name": "fast"}))


def test_last_layer_alone_needs_a_model_to_fine_tune():
    """Before fresh layers it learns next to nothing."""
    with raises(RecipeError, hint="--init MODEL", subject="training.head_epochs"):
        complete_recipe(Recipe(training={"head_epochs": 2}))


def test_path_of_a_model_is_recorded_from_the_root(tiny_run, monkeypatch):
    """A run that is gone on with elsewhere finds it; a name stays a name."""
    monkeypatch.chdir(tiny_run.parent)

    assert load_recipe("fine-tune", [init_override("tiny")]).model.init == str(tiny_run.resolve())
    assert load_recipe("fine-tune", [init_override("fast")]).model.init == "gtsrb-fast-v7"


def test_chain_of_models_is_remembered(tiny_run, tiny_network, tiny_metadata, tmp_path):
    """A model's ancestors and theirs, written to a file and read back."""
    first = read_pretrained(begin(tiny_run))
    middle = dataclasses.replace(tiny_metadata, source="own", trained_on=frozenset(), ancestors=first.ancestors)
    save_model(tiny_network, middle, tmp_path / "middle.keras")

    second = read_pretrained(begin(tmp_path / "middle.keras"))

    assert [start.source for start in second.ancestors] == ["own", "drawn"]
    assert second.ancestors[1] == Ancestor(
        str(tiny_run), first.sha256, "drawn", first.class_names, tiny_metadata.trained_on
    )
    names = [sign.name for sign in GTSRB_CLASSES]
    assert second.metadata.learned_tracks("drawn", names) == tiny_metadata.trained_on
    assert second.metadata.learned_tracks("drawn", ["ferry"]) is None
    assert second.metadata.learned_tracks("GTSRB", names) is None


@pytest.fixture
def drawn_data(drawn_folder, tiny_metadata):
    """The drawn signs, of the tiny model's source."""
    data = read_training(drawn_folder)
    return DataSet(data.samples, data.classes, tiny_metadata.source)


def test_validating_on_signs_that_the_model_has_learned_is_reported(tiny_run, drawn_data):
    """A warning in a training, an error in a cross-validation."""
    initial = read_pretrained(begin(tiny_run))
    seen = [sample for sample in drawn_data.samples if sample.track_key == TrackKey(0, "00001")]
    other = [sample for sample in drawn_data.samples if sample.track_key == TrackKey(7, "00001")]
    assert seen
    assert other

    with pytest.warns(UserWarning, match=r"trained on frames of 1 of the 2 signs"):
        assert check_pretrained_leakage(initial, [*seen, *other], drawn_data, refuse=False)
    with raises(DataLeakageError, problem="1 of the 1 signs"):
        check_pretrained_leakage(initial, seen, drawn_data, refuse=True)
    assert not check_pretrained_leakage(initial, other, drawn_data, refuse=True)
    assert not check_pretrained_leakage(None, seen, drawn_data, refuse=True)


def test_signs_of_another_source_are_others(tiny_run, drawn_data):
    """However their tracks are named."""
    data = DataSet(drawn_data.samples, drawn_data.classes, "own")

    assert not check_pretrained_leakage(read_pretrained(begin(tiny_run)), data.samples, data, refuse=True)
