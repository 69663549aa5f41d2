"""Fine-tuning on a few custom signs: whole trainings, resumed, evaluated, refused."""

import dataclasses
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from fixtures.documents import without_graphs
from fixtures.errors import raises
from sklearn.metrics import roc_auc_score

from roadsigns.cross_validation.run import cross_validate
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataLeakageError, RecipeError, RunError
from roadsigns.evaluation.evaluate import evaluate
from roadsigns.inference.load_network import load_network
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.model_file import read_metadata, save_model
from roadsigns.synthesis.dataset import draw_dataset
from roadsigns.synthesis.designs import read_templates
from roadsigns.training.api import train
from roadsigns.training.loop import Fit
from roadsigns.training.run_folder import RunFolder

SHORT = (
    "training.epochs=2",
    "training.epoch_images=32",
    "training.batch_size=16",
    "training.head_epochs=1",
    "negatives.share=0",
)
OWN_SIGNS = Path(__file__).parents[2] / "docs" / "own-signs"
LEFT_OUT = {"lamps on", "no kites"}


@pytest.fixture(scope="module")
def own(tmp_path_factory, template_folder):
    """Three classes of three signs, seen twice. Not to be changed."""
    folder = tmp_path_factory.mktemp("own") / "signs"
    draw_dataset(folder, designs=read_templates(template_folder), tracks=3, frames=2, test_tracks=0, seed=0)
    return folder


@pytest.fixture
def step_by_step(monkeypatch):
    """No graph is compiled and no plot is drawn, for trainings whose weights nobody looks at."""
    monkeypatch.setattr("roadsigns.training.train._draw_curves", lambda _fit: None)
    with without_graphs():
        yield


@pytest.fixture(scope="module")
def tuned(own, tiny_run, tmp_path_factory):
    """A run that went to its end at once. Not to be changed."""
    run = RunFolder(tmp_path_factory.mktemp("runs") / "tuned")
    return run, train(own, run=run.path, init=str(tiny_run), overrides=SHORT).as_dict()


def test_model_knows_the_own_classes_and_where_it_comes_from(tuned, tiny_run, tiny_metadata, own):
    """It has the preparation of the model that it was fine-tuned from."""
    run, figures = tuned
    metadata = read_metadata(run.model)

    assert [sign.name for sign in metadata.classes] == ["Bus", "sign 2", "sign 10"]
    assert (metadata.recipe, metadata.network, metadata.preparation) == ("fine-tune", "tutorial", "tutorial")
    assert (metadata.image_size, metadata.temperature) == (tiny_metadata.image_size, 1)
    (start,) = metadata.ancestors
    assert (start.model, start.source, start.trained_on) == (str(tiny_run), "drawn", tiny_metadata.trained_on)
    recorded = run.read_json("environment.json")["init"]
    assert recorded == {"model": str(tiny_run), "sha256": start.weights_sha256}
    assert run.read_recipe().model.init == str(tiny_run)
    assert figures["images"] == {"train": 12, "drawn": 0, "validation": 6, "negatives": 0}
    assert len(Recognizer.load(run.path).predict_one(next(own.rglob("*.ppm"))).top_k) == 1


def test_first_epoch_trains_the_last_layer_and_the_next_all(tuned, own, tiny_network, tmp_path, tiny_run):
    """So the old layers are the model's after one epoch, and near to them after two."""
    one = RunFolder(tmp_path / "one")
    train(own, run=one.path, init=str(tiny_run), overrides=[*SHORT, "training.epochs=1"])

    before, head_only, after = (
        network.get_weights() for network in (tiny_network, load_network(one.model), load_network(tuned[0].model))
    )

    for old, kept in zip(before[:-2], head_only[:-2], strict=True):
        np.testing.assert_array_equal(old, kept)
    changes = [np.abs(old - new).max() for old, new in zip(before[:-2], after[:-2], strict=True)]
    assert 0 < max(changes) < 0.1


@pytest.mark.parametrize("epochs_done", [0, 1])
def test_stopped_run_continues_to_the_same_weights(tuned, own, tiny_run, tmp_path, monkeypatch, epochs_done):
    """From its checkpoint, or from the model that it began from; what it began from need not be said again."""
    run = RunFolder(tmp_path / "run")
    real = Fit._run_epoch
    with monkeypatch.context() as patch:
        patch.setattr(Fit, "_run_epoch", lambda fit, epoch, stop: epoch < epochs_done and real(fit, epoch, stop))
        assert not train(own, run=run.path, init=str(tiny_run), overrides=SHORT).complete

    assert train(own, run=run.path, resume=True).complete

    for once, twice in zip(*(load_network(one.model).get_weights() for one in (tuned[0], run)), strict=True):
        np.testing.assert_allclose(once, twice, atol=1e-3)
    assert read_metadata(run.model).ancestors == read_metadata(tuned[0].model).ancestors


@pytest.mark.usefixtures("step_by_step")
def test_stopped_run_is_not_resumed_from_another_model(own, tiny_run, tiny_network, tmp_path, monkeypatch):
    """Neither by name nor by what has become of the file."""
    model = shutil.copytree(tiny_run, tmp_path / "model")
    run = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(Fit, "_run_epoch", lambda *_: False)
        train(own, run=run, init=str(model), overrides=SHORT)

    with raises(RunError, problem=f"model.init was '{model}' and is now '{tiny_run}'"):
        train(own, run=run, init=str(tiny_run), resume=True)
    weights = [array * 1.5 for array in tiny_network.get_weights()]
    other = load_network(model / "model.keras")
    other.set_weights(weights)
    save_model(other, read_metadata(model / "model.keras"), model / "model.keras")
    with raises(RunError, problem="the model to fine-tune changed"):
        train(own, run=run, resume=True)


@pytest.mark.usefixtures("step_by_step")
def test_cross_validation_from_a_model_that_knows_the_signs_is_refused(
    drawn_folder, tiny_network, tiny_metadata, tmp_path
):
    """It would measure memory in every fold; of others it is done."""
    data = read_training(drawn_folder)
    save_model(tiny_network, dataclasses.replace(tiny_metadata, source=data.source), tmp_path / "knows.keras")
    overrides = [f"model.init={tmp_path / 'knows.keras'}", *SHORT, "training.epochs=1", "training.epoch_fraction=0.1"]

    with raises(DataLeakageError, problem="of the 43 signs"):
        cross_validate(
            CrossSettings(data=drawn_folder, out=tmp_path / "out", recipe="fine-tune", folds=2, overrides=(*overrides,))
        )


def write_images(folder, counts, *, tracks):
    """Grey pictures: so many of each class, of one track each or without."""
    for grey, (name, count) in enumerate(counts.items()):
        (folder / name).mkdir(parents=True)
        for index in range(count):
            file = f"00007_{index:05d}.png" if tracks else f"{name}{index}.png"
            cv2.imwrite(str(folder / name / file), np.full((30, 30, 3), 80 * grey + index, np.uint8))
    return folder


@pytest.mark.usefixtures("step_by_step")
def test_five_images_of_two_classes_are_enough_to_train(tiny_run, tmp_path):
    """Without tracks each is a sign of its own: four train and one judges."""
    data = write_images(tmp_path / "data", {"duck": 5, "goose": 5}, tracks=False)

    figures = train(data, run=tmp_path / "run", init=str(tiny_run), overrides=SHORT).as_dict()

    assert figures["images"] == {"train": 8, "drawn": 0, "validation": 2, "negatives": 0}


def test_images_without_tracks_are_not_evaluated_on_once_they_have_trained(tiny_run, tmp_path):
    """The model remembers them, under any name and in whichever split; what was held out may be evaluated on."""
    data = write_images(tmp_path / "data", {"duck": 5, "goose": 5}, tracks=False)
    run = tmp_path / "run"
    train(data, run=run, init=str(tiny_run), overrides=SHORT)
    for part in ("train", "test"):
        shutil.copytree(data, tmp_path / "copy" / part)
    (tmp_path / "copy" / "test" / "duck" / "duck3.png").rename(tmp_path / "copy" / "test" / "duck" / "bird.png")

    assert evaluate(run, data, split="validation").leakage is False
    for folder, split in ((data, "all"), (tmp_path / "copy", "test")):
        with raises(DataLeakageError, problem="8 of these 10 images", hint="--allow-seen"):
            evaluate(run, folder, split=split)
    assert "SEEN IN TRAINING" in evaluate(run, data, split="all", allow_seen=True).split_label

    with pytest.warns(UserWarning, match="was trained on . of the 2 images that are held out"):
        result = train(data, run=tmp_path / "next", init=str(run), seed=3, overrides=SHORT)
    assert (result.leakage, result.leaky_split, result.seen_by_init) == (True, False, True)


@pytest.mark.usefixtures("step_by_step")
def test_one_track_of_every_class_is_taken_for_none(tiny_run, tmp_path):
    """Numbers of classes look alike. The split is by image then, and says so."""
    data = write_images(tmp_path / "data", {"duck": 5, "goose": 5}, tracks=True)

    with pytest.warns(UserWarning, match="each class would be a single sign"):
        result = train(data, run=tmp_path / "by-image", init=str(tiny_run), overrides=SHORT)
    assert result.split == "validation by image, as no track is known"
    assert (result.images.train, result.images.validation) == (8, 2)


@pytest.mark.usefixtures("step_by_step")
@pytest.mark.filterwarnings("ignore:.*each class would be a single sign")
def test_all_images_train_if_that_is_wished(tiny_run, tmp_path):
    """There are then no validation metrics."""
    data = write_images(tmp_path / "data", {"duck": 5, "goose": 5}, tracks=True)

    figures = train(data, run=tmp_path / "run", init=str(tiny_run), overrides=[*SHORT, "data.split=none"]).as_dict()
    assert figures["validation"] is None


@pytest.mark.usefixtures("step_by_step")
def test_class_of_one_track_trains_with_a_warning(tiny_run, tmp_path, own):
    """The others are evaluated."""
    data = shutil.copytree(own, tmp_path / "data")
    for image in sorted((data / "sign 2").glob("*.ppm")):
        if not image.name.startswith("00000_"):
            image.unlink()

    with pytest.warns(UserWarning, match="No image of sign 2 is held out"):
        figures = train(data, run=tmp_path / "run", init=str(tiny_run), overrides=SHORT).as_dict()
    assert figures["images"] == {"train": 10, "drawn": 0, "validation": 4, "negatives": 0}


def test_recipe_of_another_preparation_is_refused_before_anything_is_made(own, tiny_run, tmp_path):
    """Recipe `fast` says that it wants boxes."""
    with raises(RecipeError, problem="'data.preparation' is 'stretched-box' in the recipe and 'tutorial' in the model"):
        train(own, run=tmp_path / "run", recipe="fast", init=str(tiny_run))
    assert not (tmp_path / "run").exists()


def test_fine_tuned_model_knows_its_classes_from_signs_that_it_was_not_shown(tmp_path):
    """Two of six invented signs are left out of the training; negatives stand for all that is unknown.

    The scores are those of signs drawn anew. Without negatives there would be none, and an untrained one tells nothing.
    """
    designs = read_templates(OWN_SIGNS)
    draw_dataset(tmp_path / "own", designs=designs, tracks=8, frames=2, test_tracks=0, seed=0)
    draw_dataset(tmp_path / "new", designs=designs, tracks=8, frames=2, test_tracks=0, seed=1)
    for name in LEFT_OUT:
        shutil.rmtree(tmp_path / "own" / name)
    few = ("training.epoch_images=576", "negatives.tracks=150", "negatives.posts=6", "data.validation_fraction=0.4")

    train(tmp_path / "own", run=tmp_path / "run", init="fast", overrides=few)

    images = sorted((tmp_path / "new").rglob("*.ppm"))
    predictions = Recognizer.load(tmp_path / "run").predict(images)
    known = np.array([image.parent.name not in LEFT_OUT for image in images])
    scores = np.array([prediction.known_score for prediction in predictions])
    names = np.array([prediction.name for prediction in predictions])
    assert (names == [image.parent.name for image in images])[known].mean() > 0.8
    assert roc_auc_score(known, scores) > 0.85
    assert {prediction.decision for prediction in predictions} == {"known", "unknown"}
