"""A judgement reads unknown images with the model, and compares their scores with those of the known images."""

import shutil

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.evaluation.rejection.judge import judge_unknown
from roadsigns.evaluation.rejection.unknown_images import unknown_folder
from roadsigns.inference.recognizer import Recognizer


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
        raises(DataError, problem="None of 5 unknown images", subject="noise"),
    ):
        judge_unknown(evaluation, recognizer, unknown_folder(tmp_path / "noise", recognizer.classes))


def test_folders_called_like_classes_are_warned_of(evaluation, recognizer, unknown_signs, tmp_path):
    """Known signs among the unknown ones would make the model look worse than it is."""
    shutil.copytree(unknown_signs, tmp_path / "noise")
    (tmp_path / "noise" / "zebra").rename(tmp_path / "noise" / "Stop")

    with pytest.warns(UserWarning, match="called like classes that the model knows: Stop"):
        judgement = judge_unknown(evaluation, recognizer, unknown_folder(tmp_path / "noise", recognizer.classes))
    assert judgement.as_dict()["known_names"] == ["Stop"]


def test_one_image_has_figures_and_no_interval(evaluation, recognizer, unknown_signs):
    """One is enough to say whether it is accepted."""
    unknown = unknown_folder(unknown_signs / "zebra" / "0.png", recognizer.classes)
    (result,) = judge_unknown(evaluation, recognizer, unknown).results

    assert (result.unknown_images, result.interval) == (1, None)
    assert result.figures.accepted in (0, 1)
