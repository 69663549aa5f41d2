"""The arrays of a scene fit each other, or say what does not."""

import numpy as np
import pytest

from roadsigns.evaluation.detection.signs import NO_CLASS, DetectedSigns, LabelledSigns
from roadsigns.types import Box


def test_lists_become_arrays():
    """None is a sign of none of the classes, and an `unknown` detection."""
    signs = LabelledSigns.of([Box(1, 2, 30, 40), Box(5, 6, 7, 8)], [3, None], [False, True])
    found = DetectedSigns.of([(1.5, 2, 30, 40)], [0.5], [None])

    np.testing.assert_array_equal(signs.boxes, [[1, 2, 30, 40], [5, 6, 7, 8]])
    assert (signs.labels.tolist(), signs.ignored.tolist()) == ([3, NO_CLASS], [False, True])
    assert (found.labels.tolist(), found.naming_scores.tolist()) == ([NO_CLASS], [0.5])


def test_what_is_left_out_has_its_usual_value():
    """All signs are to be found, and nothing names the detections."""
    assert LabelledSigns.of([(0, 0, 1, 1)], [0]).ignored.tolist() == [False]
    assert DetectedSigns.of([(0, 0, 1, 1)], [0.5]).labels.tolist() == [NO_CLASS]


def test_scene_may_be_empty():
    """Most scenes of a drive are."""
    assert LabelledSigns.of([], []).boxes.shape == DetectedSigns.of([], []).boxes.shape == (0, 4)


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (5, 9, 9, 5), (0, 0, float("nan"), 4), (0, 0, float("inf"), 4)])
def test_box_without_an_area_is_refused(box):
    """Its overlap with anything would be no number."""
    with pytest.raises(ValueError, match="x1 < x2"):
        LabelledSigns.of([box], [0])
    with pytest.raises(ValueError, match="x1 < x2"):
        DetectedSigns.of([box], [0.5])


def test_numbers_that_do_not_fit_are_refused():
    """One label, one flag and one score for each box."""
    with pytest.raises(ValueError, match="1 boxes, and labels"):
        LabelledSigns.of([(0, 0, 1, 1)], [0, 1])
    with pytest.raises(ValueError, match="ignored"):
        LabelledSigns.of([(0, 0, 1, 1)], [0], [])
    with pytest.raises(ValueError, match="scores"):
        DetectedSigns.of([(0, 0, 1, 1)], [])
    with pytest.raises(ValueError, match="not finite"):
        DetectedSigns.of([(0, 0, 1, 1)], [float("nan")])
    with pytest.raises(ValueError, match="A label is -2"):
        LabelledSigns.of([(0, 0, 1, 1)], [-2])
