"""Average precision and FROC curve, by hand. (test_compute_detection.py asks pycocotools.)"""

import math

import numpy as np
import pytest

from roadsigns.evaluation.detection.curves import average_precision, froc_curve, interpolated_precision

# By falling score: right, false, right; of four signs.
SCORES = np.array([0.9, 0.8, 0.7])
RIGHT = np.array([True, False, True])
ONES = np.ones(3)


def test_precision_is_the_best_at_that_recall_or_above():
    """Precision 1 up to a quarter of the signs, two thirds up to a half, and 0 beyond."""
    precision = interpolated_precision(RIGHT, ~RIGHT, ONES, 4)

    np.testing.assert_allclose(precision[:26], 1)
    np.testing.assert_allclose(precision[26:51], 2 / 3)
    np.testing.assert_allclose(precision[51:], 0)
    assert average_precision(RIGHT, ~RIGHT, ONES, 4) == pytest.approx((26 + 25 * 2 / 3) / 101)


def test_detection_that_is_neither_right_nor_false_changes_nothing():
    """That is what it is to be ignored."""
    right, false = np.array([True, False, False, True]), np.array([False, False, True, False])

    assert average_precision(right, false, np.ones(4), 4) == average_precision(RIGHT, ~RIGHT, ONES, 4)


def test_weight_of_a_scene_is_as_good_as_its_copies():
    """A scene that is drawn twice counts twice; one that is not drawn does not count."""
    weighted = average_precision(RIGHT, ~RIGHT, np.array([2.0, 2, 0]), 4)
    copied = average_precision(
        np.array([True, True, False, False]), np.array([False, False, True, True]), np.ones(4), 4
    )

    assert weighted == pytest.approx(copied)


def test_without_signs_there_is_no_average_precision():
    """And without detections it is 0."""
    nothing = np.empty(0, bool)

    assert math.isnan(average_precision(RIGHT, ~RIGHT, ONES, 0))
    assert average_precision(nothing, nothing, np.empty(0), 4) == 0


def test_curve_counts_signs_and_false_signs_at_each_score():
    """Ten images, four signs."""
    curve = froc_curve(SCORES, RIGHT, ~RIGHT, ONES, signs=4, images=10)

    assert curve.thresholds.tolist() == [0.9, 0.8, 0.7]
    np.testing.assert_allclose(curve.recall, [0.25, 0.25, 0.5])
    np.testing.assert_allclose(curve.false_per_image, [0, 0.1, 0.1])
    assert (curve.recall_at(0.05), curve.threshold_at(0.05)) == (0.25, 0.9)
    assert (curve.recall_at(0.1), curve.threshold_at(0.1)) == (0.5, 0.7)


def test_threshold_accepts_no_more_false_signs_than_it_needs():
    """The second detection is false and finds nothing: the first score gives the same recall."""
    curve = froc_curve(SCORES[:2], RIGHT[:2], ~RIGHT[:2], ONES[:2], signs=4, images=10)

    assert (curve.recall_at(0.1), curve.threshold_at(0.1)) == (0.25, 0.9)


def test_equal_scores_are_accepted_together():
    """No threshold separates the right one from the false one."""
    curve = froc_curve(np.array([0.9, 0.9]), RIGHT[:2], ~RIGHT[:2], ONES[:2], signs=4, images=10)

    assert curve.thresholds.tolist() == [0.9]
    assert (curve.recall.tolist(), curve.false_per_image.tolist()) == ([0.25], [0.1])


def test_where_no_threshold_has_as_few_false_signs_nothing_is_found():
    """The best score of all is false: one false sign in five images."""
    curve = froc_curve(SCORES, ~RIGHT, RIGHT, ONES, signs=4, images=5)

    assert (curve.recall_at(0.1), curve.threshold_at(0.1)) == (0, math.inf)
    assert froc_curve(np.empty(0), RIGHT[:0], RIGHT[:0], ONES[:0], signs=4, images=5).recall_at(0.1) == 0
