"""Answers to corrupted images: in the order of versions and images, with the model's own probabilities."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError
from roadsigns.evaluation.corruptions.answers import Task, collect_answers
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.model_file import save_model


@pytest.fixture(scope="module")
def samples(drawn_folder):
    """Ten signs: more than one job has."""
    return read_training(drawn_folder).samples[:10]


@pytest.fixture
def task(tiny_model):
    """The tiny model in one kind of corruption."""
    return Task((tiny_model,), ("fog",), seed=0, boxes="none")


def test_uncorrupted_images_are_answered_as_in_a_prediction(samples, task, tiny_model):
    """They are version 0; the five severities follow."""
    answers = collect_answers(samples, task)
    predictions = Recognizer.load(tiny_model).predict([sample.path for sample in samples])

    assert (answers.samples, answers.undecodable) == (samples, ())
    assert answers.predicted.shape == answers.confidence.shape == (1, task.versions, len(samples)) == (1, 6, 10)
    assert answers.predicted[0, 0].tolist() == [one.class_id for one in predictions]
    np.testing.assert_allclose(answers.confidence[0, 0], [one.probability for one in predictions], atol=1e-5)


def test_confidence_is_at_the_models_temperature(samples, task, tiny_network, tiny_metadata, tmp_path):
    """Calibration is judged as predictions are given: a low temperature makes the same classes surer."""
    save_model(tiny_network, replace(tiny_metadata, temperature=0.2), tmp_path / "sure.keras")
    answers = collect_answers(samples, replace(task, model_files=(*task.model_files, tmp_path / "sure.keras")))

    plain, sure = answers.confidence
    assert (answers.predicted[0] == answers.predicted[1]).all()
    assert (sure > plain).all()


def test_images_that_do_not_decode_are_named(samples, task, tmp_path):
    """Beside the answers to the others; alone they are refused."""
    gone = replace(samples[0], path=tmp_path / "gone.ppm")
    answers = collect_answers([gone, *samples[1:3]], task)

    assert answers.samples == samples[1:3]
    assert answers.predicted.shape == (1, 6, 2)
    ((sample, problem),) = answers.undecodable
    assert sample == gone
    assert "gone.ppm" in problem
    with raises(DataError, problem="None of 1 image can be read"):
        collect_answers([gone], task)


def test_a_model_that_was_replaced_is_loaded_anew(samples, task, tiny_network, tiny_metadata, tmp_path):
    """As by a training that went on."""
    model = tmp_path / "model.keras"
    one = replace(task, model_files=(model,))
    confidences = []
    for temperature in (1.0, 0.2):
        save_model(tiny_network, replace(tiny_metadata, temperature=temperature), model)
        confidences.append(collect_answers(samples, one).confidence)

    assert (confidences[1] > confidences[0]).all()
