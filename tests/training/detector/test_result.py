"""What is said of a detector's training."""

import numpy as np
import pytest

from roadsigns.evaluation.detection.compute_detection import compute_detection
from roadsigns.evaluation.detection.signs import DetectedSigns, LabelledSigns
from roadsigns.training.detector.result import DetectorResult, SceneCounts

BOX = [[10, 10, 30, 30]]


def result(validation, *, held_out=3, complete=True, validated=2):
    counts = SceneCounts(train=8, copies=8, validation=held_out)
    split = "fold 1 of 5 held out" if held_out else ""
    return DetectorResult(
        complete, 2, split, counts, (), "float32", 10.0, 0.5, 300, validation, validated, {"steps": 1.0}
    )


def test_what_was_measured_is_said_with_its_split():
    metrics = compute_detection([LabelledSigns.of(BOX, [None])], [DetectedSigns.of(BOX, [0.9])], runs=[0])

    text = result(metrics).describe()

    assert text == ", AP50 100.00 %, 100.00 % found at one false sign in ten images (fold 1 of 5 held out)"
    assert result(metrics).as_dict()["validation"]["images"] == 1


def test_figures_of_an_earlier_epoch_are_said_to_be_of_it():
    """A training that was stopped between two validations keeps the weights of its last epoch."""
    metrics = compute_detection([LabelledSigns.of(BOX, [None])], [DetectedSigns.of(BOX, [0.9])], runs=[0])

    stopped = result(metrics, complete=False, validated=1)

    assert stopped.describe().endswith(" (fold 1 of 5 held out, in epoch 1)")
    assert (stopped.as_dict()["model_epoch"], stopped.as_dict()["validation_epoch"]) == (2, 1)


@pytest.mark.parametrize(
    ("held_out", "text"),
    [(3, " (not measured yet; fold 1 of 5 held out)"), (0, " (no scene with a sign was held out)")],
)
def test_nothing_measured_and_nothing_to_measure_differ(held_out, text):
    """A training that was stopped has held scenes out, and not looked at them."""
    assert result(None, held_out=held_out, complete=False).describe() == text


def test_scenes_without_signs_cannot_be_measured_on():
    nothing = compute_detection([LabelledSigns.of([], [])], [DetectedSigns.of([], [])], runs=[0])

    assert result(nothing).describe() == " (no scene with a sign was held out)"
    assert np.isfinite(result(nothing).as_dict()["crops_per_second"])
