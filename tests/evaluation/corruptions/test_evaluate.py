"""A model and a baseline on corrupted images: which images, what is done to them, what is refused."""

import dataclasses
import os
from unittest.mock import Mock

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError, DataLeakageError, ModelError
from roadsigns.evaluation.corruptions import answers
from roadsigns.evaluation.corruptions import evaluate as evaluate_module
from roadsigns.evaluation.corruptions.evaluate import evaluate_corruptions
from roadsigns.evaluation.evaluate import choose_images, evaluate
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.model_file import read_metadata, save_model
from roadsigns.preprocessing.decode import read_image
from roadsigns.robustness.box_noise import box_source
from roadsigns.robustness.versions import image_versions
from roadsigns.types import labelled_image

# Upper and lower case do not matter.
KINDS = ["jpeg", "fog"]


@pytest.fixture(scope="module")
def result(drawn_folder):
    """The built-in fast model on drawn signs, beside its own baseline."""
    return evaluate_corruptions("fast", drawn_folder, kinds=KINDS, limit=20, seed=1)


def test_every_version_is_read_as_if_it_were_given_alone(result):
    """Corrupted before it is prepared, with the box as annotated."""
    fast, kinds = Recognizer.load("fast"), ["fog", "JPEG"]
    right = np.zeros(11, int)
    confidence = np.zeros(11)
    for sample in result.samples:
        versions = image_versions(read_image(sample.path), sample.box, labelled_image(sample), kinds=kinds, seed=1)
        for number, version in enumerate(versions):
            prediction = fast.predict_one(version, box=sample.box)
            right[number] += prediction.class_id == sample.class_id
            confidence[number] += prediction.probability

    cells = [result.uncorrupted, *result.kinds[0].severities, *result.kinds[1].severities]
    # In the order of the registry, whatever was asked for.
    assert [kind.kind for kind in result.kinds] == kinds
    assert [cell.images - cell.errors for cell in cells] == right.tolist()
    np.testing.assert_allclose([cell.confidence for cell in cells], confidence / 20, atol=2e-3)
    assert [cell.severity for cell in cells] == [0, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5]
    assert [cell.strength for cell in (cells[0], *cells[6:])] == [None, 50, 30, 20, 13, 8]


def test_frames_of_images_without_tracks_are_told_of(drawn_folder):
    """Test images have none in GTSRB's layout."""
    with pytest.warns(UserWarning, match="no tracks, so 'frames' leaves none out"):
        evaluate_corruptions("fast", drawn_folder, kinds=["tight box"], baseline=None, frames=1)


def test_classes_that_a_limit_leaves_out_are_told_of(drawn_folder):
    """Figures of a few classes would pass for those of all."""
    with pytest.warns(UserWarning, match="leaves images of 5 of 43 classes"):
        evaluate_corruptions("fast", drawn_folder, kinds=["tight box"], baseline=None, limit=5)


def test_uncorrupted_images_are_read_as_in_an_evaluation(drawn_folder):
    """All of them, by both models."""
    result = evaluate_corruptions("fast", drawn_folder, kinds=["tight box"], frames=None)

    assert result.uncorrupted.errors == evaluate("fast", drawn_folder).metrics.errors
    assert result.uncorrupted.baseline_errors == evaluate("tutorial-augmented", drawn_folder).metrics.errors
    assert result.images == 86


def test_means_are_over_kinds(result):
    assert result.accuracy == pytest.approx(np.mean([kind.accuracy for kind in result.kinds]))
    assert result.mce == pytest.approx(np.mean([kind.corruption_error for kind in result.kinds]))
    assert result.baseline == "gtsrb-tutorial-augmented-v1"


def test_baseline_beside_itself_has_an_error_of_one(drawn_folder):
    result = evaluate_corruptions("tutorial-augmented", drawn_folder, kinds=KINDS, limit=20)

    assert result.mce == pytest.approx(1)
    assert result.uncorrupted.errors == result.uncorrupted.baseline_errors


def test_without_a_baseline_there_is_no_mce(drawn_folder):
    """And nothing else is read."""
    result = evaluate_corruptions("fast", drawn_folder, kinds=KINDS, limit=5, baseline=None)

    assert (result.baseline, result.baseline_leakage, result.mce) == (None, None, None)
    assert result.kinds[0].severities[0].baseline_errors is None


def test_baseline_of_other_classes_is_left_out_and_said(tmp_path, tiny_network, tiny_metadata, drawn_folder):
    others = tuple(dataclasses.replace(sign, name=f"my {sign.name}") for sign in tiny_metadata.classes)
    save_model(tiny_network, dataclasses.replace(tiny_metadata, classes=others), tmp_path / "other.keras")

    with pytest.warns(UserWarning, match="knows other classes than the model, so there is no mCE"):
        result = evaluate_corruptions(
            "fast", drawn_folder, kinds=["fog"], limit=5, baseline=str(tmp_path / "other.keras")
        )
    assert result.baseline is None


def test_baseline_that_has_seen_the_signs_is_said(model_split_by, drawn_folder):
    """The model has not; the mCE would look too high."""
    model, baseline = model_split_by("track"), model_split_by("none")

    with pytest.warns(UserWarning, match="baseline was trained on these signs"):
        result = evaluate_corruptions(
            model, drawn_folder, split="validation", kinds=["fog"], limit=4, baseline=str(baseline)
        )
    assert (result.leakage, result.baseline_leakage) == (False, True)


def test_nothing_is_said_of_the_baseline_where_the_model_may_have_seen_the_signs(
    model_split_by, drawn_folder, monkeypatch
):
    """Nobody knows whether it has, so nobody knows whether the mCE is too high."""
    model, baseline = model_split_by("track"), model_split_by("none")
    chosen = choose_images(model, drawn_folder, split="validation", boxes="given", allow_seen=False)
    monkeypatch.setattr(evaluate_module, "choose_images", Mock(return_value=chosen._replace(leakage=None)))

    result = evaluate_corruptions(
        model, drawn_folder, split="validation", kinds=["fog"], limit=4, baseline=str(baseline)
    )

    assert (result.leakage, result.baseline_leakage) == (None, True)


def test_seen_signs_are_refused_unless_allowed(track_model, drawn_folder):
    with pytest.raises(DataLeakageError):
        evaluate_corruptions(track_model, drawn_folder, split="all")
    result = evaluate_corruptions(
        track_model, drawn_folder, split="all", kinds=["fog"], limit=4, baseline=None, allow_seen=True
    )

    assert result.leakage is True
    assert "SEEN IN TRAINING" in result.title


@pytest.mark.parametrize("name", ["rain", "blurred", ""])
def test_unknown_kind_is_refused_with_those_that_exist(drawn_folder, name):
    """Also "blurred", which has no severities."""
    with raises(DataError, problem=f"no kind of corruption '{name}'", expected="dark, low contrast"):
        evaluate_corruptions("fast", drawn_folder, kinds=["JPEG", name])


def test_other_boxes_are_given_to_the_model(drawn_folder):
    """Jittered as in an evaluation; the corruption is that of the annotated box."""
    result = evaluate_corruptions("fast", drawn_folder, boxes="jittered", kinds=["fog"], limit=6, baseline=None, seed=1)
    fast, confidence = Recognizer.load("fast"), []
    for sample in result.samples:
        image = read_image(sample.path)
        versions = list(image_versions(image, sample.box, labelled_image(sample), kinds=["fog"], seed=1))
        confidence.append(fast.predict_one(versions[5], box=box_source("jittered")(image, sample)).probability)

    assert result.kinds[0].severities[4].confidence == pytest.approx(np.mean(confidence), abs=2e-3)
    assert result.split_label == "test images, boxes jittered by 10 %"


def test_processes_give_the_same(result, drawn_folder, monkeypatch):
    """As one process does for little work."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
    monkeypatch.setattr(answers, "WORTH_PROCESSES", 0)

    again = evaluate_corruptions("fast", drawn_folder, kinds=KINDS, limit=20, seed=1)

    assert again.as_dict() == result.as_dict()


def test_images_that_do_not_decode_are_left_out_and_named(drawn_folder, monkeypatch):
    """They count in no metric."""
    broken = evaluate_corruptions("fast", drawn_folder, kinds=["fog"], limit=5, baseline=None).samples[2].path

    def read(path):
        return read_image(path.with_name("gone") if path == broken else path)

    monkeypatch.setattr(answers, "read_image", read)

    with pytest.warns(UserWarning, match="Left out"):
        result = evaluate_corruptions("fast", drawn_folder, kinds=["fog"], limit=5, baseline=None)
    assert (result.images, result.uncorrupted.images) == (4, 4)
    assert [sample.path for sample, _ in result.undecodable] == [broken]


def test_nothing_that_decodes_is_an_error(drawn_folder, monkeypatch):
    monkeypatch.setattr(answers, "read_image", lambda path: read_image(path.with_name("gone")))

    with raises(DataError, problem="None of 5 images can be read"):
        evaluate_corruptions("fast", drawn_folder, kinds=["fog"], limit=5, baseline=None)


def test_diverged_model_is_refused(tmp_path, tiny_metadata, drawn_folder):
    """Its outputs are no numbers."""
    import keras

    from roadsigns.models.build import build_inference_network

    network = build_inference_network("tutorial", num_classes=43, image_size=32)
    network.set_weights([np.full_like(weights, np.nan) for weights in network.get_weights()])
    assert isinstance(network, keras.Model)
    save_model(network, tiny_metadata, tmp_path / "model.keras")

    with raises(ModelError, problem="not numbers", hint="Train again", subject="model.keras"):
        evaluate_corruptions(tmp_path / "model.keras", drawn_folder, kinds=["fog"], limit=3, baseline=None)


def test_json_holds_no_array_and_its_numbers_fit(result):
    values = result.as_dict()

    assert values["mce"] == result.mce
    assert values["kinds"][0]["severities"][2]["strength"] == pytest.approx(0.57)
    assert values["tracks"] is None
    assert values["weights_sha256"] == read_metadata(result.model_file).weights_sha256
