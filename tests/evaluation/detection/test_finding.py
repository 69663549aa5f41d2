"""Signs found, whatever they are called: recall by size and its price, counted by hand."""

import numpy as np
import pytest

from roadsigns.evaluation.detection.compute_detection import compute_detection
from roadsigns.evaluation.detection.signs import DetectedSigns, LabelledSigns

# Short sides of 15, 16, 40 and 7.9 pixels; the longer side does not count.
BOXES = [(0, 0, 15, 60), (100, 0, 116, 16), (200, 0, 240, 60), (300, 0, 307.9, 20)]


def finding_of(truth, detected, **options):
    return compute_detection(truth, detected, runs=[None] * len(truth), resamples=20, **options).finding


def test_sizes_are_those_of_the_short_side():
    """A side of exactly 16 pixels belongs to the larger ones."""
    finding = finding_of([LabelledSigns.of(BOXES, [0] * 4)], [DetectedSigns.of(BOXES[1:3], [0.9, 0.8])])
    counted = {(size.smallest, size.below): (size.signs, size.found) for size in finding.sizes if size.signs}

    assert counted == {(0, 8): (1, 0), (8, 16): (1, 0), (16, 20): (1, 1), (32, 64): (1, 1)}
    assert (finding.from_20.signs, finding.from_20.found, finding.from_20.recall.value) == (1, 1, 1)
    assert [size.recall for size in finding.sizes if not size.signs] == [None] * 3
    assert sum(size.signs for size in finding.sizes) == finding.signs


def test_recall_by_size_is_at_the_same_price_as_recall():
    """Ten images allow one false sign; what is found below that score does not count."""
    truth = [LabelledSigns.of(BOXES[:2], [0, 0])] + [LabelledSigns.of([], [])] * 9
    far = (500, 500, 520, 520)
    first = DetectedSigns.of([BOXES[0], far, BOXES[1]], [0.9, 0.8, 0.6])
    finding = finding_of(truth, [first, DetectedSigns.of([far], [0.7]), *[DetectedSigns.of([], [])] * 8])

    assert (finding.recall.value, finding.recall_threshold) == (0.5, 0.9)
    assert [size.found for size in finding.sizes if size.signs] == [1, 0]


def test_missed_and_false_signs_are_counted_at_the_threshold():
    """A detection of exactly that score counts."""
    truth = [LabelledSigns.of(BOXES, [0] * 4)] * 2
    detected = [DetectedSigns.of([*BOXES[:2], (500, 500, 520, 520)], [0.5, 0.49, 0.8])] * 2
    finding = finding_of(truth, detected, threshold=0.5)

    assert (finding.missed, finding.false, finding.false_per_image.value) == (6, 2, 1)


def test_share_found_in_use_has_an_interval_by_scenes():
    """One scene has its sign found, the other not: 0 to 1. Without signs there is none."""
    truth = [LabelledSigns.of(BOXES[:1], [0])] * 2
    detected = [DetectedSigns.of(BOXES[:1], [score]) for score in (0.5, 0.49)]

    in_use = finding_of(truth, detected, threshold=0.5).recall_in_use

    assert (in_use.value, in_use.interval) == (0.5, (0, 1))
    assert finding_of([LabelledSigns.of([], [])], [DetectedSigns.of([], [])], threshold=0.5).recall_in_use is None


def test_without_a_threshold_it_is_that_of_the_price():
    """One false sign in ten images."""
    result = compute_detection(
        [LabelledSigns.of(BOXES[:1], [0])], [DetectedSigns.of([BOXES[0], BOXES[2]], [0.9, 0.4])], runs=[None]
    )

    assert result.threshold == result.finding.recall_threshold == 0.9
    assert (result.finding.missed, result.finding.false) == (0, 0)


def test_ignored_signs_are_neither_missed_nor_false():
    """Found or not, and however often."""
    signs = LabelledSigns.of(BOXES[:2], [0, 0], [False, True])
    once = finding_of([signs], [DetectedSigns.of(BOXES[:1], [0.9])], threshold=0)
    often = finding_of([signs], [DetectedSigns.of([*BOXES[:2], BOXES[1]], [0.9, 0.95, 0.99])], threshold=0)

    assert (once.signs, once.ignored) == (1, 1)
    for finding in (once, often):
        assert (finding.missed, finding.false, finding.ap50.value) == (0, 0, 1)


def test_second_detection_of_a_sign_is_false():
    """As in COCO."""
    finding = finding_of([LabelledSigns.of(BOXES[:1], [0])], [DetectedSigns.of(BOXES[:1] * 2, [0.9, 0.8])], threshold=0)

    assert (finding.missed, finding.false) == (0, 1)


def test_closer_boxes_are_better_at_higher_overlaps():
    """An overlap of 0.8 is enough for seven of the ten thresholds."""
    signs = LabelledSigns.of([(0, 0, 100, 100)], [0])
    finding = finding_of([signs], [DetectedSigns.of([(0, 0, 100, 80)], [0.9])])

    assert finding.ap50.value == 1
    assert finding.ap50_95.value == pytest.approx(0.7)
    np.testing.assert_array_equal(finding.precision, np.ones(101))
