"""The models in the package are whole, described, and read signs."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from roadsigns import Recognizer
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.reader import read_test, read_training
from roadsigns.model_files.model_file import DEFAULT_MODEL, builtin_models, read_metadata

LARGEST = 3_000_000


@pytest.mark.parametrize("name", sorted(builtin_models()))
def test_built_in_model_has_a_card_with_its_checksums(name):
    """Of the weights as they were trained, and of the file."""
    path = builtin_models()[name]
    metadata = read_metadata(path)
    card = path.with_suffix(".md").read_text()

    assert metadata.weights_sha256 in card
    assert hashlib.sha256(path.read_bytes()).hexdigest() in card
    assert metadata.classes == GTSRB_CLASSES


@pytest.mark.parametrize("name", sorted(builtin_models()))
def test_built_in_model_is_small(name):
    """Weights of float16."""
    assert builtin_models()[name].stat().st_size <= LARGEST


@pytest.mark.parametrize(("lowered", "mean", "largest"), [(False, 1e-5, 1e-4), (True, 0.005, 0.05)])
@pytest.mark.parametrize("name", sorted(builtin_models()))
def test_built_in_model_reads_equally_in_every_engine(name, lowered, mean, largest, drawn_folder, monkeypatch, request):
    """OpenVINO rounds where `best` looks, but moves what is in doubt only, and decides alike."""
    if lowered:
        request.getfixturevalue("bfloat16_in_openvino")
    monkeypatch.setattr("roadsigns.inference.engines.openvino_engine.gains_from_bfloat16", lambda: lowered)
    paths = [sample.path for sample in read_test(drawn_folder).samples]

    ours, theirs = (Recognizer.load(name, engine=engine).predict(paths) for engine in ("onnxruntime", "openvino"))

    pairs = list(zip(ours, theirs, strict=True))
    assert all(one.class_id == other.class_id for one, other in pairs if one.probability > 0.6)
    assert [one.decision for one in ours] == [other.decision for other in theirs]
    differences = [abs(one.probability - other.probability) for one, other in pairs]
    assert np.mean(differences) <= mean
    assert max(differences) <= largest


def test_predicting_needs_no_keras():
    """Neither TensorFlow, nor the package onnx, nor packages of other commands."""
    script = (
        "import sys; from roadsigns import Recognizer; import numpy as np;"
        "Recognizer.load(expected_images=1).predict_one(np.zeros((40, 40, 3), np.uint8));"
        "print(*sorted({'keras', 'tensorflow', 'onnx', 'openvino', 'pydantic', 'rich', 'joblib'} & set(sys.modules)))"
    )

    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert output.stdout.split() == []
    assert output.stderr == ""


def test_default_model_is_built_in():
    """`roadsigns predict` works without training."""
    assert DEFAULT_MODEL in builtin_models()


@pytest.mark.parametrize(("name", "least"), [("best", 0.9), ("tutorial-augmented", 0.5)])
def test_built_in_model_reads_drawn_signs(drawn_folder, name, least):
    """Dark and blurred ones included: `best` has learned from drawings, the tutorial's has never seen one."""
    samples = read_test(drawn_folder).samples

    predictions = Recognizer.load(name).predict([sample.path for sample in samples])

    right = [prediction.class_id == sample.class_id for prediction, sample in zip(predictions, samples, strict=True)]
    assert np.mean(right) > least


@pytest.mark.gtsrb
def test_built_in_model_reads_the_images_it_was_trained_on(gtsrb_folder):
    """On 500 real images, seen in training: a wrong preparation or class order would show at once."""
    samples = read_training(gtsrb_folder).samples
    chosen = [samples[index] for index in np.random.default_rng(0).choice(len(samples), 500, replace=False)]

    predictions = Recognizer.load().predict([Path(sample.path) for sample in chosen])

    wrong = sum(prediction.class_id != sample.class_id for prediction, sample in zip(predictions, chosen, strict=True))
    assert wrong <= 5
