"""The model that a training begins from: what it decides, what is taken of it, and whose signs it has learned."""

import dataclasses

import numpy as np
import pytest

from roadsigns.datasets.reader import read_training
from roadsigns.datasets.spec import GTSRB_CLASSES
from roadsigns.errors import DataLeakageError, ModelError, RecipeError
from roadsigns.model_files.metadata import Ancestor
from roadsigns.model_files.model_file import builtin_models, read_metadata, save_model
from roadsigns.models.build import build_training_network
from roadsigns.recipe import Recipe, load_recipe, parse_recipe, to_toml
from roadsigns.training.pretrained import begin_from, complete_recipe, init_override, read_initial, tell_of_seen
from roadsigns.types import DataSet, SignClass, TrackKey

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

    initial = read_initial(recipe)
    fresh = network(recipe.model.name, OWN, recipe.data.image_size)
    before = fresh.get_weights()
    begin_from(fresh, initial, OWN)

    after = fresh.get_weights()
    for taken, theirs in zip(after[:-2], initial.weights[:-2], strict=True):
        np.testing.assert_array_equal(taken, theirs)
    for new, own in zip(after[-2:], before[-2:], strict=True):
        np.testing.assert_array_equal(new, own)


def test_last_layer_too_is_taken_where_the_classes_are_the_same(tiny_run):
    """By name and order."""
    initial = read_initial(begin(tiny_run))
    fresh = network("tutorial", GTSRB_CLASSES)

    begin_from(fresh, initial, GTSRB_CLASSES)

    for taken, theirs in zip(fresh.get_weights(), initial.weights, strict=True):
        np.testing.assert_array_equal(taken, theirs)


def test_weights_of_another_network_are_refused(tiny_run):
    """As of a version whose network of that name was another."""
    with pytest.raises(ModelError, match="do not fit a network 'tutorial'"):
        begin_from(network("tutorial", OWN, 48), read_initial(begin(tiny_run)), OWN)


def test_network_that_goes_over_its_images_otherwise_is_refused(tiny_metadata, tmp_path):
    """Its weights have the same shapes, and are worth nothing here."""
    import keras
    from keras import layers

    def padded(padding):
        last = [layers.GlobalAveragePooling2D(), layers.Dense(len(GTSRB_CLASSES), activation="softmax")]
        return keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(4, 3, padding=padding), *last])

    save_model(padded("same"), tiny_metadata, tmp_path / "before.keras")
    initial = read_initial(begin(tmp_path / "before.keras"))

    begin_from(padded("same"), initial, GTSRB_CLASSES)
    with pytest.raises(ModelError, match="do not fit a network"):
        begin_from(padded("valid"), initial, GTSRB_CLASSES)


def test_recipe_without_a_model_to_begin_from_stays_as_it_is(tiny_run):
    """There is nothing to take."""
    recipe = load_recipe("fast")

    assert complete_recipe(recipe) is recipe
    assert read_initial(recipe) is None


def test_complete_recipe_survives_being_written(tiny_run):
    """A run that is gone on with reads it back, and completing it once more changes nothing."""
    recipe = begin(tiny_run)

    again = parse_recipe(to_toml(recipe), name="recipe.toml")

    assert complete_recipe(again) == recipe
    assert recipe.data.image_size == 32


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"data": {"preparation": "box"}}, r"'data\.preparation' is 'box' in the recipe and 'tutorial' in the model"),
        ({"data": {"image_size": 64}}, r"'data\.image_size' is 64 in the recipe and 32"),
        ({"data": {"margin": 0.3}}, r"'data\.margin' is 0\.3"),
    ],
)
def test_recipe_that_says_otherwise_is_refused(tiny_run, values, message):
    """The weights would be worth nothing on other inputs."""
    with pytest.raises(RecipeError, match=message):
        begin(tiny_run, **values)


def test_other_network_is_refused(tiny_run):
    """Even if it is no more than a name."""
    with pytest.raises(RecipeError, match=r"'model\.name' is 'fast' in the recipe and 'tutorial'"):
        complete_recipe(Recipe(model={"init": str(tiny_run), "name": "fast"}))


def test_last_layer_alone_wants_a_model_to_begin_from():
    """Before fresh layers it learns next to nothing."""
    with pytest.raises(RecipeError, match=r"alone for 2 epochs .* --init MODEL"):
        complete_recipe(Recipe(training={"head_epochs": 2}))


def test_path_of_a_model_is_recorded_from_the_root(tiny_run, monkeypatch):
    """A run that is gone on with elsewhere finds it; a name stays a name."""
    monkeypatch.chdir(tiny_run.parent)

    assert load_recipe("fine-tune", [init_override("tiny")]).model.init == str(tiny_run.resolve())
    assert load_recipe("fine-tune", [init_override("fast")]).model.init == "fast"


def test_chain_of_models_is_remembered(tiny_run, tiny_network, tiny_metadata, tmp_path):
    """What a model began from, and what that one did; through a file and back."""
    first = read_initial(begin(tiny_run))
    middle = dataclasses.replace(tiny_metadata, source="own", trained_on=frozenset(), ancestors=first.starts)
    save_model(tiny_network, middle, tmp_path / "middle.keras")

    second = read_initial(begin(tmp_path / "middle.keras"))

    assert [start.source for start in second.starts] == ["own", "drawn"]
    assert second.starts[1] == Ancestor(
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


def test_judging_on_signs_that_the_model_has_learned_is_told(tiny_run, drawn_data):
    """As a warning where a training validates, as an error in a cross-validation."""
    initial = read_initial(begin(tiny_run))
    seen = [sample for sample in drawn_data.samples if sample.track_key == TrackKey(0, "00001")]
    other = [sample for sample in drawn_data.samples if sample.track_key == TrackKey(7, "00001")]
    assert seen
    assert other

    with pytest.warns(UserWarning, match=r"trained on frames of 1 of the 2 signs"):
        assert tell_of_seen(initial, [*seen, *other], drawn_data, refuse=False)
    with pytest.raises(DataLeakageError, match="Begin from a model that has not seen them"):
        tell_of_seen(initial, seen, drawn_data, refuse=True)
    assert not tell_of_seen(initial, other, drawn_data, refuse=True)
    assert not tell_of_seen(None, seen, drawn_data, refuse=True)


def test_signs_of_another_source_are_others(tiny_run, drawn_data):
    """However their tracks are named."""
    data = DataSet(drawn_data.samples, drawn_data.classes, "own")

    assert not tell_of_seen(read_initial(begin(tiny_run)), data.samples, data, refuse=True)
