"""The metrics of a cross-validation count every image once, and say where they are partial."""

import json

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.metrics import compute_cross_metrics, log_loss_lower_bound
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.errors import RunError
from roadsigns.evaluation.predictions import Predictions
from roadsigns.robustness.corruptions import UNRECORDED_CORRUPTIONS
from roadsigns.types import DataSet, LabelledImage


@pytest.fixture(scope="module")
def result(tmp_path_factory, write_cross, three_signs, frames_of):
    """Three frames of a bus and all of a ferry are misread, and two of a stop."""
    misread = frames_of("Bus", 1, 3) | frames_of("[b]ferry", 2, 5) | frames_of("stop", 0, 2)
    folder = write_cross(tmp_path_factory.mktemp("cross") / "cross", three_signs, misread=misread)
    return compute_cross_metrics(read_cross_validation(folder))


def test_errors_are_those_of_all_folds(result):
    """10 of 60 images."""
    assert (result.metrics.errors, result.metrics.images) == (10, 60)
    assert result.metrics.class_errors.tolist() == [3, 2, 5]
    assert sum(fold.errors for fold in result.folds) == 10
    assert [fold.images for fold in result.folds] == [30, 30]


def test_interval_counts_tracks(result):
    """Twelve signs tell less than sixty images."""
    interval = result.metrics.interval

    assert interval.unit == "track"
    assert interval.effective_images < 20
    assert interval.low < 50 / 60 < interval.high


def test_track_is_mostly_misread_with_more_than_half_of_its_frames(result):
    """Most errors first, with what they are read as; two of five frames are not enough."""
    assert [
        (track.name, track.track, track.frames, track.errors, track.read_as) for track in result.mostly_misread
    ] == [
        ("[b]ferry", "2", 5, 5, "Bus"),
        ("Bus", "1", 5, 3, "stop"),
    ]
    assert result.metrics.tracks.mostly_misread == 2
    assert result.metrics.tracks.misread_at_least_once == 3


def test_all_metrics_are_plain_values(result):
    values = json.loads(json.dumps(result.as_dict(), allow_nan=False))

    assert (values["errors"], values["images"], values["complete"]) == (10, 60, True)
    assert (values["tracks"], values["tracks_misread_at_least_once"], values["mostly_misread_tracks"]) == (12, 3, 2)
    assert [one["name"] for one in values["mostly_misread"]] == ["[b]ferry", "Bus"]
    assert [one["errors"] for one in values["classes"]] == [3, 2, 5]
    assert values["subsets"] is None


def test_gtsrbs_classes_have_subsets(tmp_path, write_cross, drawn_data):
    """Six, which hold every image."""
    folder = write_cross(tmp_path / "cross", drawn_data)

    result = compute_cross_metrics(read_cross_validation(folder))

    assert sum(subset.images for subset in result.metrics.subsets) == result.metrics.images == 172
    assert result.metrics.errors == 0


def test_partial_result_says_so(tmp_path, write_cross, three_signs):
    """In its title and in its values."""
    folder = write_cross(tmp_path / "cross", three_signs, finished=(2,))

    result = compute_cross_metrics(read_cross_validation(folder))

    assert result.cross.title.endswith("seed 0. PARTIAL: fold 2 of 2, 30 of 60 images")
    values = result.as_dict()
    assert (values["complete"], values["images"], values["all_images"]) == (False, 30, 60)


def test_without_a_fold_there_are_no_metrics(tmp_path, write_cross, three_signs):
    with raises(RunError, problem="No fold is finished", subject="cross"):
        compute_cross_metrics(read_cross_validation(write_cross(tmp_path / "cross", three_signs, finished=())))


def test_epoch_chosen_on_the_evaluated_images_is_reported(tmp_path, write_cross, three_signs, result):
    """A recipe that keeps the best epoch keeps the one that suits what it is evaluated on."""
    last = write_cross(tmp_path / "cross", three_signs, recipe=["training.keep=last"])

    assert result.epoch_chosen_on_these_images
    assert not compute_cross_metrics(read_cross_validation(last)).epoch_chosen_on_these_images


def test_of_equals_the_first_kept_class_was_read(tmp_path, write_cross, three_signs):
    """Rounded to six digits, two classes may be equal that were not."""
    folder = write_cross(tmp_path / "cross", three_signs)
    path = folder / "fold-1.csv"
    header, first, *others = path.read_text().splitlines()
    fields = first.split(",")
    assert fields[1] == "0"
    path.write_text("\n".join([header, ",".join([*fields[:3], "2", "0.5", "0", "0.5", "1", "0"]), *others]) + "\n")

    assert compute_cross_metrics(read_cross_validation(folder)).metrics.errors == 1


def predictions(labels, class_ids, probabilities):
    rows = tuple(LabelledImage(f"a/{index}.png", label, None) for index, label in enumerate(labels))
    return Predictions(rows, np.array(class_ids, np.int32), np.array(probabilities, np.float64))


def test_log_loss_is_that_of_the_truth():
    """Where it is among the kept classes."""
    value, beyond = log_loss_lower_bound(predictions([1, 0], [[1, 0], [1, 0]], [[0.75, 0.25], [0.5, 0.5]]))

    assert value == pytest.approx(-(np.log(0.75) + np.log(0.5)) / 2)
    assert beyond == 0


@pytest.mark.parametrize(("kept", "most"), [([0.6, 0.1], 0.1), ([0.6, 0.38], 0.02), ([1, 0], 5e-7)])
def test_log_loss_is_a_lower_bound_where_the_truth_was_not_kept(kept, most):
    """It is no more probable than the last kept class, nor than what is left over, nor than rounding leaves."""
    value, beyond = log_loss_lower_bound(predictions([7], [[1, 0]], [kept]))

    assert value == pytest.approx(-np.log(most))
    assert beyond == 1


def test_images_that_do_not_decode_count_in_no_metric(tmp_path, write_cross, three_signs):
    """They are counted beside."""
    folder = write_cross(tmp_path / "cross", DataSet(three_signs.samples, three_signs.classes, "own"))
    path = folder / "fold-1.csv"
    header, first, *others = path.read_text().splitlines()
    path.write_text("\n".join([header, *others, ",".join(first.split(",")[:3])]) + "\n")

    result = compute_cross_metrics(read_cross_validation(folder))

    assert (result.metrics.images, result.undecodable) == (59, 1)


def test_corrupted_images_have_metrics_beside_the_plain_ones(tmp_path, write_cross, three_signs, frames_of):
    """Errors, misread tracks, and the errors by corruption, which cover all."""
    folder = write_cross(tmp_path / "cross", three_signs, corrupted=frames_of("Bus", 1, 3) | frames_of("stop", 0, 2))

    values = compute_cross_metrics(read_cross_validation(folder)).as_dict()
    corrupted = json.loads(json.dumps(values["corrupted"], allow_nan=False))

    assert values["errors"] == 0
    assert (corrupted["errors"], corrupted["images"], corrupted["complete"]) == (5, 60, True)
    counts = [corrupted[key] for key in ("tracks", "tracks_misread_at_least_once", "mostly_misread_tracks")]
    assert counts == [12, 2, 1]
    assert corrupted["interval"]["low"] < 55 / 60 < corrupted["interval"]["high"]
    named = [(one["corruption"], one["version"]) for one in corrupted["corruptions"]]
    assert named == [*UNRECORDED_CORRUPTIONS]
    assert sum(one["errors"] for one in corrupted["corruptions"]) == 5
    assert sum(one["images"] for one in corrupted["corruptions"]) == 60


def test_without_corruptions_there_are_no_such_metrics(result):
    """Nothing, not zeros."""
    assert result.as_dict()["corrupted"] is None
