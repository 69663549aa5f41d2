"""The models in the package are whole, described, and read signs."""

from pathlib import Path

import numpy as np
import pytest

from roadsigns import Recognizer
from roadsigns.classes import GTSRB_CLASSES
from roadsigns.data.gtsrb import read_test, read_training
from roadsigns.inference.model_file import DEFAULT_MODEL, builtin_models, load_network, read_metadata, weights_checksum


@pytest.mark.parametrize("name", sorted(builtin_models()))
def test_built_in_model_has_a_card_with_its_checksum(name):
    """The card, the metadata and the weights agree."""
    path = builtin_models()[name]
    metadata = read_metadata(path)

    assert weights_checksum(load_network(path)) == metadata.weights_sha256
    assert metadata.weights_sha256 in path.with_suffix(".md").read_text()
    assert metadata.classes == GTSRB_CLASSES


def test_default_model_is_built_in():
    """`roadsigns predict` works without training."""
    assert DEFAULT_MODEL in builtin_models()


def test_built_in_model_reads_drawn_signs(drawn_folder):
    """It has never seen a drawing, and reads most of them, dark and blurred ones included."""
    samples = read_test(drawn_folder).samples

    predictions = Recognizer.load().predict([sample.path for sample in samples])

    right = [prediction.class_id == sample.class_id for prediction, sample in zip(predictions, samples, strict=True)]
    assert np.mean(right) > 0.5


@pytest.mark.gtsrb
def test_built_in_model_reads_the_images_it_was_trained_on(gtsrb_folder):
    """On 500 real images, seen in training: a wrong preparation or class order would show at once."""
    samples = read_training(gtsrb_folder).samples
    chosen = [samples[index] for index in np.random.default_rng(0).choice(len(samples), 500, replace=False)]

    predictions = Recognizer.load().predict([Path(sample.path) for sample in chosen])

    wrong = sum(prediction.class_id != sample.class_id for prediction, sample in zip(predictions, chosen, strict=True))
    assert wrong <= 5
