"""A judgement reads unknown images with the model, and compares their scores with those of the known images."""

import shutil
from dataclasses import replace

import keras
import numpy as np
import pytest
from fixtures.errors import raises
from fixtures.scenes import write_gtsdb

from roadsigns.errors import DataError
from roadsigns.evaluation.evaluate import evaluate
from roadsigns.evaluation.rejection.judge import judge_unknown
from roadsigns.evaluation.rejection.unknown_images import background_of, unknown_folder
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.model_files.model_file import read_metadata, save_model
from roadsigns.models.build import build_inference_network
from roadsigns.types import UNKNOWN_KINDS


@pytest.fixture(scope="module")
def recognizer(evaluation):
    """The tiny model."""
    return Recognizer.load(evaluation.model_file)


def test_scores_and_classes_are_those_of_the_model(judgement, recognizer, unknown_signs):
    """As if each image were predicted for itself."""
    paths = [image.path for image in judgement.images]
    predictions = recognizer.predict(paths)

    assert sorted(paths) == sorted(unknown_signs.rglob("*.png"))
    assert judgement.class_ids.tolist() == [prediction.class_id for prediction in predictions]
    expected = [prediction.probability for prediction in predictions]
    np.testing.assert_allclose(judgement.unknown_scores["max-softmax"], expected, atol=1e-5)
    assert {image.window for image in judgement.images} == {None}


def test_known_images_are_those_of_the_evaluation(judgement, evaluation):
    """With the same label beside the figures, and the track as their unit."""
    (result,) = judgement.results

    np.testing.assert_allclose(judgement.known_scores["max-softmax"], evaluation.probabilities.max(axis=1))
    assert evaluation.split_label in judgement.title
    assert (result.known_images, result.unknown_images) == (evaluation.metrics.images, 8)
    assert (result.interval.known_unit, result.interval.unknown_unit) == ("track", "image")
    assert {kind.kind: kind.images for kind in result.kinds} == {"zebra": 5, "[b]arrows": 3}


def test_accepted_images_are_those_from_the_threshold(judgement):
    """The share in the figures is theirs."""
    (result,) = judgement.results

    assert judgement.accepted.mean() == pytest.approx(result.figures.accepted)
    known_kept = judgement.known_scores["max-softmax"] >= result.threshold
    assert known_kept.mean() >= 0.99


def test_kinds_are_those_that_predictions_tell(tiny_metadata, track_model, drawn_folder, unknown_signs, tmp_path):
    """At the same threshold; beside the score that predictions do not decide by, no kind is counted."""
    keras.utils.set_random_seed(1)
    outputs = len(tiny_metadata.classes) + len(UNKNOWN_KINDS)
    network = build_inference_network("tutorial", num_classes=outputs, image_size=tiny_metadata.image_size)
    metadata = replace(read_metadata(track_model), unknown_kinds=UNKNOWN_KINDS)
    save_model(network, metadata, tmp_path / "first.keras")
    recognizer = Recognizer.load(tmp_path / "first.keras")
    evaluation = evaluate(tmp_path / "first.keras", drawn_folder, split="validation")
    unknown = unknown_folder(unknown_signs, recognizer.classes)
    judgement = judge_unknown(evaluation, recognizer, unknown, keep=0.5)
    known, softmax = judgement.results

    thresholds = KnownThresholds("track", 200, {0.99: known.threshold})
    save_model(network, replace(metadata, known_thresholds=thresholds), tmp_path / "second.keras")
    predictions = Recognizer.load(tmp_path / "second.keras").predict([image.path for image in judgement.images])
    assert judgement.unknown_kinds == tuple(prediction.unknown_kind for prediction in predictions)
    counted = sum(sum(kind.called.values()) for kind in known.kinds)
    assert counted == sum(kind is not None for kind in judgement.unknown_kinds)
    assert {len(kind.called) for kind in softmax.kinds} == {0}
    assert judge_unknown(evaluation, recognizer, unknown, score="max-softmax").unknown_kinds == (None,) * 8


@pytest.mark.filterwarnings("ignore:Left out")
def test_images_that_do_not_decode_are_left_out_and_named(evaluation, recognizer, unknown_signs, tmp_path):
    """With a warning; where none decodes, there is nothing to judge by."""
    shutil.copytree(unknown_signs, tmp_path / "noise")
    for path in (tmp_path / "noise" / "zebra").iterdir():
        path.write_bytes(b"none")
    with pytest.warns(UserWarning, match=r"Left out: .*0\.png"):
        judgement = judge_unknown(evaluation, recognizer, unknown_folder(tmp_path / "noise", recognizer.classes))
    assert (len(judgement.images), judgement.as_dict()["undecodable"]) == (3, 5)

    shutil.rmtree(tmp_path / "noise" / "[b]arrows")
    with (
        pytest.warns(UserWarning, match="Left out"),
        raises(DataError, problem="No unknown image can be read", subject="noise"),
    ):
        judge_unknown(evaluation, recognizer, unknown_folder(tmp_path / "noise", recognizer.classes))


@pytest.mark.filterwarnings("ignore:Left out")
def test_scenes_that_give_no_background_window_are_refused(evaluation, recognizer, tmp_path):
    """Whether it is that nothing decodes or that signs leave no room, the warnings say."""
    folder = write_gtsdb(tmp_path, [], names=[f"{number:05}.png" for number in range(40)])
    for path in folder.glob("*.png"):
        path.write_bytes(b"none")

    with raises(DataError, problem="No background window could be cut", hint="see the warnings"):
        judge_unknown(evaluation, recognizer, background_of(folder, count=10, seed=0))


def test_folders_called_like_classes_are_warned_of(evaluation, recognizer, unknown_signs, tmp_path):
    """Known signs among the unknown ones would make the model look worse than it is."""
    shutil.copytree(unknown_signs, tmp_path / "noise")
    (tmp_path / "noise" / "zebra").rename(tmp_path / "noise" / "Stop")

    with pytest.warns(UserWarning, match="named after classes that the model knows: Stop"):
        judgement = judge_unknown(evaluation, recognizer, unknown_folder(tmp_path / "noise", recognizer.classes))
    assert judgement.as_dict()["known_names"] == ["Stop"]


def test_one_image_has_figures_and_no_interval(evaluation, recognizer, unknown_signs):
    """One is enough to say whether it is accepted."""
    unknown = unknown_folder(unknown_signs / "zebra" / "0.png", recognizer.classes)
    (result,) = judge_unknown(evaluation, recognizer, unknown).results

    assert (result.unknown_images, result.interval) == (1, None)
    assert result.figures.accepted in (0, 1)
