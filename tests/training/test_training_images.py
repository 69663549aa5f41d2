"""Real images, drawn ones or both: which of them train, which validate, and what a model may say it has seen."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.reader import read_training
from roadsigns.datasets.splits import split_samples, tracks_of
from roadsigns.errors import DataError
from roadsigns.loading.load import load_prepared
from roadsigns.preprocessing.prepare import Preparation
from roadsigns.recipe import load_recipe
from roadsigns.synthesis.dataset import draw_dataset
from roadsigns.synthesis.designs import read_templates
from roadsigns.synthesis.in_memory import draw_prepared
from roadsigns.synthesis.settings import Drawing
from roadsigns.training.training_images import load_images
from roadsigns.types import UNKNOWN_KINDS, Box, SignClass

TUTORIAL = Preparation("tutorial", 32)
TRACKS, FRAMES, SEED = 2, 3, 5


@pytest.fixture(scope="module")
def data(template_folder, tmp_path_factory):
    """Three classes of four tracks of two frames each, which stand for photographs here."""
    folder = tmp_path_factory.mktemp("photographs") / "data"
    draw_dataset(folder, tracks=4, frames=2, test_tracks=0, seed=1, designs=read_templates(template_folder))
    return read_training(folder)


def recipe_of(template_folder, train_on, *overrides):
    """A recipe at 32x32 that draws a few signs."""
    own = (f"drawing.templates={template_folder}", f"drawing.tracks={TRACKS}", f"drawing.frames={FRAMES}")
    return load_recipe("tutorial", ["data.image_size=32", f"data.train_on={train_on}", *own, *overrides])


@pytest.fixture
def loaded(data, template_folder):
    """Load by a recipe: gives what was loaded and the split."""

    def load(train_on, *overrides, data=data, seed=SEED, by="track"):
        split = split_samples(data.samples, by=by, validation_fraction=0.25, seed=SEED)
        recipe = recipe_of(template_folder, train_on, *overrides)
        return load_images(recipe, data, split, seed=seed, cache_folder=None), split

    return load


def squares(crops, index=None):
    """Network inputs at once, all or some."""
    return crops.batch(range(len(crops)) if index is None else index)


def real_images(samples):
    """As they are prepared without a drawn sign, with their labels."""
    prepared = load_prepared(samples, TUTORIAL, cache_folder=None)
    return squares(prepared.crops), prepared.labels


def drawn_images(template_folder, drawing=None, seed=SEED):
    """As they are drawn without a real one."""
    designs = read_templates(template_folder)
    crops, labels = draw_prepared(
        designs, drawing or Drawing(), tracks=TRACKS, frames=FRAMES, seed=seed, preparation=TUTORIAL
    )
    return squares(crops), labels


def test_real_images_train_and_validate_by_themselves(loaded, data):
    """Nothing is drawn; every image is in one of both, with its label."""
    images, split = loaded("real")
    expected, labels = real_images(data.samples)

    assert images.drawn == 0
    assert images.trained_on == split.train
    np.testing.assert_array_equal(squares(images.crops), expected)
    np.testing.assert_array_equal(images.labels, labels)
    assert [data.samples[index] for index in images.train] == list(split.train)
    assert [data.samples[index] for index in images.validation] == list(split.validation)


def test_drawn_images_train_and_real_ones_validate(loaded, template_folder):
    """No real image trains, and the model knows no track of the data."""
    images, split = loaded("drawn")
    drawn, labels = drawn_images(template_folder)
    held_out, held_out_labels = real_images(split.validation)

    assert images.drawn == len(drawn) == 3 * TRACKS * FRAMES
    assert images.trained_on == ()
    assert tracks_of(images.trained_on) == frozenset()
    np.testing.assert_array_equal(squares(images.crops, images.train), drawn)
    np.testing.assert_array_equal(images.labels[images.train], labels)
    np.testing.assert_array_equal(squares(images.crops, images.validation), held_out)
    np.testing.assert_array_equal(images.labels[images.validation], held_out_labels)


def test_both_train_and_only_real_ones_validate(loaded, template_folder):
    """The real ones of the split and the drawn ones; the model knows the tracks of the real ones."""
    images, split = loaded("both")
    drawn, labels = drawn_images(template_folder)
    real, real_labels = real_images(split.train)

    assert images.drawn == len(drawn)
    assert images.trained_on == split.train
    np.testing.assert_array_equal(squares(images.crops, images.train), np.concatenate([real, drawn]))
    np.testing.assert_array_equal(images.labels[images.train], np.concatenate([real_labels, labels]))
    np.testing.assert_array_equal(squares(images.crops, images.validation), real_images(split.validation)[0])


@pytest.mark.parametrize("train_on", ["real", "drawn", "both"])
@pytest.mark.parametrize("by", ["track", "random", "none"])
def test_no_image_both_trains_and_validates(loaded, train_on, by):
    """Whatever the split."""
    images, split = loaded(train_on, by=by)

    assert images.labels.dtype == np.int32
    assert len(images.crops) == len(images.labels)
    assert set(images.train).isdisjoint(images.validation)
    assert len(images.validation) == len(split.validation)
    assert len(images.train) == images.drawn + (0 if train_on == "drawn" else len(split.train))
    assert (images.validation < len(images.labels) - images.drawn).all()


def test_without_a_split_drawn_images_train_and_nothing_validates(loaded, template_folder):
    """No real image is needed then, and none is read."""
    images, _ = loaded("drawn", by="none")

    np.testing.assert_array_equal(squares(images.crops), drawn_images(template_folder)[0])
    assert images.train.tolist() == list(range(3 * TRACKS * FRAMES))
    assert len(images.validation) == 0
    assert images.trained_on == ()


def test_the_seed_decides_what_is_drawn(loaded):
    """The same seed draws the same; real images are the same whatever the seed."""
    first, again, other = (loaded("both", seed=seed)[0] for seed in (1, 1, 2))

    np.testing.assert_array_equal(squares(first.crops), squares(again.crops))
    pairs = zip(squares(first.crops), squares(other.crops), strict=True)
    differ = [not np.array_equal(one, another) for one, another in pairs]
    assert differ == [False] * (len(first.crops) - first.drawn) + [True] * first.drawn


def test_settings_of_the_recipe_are_drawn_by(loaded, template_folder):
    images, _ = loaded("drawn", "drawing.noise=50", "drawing.jpeg_probability=1")

    expected, _ = drawn_images(template_folder, Drawing(noise=50, jpeg_probability=1))
    np.testing.assert_array_equal(squares(images.crops, images.train), expected)


def test_images_that_do_not_train_are_not_read(loaded, data, tmp_path):
    """A damaged photograph that would only have trained is no problem of a training on drawn signs."""
    folder = tmp_path / "data"
    shutil.copytree(data.samples[0].path.parent.parent, folder)
    copy = read_training(folder)
    split = split_samples(copy.samples, by="track", validation_fraction=0.25, seed=SEED)
    for sample in (split.train[0], split.validation[0]):
        sample.path.write_bytes(b"damaged")

    drawn, _ = loaded("drawn", data=copy)
    both, _ = loaded("both", data=copy)

    assert [sample for sample, _ in drawn.problems] == [split.validation[0]]
    assert [sample for sample, _ in both.problems] == [split.train[0], split.validation[0]]
    assert both.trained_on == split.train[1:]
    assert len(both.train) == len(split.train) - 1 + both.drawn
    assert len(drawn.validation) == len(both.validation) == len(split.validation) - 1


def test_package_draws_gtsrbs_classes(drawn_folder):
    """Without templates, 43 classes with the labels that the data has."""
    data = read_training(drawn_folder)
    split = split_samples(data.samples, by="track", validation_fraction=0.5, seed=SEED)
    recipe = load_recipe(
        "tutorial", ["data.train_on=drawn", "data.image_size=32", "drawing.tracks=1", "drawing.frames=1"]
    )

    images = load_images(recipe, data, split, seed=SEED, cache_folder=None)

    assert images.labels[images.train].tolist() == list(range(43))


@pytest.mark.parametrize("train_on", ["drawn", "both"])
def test_own_classes_need_templates(data, train_on):
    """The package cannot draw them; the message says how to give some."""
    recipe = load_recipe("tutorial", [f"data.train_on={train_on}"])
    split = split_samples(data.samples, by="track", validation_fraction=0.25, seed=SEED)

    with raises(
        DataError, problem="3 in the data folder (Bus, sign 2, sign 10)", hint="--set drawing.templates=FOLDER"
    ):
        load_images(recipe, data, split, seed=SEED, cache_folder=None)


@pytest.mark.parametrize(
    "names",
    [("Bus", "sign 2"), ("Bus", "sign 10", "sign 2"), ("bus", "sign 2", "sign 10"), ("Bus", "sign 2", "sign 10", "x")],
)
def test_templates_of_other_classes_are_refused(loaded, data, names):
    """One less, one more, another order or another name: a label would mean another sign."""
    other = replace(data, classes=tuple(SignClass(index, name) for index, name in enumerate(names)))

    with raises(DataError, expected="the same classes in the same order", hint="the same names"):
        loaded("both", data=other)


def test_templates_that_are_missing_are_refused(loaded):
    """Where a run is resumed on another machine, say."""
    with raises(DataError, problem="does not exist", subject="nowhere"):
        loaded("drawn", "drawing.templates=nowhere")


def test_real_images_need_no_templates(loaded):
    """The [drawing] table is ignored where nothing is drawn."""
    images, _ = loaded("real", "drawing.templates=nowhere")

    assert images.drawn == 0


def test_signs_of_one_image_are_told_apart_by_their_boxes(data, template_folder):
    """Of two signs in an image one may be held out by the person's own split; it must not train."""
    sample = replace(data.samples[0], box=Box(0, 0, 16, 16))
    other = replace(sample, box=Box(4, 4, 20, 20), held_out=True)
    both = replace(data, samples=(sample, other))
    split = split_samples(both.samples, by="group", validation_fraction=0.2, seed=0)

    images = load_images(recipe_of(template_folder, "real"), both, split, seed=0, cache_folder=None)

    assert (len(images.train), len(images.validation)) == (1, 1)
    assert set(images.train) & set(images.validation) == set()


FEW = ("negatives.tracks=3", "negatives.frames=2", "negatives.posts=1", "negatives.windows=4")


def test_negatives_are_labelled_by_their_kind(loaded, data):
    """After the classes; they neither count as training images nor validate."""
    images, split = loaded("real", "negatives.share=0.2", *FEW)

    kinds = images.labels[images.negatives] - len(data.classes)
    assert 6 < len(kinds) <= 10
    assert {UNKNOWN_KINDS[kind] for kind in kinds.tolist()} > {"no sign"}
    assert len(images.train) == len(split.train)
    assert not set(images.negatives.tolist()) & {*images.train.tolist(), *images.validation.tolist()}
    assert images.drawn == 0


def test_without_a_share_no_negative_is_drawn(loaded):
    images, _ = loaded("real", *FEW)

    assert len(images.negatives) == 0
