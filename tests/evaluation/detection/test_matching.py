"""Detections take signs as COCO's do: greedily, by falling score, ignored signs last."""

import numpy as np

from roadsigns.evaluation.detection.matching import (
    IOU_THRESHOLDS,
    NOTHING,
    match_boxes,
    match_named,
    match_scenes,
    overlaps_of,
    pool_signs,
)
from roadsigns.evaluation.detection.signs import NO_CLASS, DetectedSigns, LabelledSigns

HALF = np.array([0.5])


def test_overlap_is_intersection_over_union():
    """Half of one lies in half of the other: a third. Boxes that only touch do not overlap."""
    overlaps = overlaps_of(
        np.array([[0.0, 0, 10, 10]]),
        np.array([[5.0, 0, 15, 10], [0, 0, 10, 10], [10, 0, 20, 10], [2, 2, 4, 7]]),
        np.zeros(4, bool),
    )

    np.testing.assert_allclose(overlaps, [[1 / 3, 1, 0, 0.1]])


def test_overlap_with_an_ignored_sign_is_the_share_of_the_detection_that_lies_in_it():
    """A box around a group of signs: a detection of one of them lies wholly in it."""
    overlaps = overlaps_of(np.array([[0.0, 0, 10, 10]]), np.array([[0.0, 0, 100, 100]]), np.array([True]))

    np.testing.assert_allclose(overlaps, [[1]])


def test_better_score_chooses_first():
    """The second detection overlaps the sign more, and comes too late."""
    matched = match_boxes(np.array([[0.6], [0.9]]), np.array([False]), HALF)

    assert matched.tolist() == [[0, NOTHING]]


def test_detection_takes_the_sign_that_it_overlaps_most():
    """The other one is left to the next."""
    assert match_boxes(np.array([[0.6, 0.7], [0.6, 0.9]]), np.zeros(2, bool), HALF).tolist() == [[1, 0]]


def test_overlap_of_exactly_the_threshold_is_enough():
    """And a little less is not."""
    assert match_boxes(np.array([[0.5]]), np.array([False]), HALF).tolist() == [[0]]
    assert match_boxes(np.array([[0.4999]]), np.array([False]), HALF).tolist() == [[NOTHING]]


def test_ignored_sign_comes_last_and_is_taken_by_many():
    """The first takes the sign to be found although it overlaps the ignored one more."""
    matched = match_boxes(np.array([[0.9, 0.6], [0.9, 0.6], [0.8, 0.7]]), np.array([True, False]), HALF)

    assert matched.tolist() == [[1, 0, 0]]


def test_each_threshold_has_its_own_matching():
    """At 0.8 the first detection leaves the sign to the second."""
    matched = match_boxes(np.array([[0.6], [0.9]]), np.array([False]), np.array([0.5, 0.8]))

    assert matched.tolist() == [[0, NOTHING], [NOTHING, 0]]


def test_detections_of_all_scenes_are_ranked_together():
    """Equal scores stay in the order of the scenes; a sign keeps its number among all signs."""
    sign = LabelledSigns.of([(0, 0, 10, 10)], [0])
    found = DetectedSigns.of([(50, 50, 60, 60), (0, 0, 10, 10)], [0.3, 0.7])
    ranked = match_scenes([sign, sign], [found, found])

    assert ranked.signs.shape == (len(IOU_THRESHOLDS), 4)
    assert ranked.scores.tolist() == [0.7, 0.7, 0.3, 0.3]
    assert ranked.images.tolist() == [0, 1, 0, 1]
    assert ranked.places.tolist() == [1, 1, 0, 0]
    assert ranked.signs[0].tolist() == [0, 1, NOTHING, NOTHING]
    assert ranked.right[0].tolist() == [True, True, False, False]
    assert ranked.false[0].tolist() == [False, False, True, True]
    assert pool_signs([sign, sign]).images.tolist() == [0, 1]


def test_named_detections_take_signs_of_their_class_only():
    """The better one says the wrong name; one that is `unknown` takes nothing."""
    sign = LabelledSigns.of([(0, 0, 10, 10)], [1])
    found = DetectedSigns.of([(0, 0, 10, 10)] * 3, [0.9, 0.8, 0.7], [0, None, 1])
    ranked = match_named([sign], [found])

    assert ranked.signs[0].tolist() == [NOTHING, NOTHING, 0]
    assert ranked.labels.tolist() == [0, NO_CLASS, 1]


def test_naming_an_ignored_sign_is_not_wrong_unless_it_is_of_none_of_the_classes():
    """Whatever the ignored sign of a class is called."""
    signs = LabelledSigns.of([(0, 0, 10, 10), (50, 50, 60, 60)], [1, None], [True, True])
    found = DetectedSigns.of([(0, 0, 10, 10), (50, 50, 60, 60)], [0.9, 0.8], [0, 0])
    ranked = match_named([signs], [found])

    assert ranked.false[0].tolist() == [False, True]
    assert not ranked.right.any()


def test_naming_scores_rank_the_named_ones():
    """A sure box with an unsure name comes after an unsure box with a sure name."""
    found = DetectedSigns.of([(0, 0, 10, 10), (50, 50, 60, 60)], [0.9, 0.8], [0, 1], [0.1, 0.6])
    nothing = LabelledSigns.of([], [])

    assert match_named([nothing], [found]).labels.tolist() == [1, 0]
    assert match_scenes([nothing], [found]).labels.tolist() == [0, 1]
