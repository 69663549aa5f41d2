"""The training loop on a handful of made-up images: it learns, keeps the right model, and stops when it must."""

import itertools
import json
import math
import zipfile
from dataclasses import dataclass

import keras
import numpy as np
import pytest
from fixtures.errors import raises
from fixtures.runs import history_of

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.datasets.splits import HoldOutRecord
from roadsigns.errors import RunError
from roadsigns.inference.load_network import load_network
from roadsigns.loading import batches as batches_module
from roadsigns.loading.batches import TrainingBatches
from roadsigns.loading.crops import Crops
from roadsigns.model_files.model_file import ModelMetadata, read_metadata
from roadsigns.recipe import load_recipe
from roadsigns.training import loop as fit_module
from roadsigns.training.loop import Fit
from roadsigns.training.optimization.steps import STEPS_TOGETHER, Step, Steps
from roadsigns.training.run_folder import RunFolder
from roadsigns.training.validate import Result, ValidationImages, measure
from roadsigns.types import SignClass

NUM_CLASSES, IMAGE_SIZE = 3, 32
TRAINING_IMAGES, VALIDATION_IMAGES = 8, 4
SETTINGS = ("data.image_size=32", "training.batch_size=4", "training.epochs=3", "training.drop_every_epochs=1")


def make_fit(folder, *overrides, precision="float32", validation=True, parts=1):
    """A training of 8 images in batches of 4, validated on 4 others."""
    recipe = load_recipe("tutorial", [*SETTINGS, *overrides])
    count = TRAINING_IMAGES + VALIDATION_IMAGES
    labels = (np.arange(count) % NUM_CLASSES).astype(np.int32)
    rng = np.random.default_rng(0)
    # Each class has its own colour channel, under noise.
    images = rng.random((count, IMAGE_SIZE, IMAGE_SIZE, 3)) * 0.5
    images[np.arange(count), :, :, labels] += 0.5
    crops = Crops(list(images.astype(np.float16)), None, IMAGE_SIZE)
    metadata = ModelMetadata(
        network="tutorial",
        width=recipe.model.width,
        recipe="tutorial",
        preparation="tutorial",
        image_size=IMAGE_SIZE,
        classes=tuple(SignClass(class_id, f"class {class_id}") for class_id in range(NUM_CLASSES)),
        source="own",
        trained_on=frozenset(),
        split=HoldOutRecord("none", validation_fraction=0.2, seed=0),
        epoch=0,
    )
    validating = np.arange(TRAINING_IMAGES, count if validation else TRAINING_IMAGES)
    return Fit(
        recipe=recipe,
        settings=recipe.training,
        run=RunFolder(folder),
        metadata=metadata,
        batches=TrainingBatches(
            crops,
            labels,
            np.arange(TRAINING_IMAGES),
            recipe.training.batch_size,
            Augmentation(),
            0,
            max_stack=STEPS_TOGETHER,
        ),
        validation=ValidationImages(crops, labels, validating, NUM_CLASSES),
        precision=precision,
        seed=0,
        parts=parts,
    )


def modules_of(config):
    """Where Keras will look for each object of a model's configuration; None for what is plain."""
    inner = list(config.values()) if isinstance(config, dict) else config if isinstance(config, list) else []
    own = {config["module"]} if isinstance(config, dict) and "module" in config else set()
    return own.union(*map(modules_of, inner))


def rehearsed(fit, monkeypatch, losses=None):
    """Let each step only count and move the weights a little: what is kept does not depend on how it was learnt."""

    def take(steps, images, labels):
        said = []
        for _ in labels:
            fit.network.set_weights([array + 0.01 for array in fit.network.get_weights()])
            said.append(Step(next(losses) if losses else 1.0, 0.5))
        return said

    monkeypatch.setattr(Steps, "take", take)


@dataclass
class Learnt:
    """A finished fit, and its weights before and after the first step."""

    fit: Fit
    start: list
    after_one_step: list


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """Eight images, learnt by heart in 22 epochs of four batches."""
    fit = make_fit(
        tmp_path_factory.mktemp("learnt"),
        "training.epochs=22",
        "training.batch_size=2",
        "training.drop_every_epochs=100",
    )
    weights = []
    with pytest.MonkeyPatch.context() as patch:
        take = Steps.take

        def watched(steps, images, labels):
            before = [array.copy() for array in fit.network.get_weights()] if not weights else None
            said = take(steps, images, labels)
            if before:
                # An epoch begins with a single step.
                assert len(labels) == 1
                weights.extend([before, [array.copy() for array in fit.network.get_weights()]])
            return said

        patch.setattr(Steps, "take", watched)
        assert fit.run_epochs()
    return Learnt(fit, *weights)


@pytest.fixture(scope="module", params=["float32", "mixed_bfloat16"])
def trained(request, learnt, tmp_path_factory):
    """A fit that ended, by either arithmetic."""
    if request.param == "float32":
        return learnt.fit
    fit = make_fit(tmp_path_factory.mktemp("bfloat16"), "training.epochs=1", precision=request.param)
    assert fit.run_epochs()
    return fit


def test_one_step_changes_every_weight(learnt):
    """Kernels and biases of all eight layers."""
    assert len(learnt.start) == 16
    for before, after in zip(learnt.start, learnt.after_one_step, strict=True):
        assert np.isfinite(after).all()
        assert not np.array_equal(before, after)


def test_a_handful_of_images_is_learnt_by_heart(learnt):
    """The loss begins at chance, ln 3, and falls to a fraction; all eight are then read right."""
    losses = [line.loss for line in learnt.fit.history]

    assert losses[0] == pytest.approx(math.log(NUM_CLASSES), rel=0.25)
    assert losses[-1] < 0.3 * losses[0]
    images = learnt.fit.validation
    seen = measure(
        learnt.fit.network, ValidationImages(images.crops, images.labels, np.arange(TRAINING_IMAGES), NUM_CLASSES)
    )
    assert seen.errors == 0


def test_batches_in_parts_are_learnt_too(tmp_path):
    """Also the last of an epoch, which holds one image; the trained weights are kept."""
    fit = make_fit(
        tmp_path, "training.batch_size=7", "training.epochs=2", "training.head_epochs=1", "training.keep=last", parts=2
    )

    assert fit.run_epochs()

    kept, trained = load_network(fit.run.model), fit.trainer.get_weights()
    assert len(trained) == 16
    for saved, weights in zip(kept.get_weights(), trained, strict=True):
        np.testing.assert_array_equal(saved, weights)
    assert [line.epoch for line in fit.history] == [1, 2]
    assert all(math.isfinite(line.loss) for line in fit.history)


def test_the_saved_model_is_float32_of_keras_own_layers(trained):
    """Whatever trained it: every layer and every weight; nothing of ours is needed, and no optimiser is in it."""
    network = load_network(trained.run.model)

    assert {layer.dtype_policy.name for layer in network.layers} == {"float32"}
    assert {keras.backend.standardize_dtype(variable.dtype) for variable in network.weights} == {"float32"}
    assert network(np.zeros((1, IMAGE_SIZE, IMAGE_SIZE, 3), np.float32)).dtype == "float32"
    with zipfile.ZipFile(trained.run.model) as archive:
        config = archive.read("config.json").decode()
        members = archive.namelist()
    assert "roadsigns" not in config
    # Plain Keras loads it, then; `test_model_file` does so in a process without roadsigns.
    assert modules_of(json.loads(config)) <= {"keras", "keras.layers", "keras.initializers", None}
    assert not json.loads(config).get("compile_config")
    assert sorted(members) == ["config.json", "metadata.json", "model.weights.h5", "roadsigns.json"]
    parameters = network.count_params() * 4
    # An optimiser with momentum would double it.
    assert parameters < trained.run.model.stat().st_size < 1.2 * parameters + 50_000


def test_the_saved_model_reads_as_the_trained_one(learnt):
    """The file's own loss is the one in the history."""
    fit = learnt.fit
    best = fit.history[fit.model_epoch - 1]

    result = measure(load_network(fit.run.model), fit.validation)

    assert result.loss == pytest.approx(best.validation_loss, abs=1e-5)
    assert result.accuracy == best.validation_accuracy


@pytest.mark.parametrize(
    ("keep", "validation", "losses", "expected"),
    [
        ("best", True, [0.5, 0.3, 0.4], 2),
        ("best", True, [0.5, 0.3, 0.3], 2),
        ("best", True, [0.3, 0.4, 0.5], 1),
        ("last", True, [0.3, 0.4, 0.5], 3),
        ("best", False, [], 3),
    ],
)
def test_the_model_kept_is_the_best_or_the_last(tmp_path, monkeypatch, keep, validation, losses, expected):
    """By validation loss, the earlier of equals; the last where the recipe says so or nothing validates."""
    fit = make_fit(tmp_path, f"training.keep={keep}", validation=validation)
    weights = {}
    told = iter(losses)
    rehearsed(fit, monkeypatch)

    def pretend(network, images):
        weights[len(weights) + 1] = network.get_weights()
        return Result(4, 1, 0.75, next(told))

    monkeypatch.setattr(fit_module, "measure", pretend)
    assert fit.run_epochs()

    weights[3] = fit.network.get_weights()
    assert fit.model_epoch == read_metadata(fit.run.model).epoch == expected
    for saved, trained in zip(load_network(fit.run.model).get_weights(), weights[expected], strict=True):
        np.testing.assert_array_equal(saved, trained)
    history = history_of(fit.run)
    assert [line.epoch for line in history] == [1, 2, 3]
    if validation:
        assert [line.validation_loss for line in history] == losses
    else:
        assert all(math.isnan(line.validation_loss) for line in history)


def test_epochs_between_are_not_validated_and_the_last_one_is(tmp_path, monkeypatch):
    """Every second of three epochs, and the third because it is the last."""
    fit = make_fit(tmp_path, "training.keep=last", "training.validate_every_epochs=2")
    rehearsed(fit, monkeypatch)

    assert fit.run_epochs()

    assert [math.isfinite(line.validation_loss) for line in history_of(fit.run)] == [
        False,
        True,
        True,
    ]
    assert fit.model_epoch == 3


def test_the_history_holds_the_rate_of_each_epochs_last_step(tmp_path, monkeypatch):
    """Two steps an epoch, a tenth every epoch: an epoch's line does not hold the next epoch's rate."""
    fit = make_fit(tmp_path, validation=False)
    rehearsed(fit, monkeypatch)

    fit.run_epochs()

    rates = [line.learning_rate for line in history_of(fit.run)]
    assert rates == pytest.approx([0.01 * 0.1**epoch / (1 + 1e-6 * (2 * epoch + 1)) for epoch in range(3)], rel=1e-6)


def test_a_model_that_a_kill_left_out_is_made_from_the_checkpoint(tmp_path, monkeypatch):
    """Killed after the checkpoint of the best epoch and before its model: the model is the checkpoint's."""
    losses = itertools.chain([0.5, 0.3], itertools.repeat(0.9))
    monkeypatch.setattr(fit_module, "measure", lambda *_: Result(4, 1, 0.75, next(losses)))
    save = fit_module.save_model

    def killed(network, metadata, path):
        if metadata.epoch == 2:
            raise KeyboardInterrupt
        save(network, metadata, path)

    monkeypatch.setattr(fit_module, "save_model", killed)
    first = make_fit(tmp_path)
    rehearsed(first, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        first.run_epochs()
    assert read_metadata(first.run.model).epoch == 1
    wanted = first.network.get_weights()

    monkeypatch.setattr(fit_module, "save_model", save)
    resumed = make_fit(tmp_path)
    assert resumed.run_epochs()

    assert read_metadata(resumed.run.model).epoch == resumed.model_epoch == 2
    for saved, expected in zip(load_network(resumed.run.model).get_weights(), wanted, strict=True):
        np.testing.assert_array_equal(saved, expected)


@pytest.mark.parametrize("edited", ["model.width=0.5", "training.optimizer=adamw"])
def test_a_run_whose_recipe_was_edited_into_another_network_is_not_resumed(tmp_path, monkeypatch, edited):
    """The sentence names recipe.toml, and the checkpoint stays for when it is put back."""
    first = make_fit(tmp_path)
    rehearsed(first, monkeypatch)
    assert first.run_epochs()
    checkpoint = (tmp_path / "checkpoint.npz").read_bytes()

    with raises(
        RunError,
        problem="The checkpoint is not of the network and optimiser that recipe.toml now describes.",
        hint="Undo the changes to recipe.toml, or start again with another --run folder.",
    ):
        make_fit(tmp_path, edited).run_epochs()
    assert (tmp_path / "checkpoint.npz").read_bytes() == checkpoint


def test_a_loss_that_is_not_finite_ends_the_training(tmp_path, monkeypatch):
    """The sentence names step and rate; the model and the checkpoint of the last good epoch stay."""
    fit = make_fit(tmp_path)
    losses = iter([1.0, 1.0, 1.0, math.nan])
    rehearsed(fit, monkeypatch, losses)

    with pytest.raises(RunError) as caught:
        fit.run_epochs()

    message = str(caught.value)
    assert "The loss is no longer finite at step 2 of epoch 2, at a learning rate of 0.001." in message
    assert "The model of epoch 1 is kept" in message
    assert "--set training.learning_rate=0.0033" in message
    assert read_metadata(fit.run.model).epoch == fit.run.read_checkpoint().epoch == 1
    assert [line.epoch for line in history_of(fit.run)] == [1]
    assert math.isfinite(measure(load_network(fit.run.model), fit.validation).loss)


def test_a_loss_that_is_not_finite_is_reported_with_its_own_step(tmp_path, monkeypatch):
    """Not with the last step of its stack: the fifth of eight, in a stack of four."""
    fit = make_fit(tmp_path, "training.batch_size=1", "training.schedule=one-cycle")
    rehearsed(fit, monkeypatch, itertools.chain([1.0] * 4, [math.nan], itertools.repeat(1.0)))

    with pytest.raises(RunError) as caught:
        fit.run_epochs()

    its_own, of_the_last = (f"at a learning rate of {float(fit.rate(step)):.3g}." for step in (4, 6))
    assert f"no longer finite at step 5 of epoch 1, {its_own}" in str(caught.value)
    assert its_own != of_the_last


@pytest.mark.parametrize("validation", [True, False])
def test_weights_that_the_last_step_ruined_are_not_kept(tmp_path, monkeypatch, validation):
    """The step's own loss is still a number: a ReLU makes 0 of what is none."""
    calls = itertools.count()

    def poisoned(images, augmentation, rng):
        return images * np.float32(math.nan) if next(calls) == 1 else images

    monkeypatch.setattr(batches_module, "augment_photometric", poisoned)
    fit = make_fit(tmp_path, validation=validation)

    with raises(RunError, problem="step 2 of epoch 1, at a learning rate of 0.01."):
        fit.run_epochs()

    assert list(tmp_path.iterdir()) == []


def test_a_validation_loss_that_is_not_finite_ends_the_training(tmp_path, monkeypatch):
    """Weights may be finite and their products not."""
    fit = make_fit(tmp_path)
    rehearsed(fit, monkeypatch)
    monkeypatch.setattr(fit_module, "measure", lambda *_: Result(4, 3, 0.25, math.nan))

    with raises(RunError, problem="The validation loss is no longer finite at step 2 of epoch 1"):
        fit.run_epochs()
