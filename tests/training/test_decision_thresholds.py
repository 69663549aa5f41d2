"""A trained model decides by thresholds from its held-out images."""

import contextlib
import io
from dataclasses import replace

import numpy as np
import pytest

from roadsigns.datasets.reader import read_training
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.model_file import read_metadata, save_model
from roadsigns.models.build import build_inference_network
from roadsigns.recipe import load_recipe
from roadsigns.training.decision_thresholds import add_thresholds
from roadsigns.training.open_run import open_run
from roadsigns.training.train import run_training
from roadsigns.types import UNKNOWN_KINDS

SMALL = ("training.epochs=1", "training.epoch_fraction=1", "drawing.tracks=1", "drawing.frames=1", "model.width=0.25")
NEGATIVES = ("negatives.share=0.25", "negatives.tracks=3", "negatives.posts=1", "negatives.windows=4")
SPLIT = ("data.validation_fraction=0.5", "data.split=track")


@pytest.fixture(scope="module")
def trained(drawn_folder, tmp_path_factory):
    """A run with negatives; half of the 86 tracks validate."""
    recipe = load_recipe("fast", [*SMALL, *NEGATIVES, *SPLIT])
    told = io.StringIO()
    with open_run(tmp_path_factory.mktemp("runs") / "run", resume=False) as run, contextlib.redirect_stderr(told):
        run.write_recipe(recipe)
        result = run_training(recipe, read_training(drawn_folder), run, name="fast", seed=0, cache_folder=None)
    return run, result, told.getvalue()


def test_a_model_trained_with_negatives_decides(trained):
    """By the largest share that 43 tracks support."""
    run, result, told = trained

    metadata = read_metadata(run.model)
    assert metadata.unknown_kinds == UNKNOWN_KINDS
    assert (metadata.known_thresholds.unit, metadata.known_thresholds.units) == ("track", 43)
    assert metadata.known_thresholds.default == 0.95
    assert metadata.conformal is None
    prediction = Recognizer.load(run.path).predict_one(np.zeros((40, 40, 3), np.uint8))
    assert prediction.decision in {"known", "unknown"}
    assert result.images.negatives > 0
    assert "which keeps 95 % of the known ones (43 tracks held out)." in told
    assert "No prediction is called uncertain: sets of classes take 99 tracks." in told


def test_the_held_out_images_are_kept_as_promised(trained, drawn_folder):
    """Those that set the threshold: 19 of 20."""
    run, _, _ = trained
    recognizer = Recognizer.load(run.path)
    held_out = recognizer.metadata.split.split(read_training(drawn_folder).samples).validation

    predictions = recognizer.predict([sample.path for sample in held_out], boxes=[sample.box for sample in held_out])

    kept = np.mean([prediction.decision != "unknown" for prediction in predictions])
    assert 0.95 <= kept < 1


def test_too_few_held_out_images_give_no_threshold(tiny_metadata, tmp_path, drawn_folder, capsys):
    """Which is said."""
    samples = read_training(drawn_folder).samples[:4]
    metadata = replace(tiny_metadata, unknown_kinds=UNKNOWN_KINDS)
    network = build_inference_network("tutorial", num_classes=metadata.outputs, image_size=metadata.image_size)
    save_model(network, metadata, tmp_path / "model.keras")
    outputs = np.full((4, metadata.outputs), 1 / metadata.outputs, np.float32)

    add_thresholds(tmp_path / "model.keras", outputs, samples, source="drawn")

    assert read_metadata(tmp_path / "model.keras").known_thresholds is None
    told = capsys.readouterr().err
    assert "No threshold of the known score: 2 tracks held out, 9 are needed." in told
    assert "Predictions have a known score and no decision." in told


def test_without_a_held_out_image_there_is_no_threshold(tiny_metadata, tiny_network, tmp_path, capsys):
    """Which is said too."""
    save_model(tiny_network, replace(tiny_metadata, unknown_kinds=UNKNOWN_KINDS), tmp_path / "model.keras")

    add_thresholds(tmp_path / "model.keras", None, (), source="drawn")

    assert "No threshold of the known score: no image is held out." in capsys.readouterr().err


def test_a_model_without_kinds_of_unknown_stays_as_it_is(tiny_run, tmp_path):
    before = (tiny_run / "model.keras").read_bytes()

    add_thresholds(tiny_run / "model.keras", None, (), source="drawn")

    assert (tiny_run / "model.keras").read_bytes() == before
