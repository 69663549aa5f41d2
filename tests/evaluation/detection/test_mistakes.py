"""Every mistake is listed once, the worst first."""

from collections import Counter

from fixtures.drawn_detections import random_detections

from roadsigns.evaluation.detection.compute_detection import compute_detection
from roadsigns.evaluation.detection.mistakes import KINDS, Mistake
from roadsigns.evaluation.detection.signs import DetectedSigns, LabelledSigns

A, B, C = (0, 0, 30, 30), (100, 0, 150, 60), (200, 0, 230, 30)


def mistakes_of(truth, detected, names=("stop", "yield")):
    return compute_detection(
        truth, detected, runs=[None] * len(truth), class_names=names, threshold=0.5, resamples=2
    ).mistakes


def test_mistake_tells_where_and_what():
    """Boxes, classes and score of the one misread sign."""
    (mistake,) = mistakes_of(
        [LabelledSigns.of([], []), LabelledSigns.of([A], [0])],
        [DetectedSigns.of([], []), DetectedSigns.of([(1, 0, 31, 30)], [0.75], [1])],
    )

    assert mistake == Mistake("misread", 1, (0, 0, 30, 30), (1, 0, 31, 30), 0, 1, 0.75)
    assert mistake.short_side == 30


def test_missed_signs_come_by_size_and_the_others_by_score():
    """A large sign that is missed is stranger than a small one."""
    signs = LabelledSigns.of([A, B, C], [0, 0, 0])
    found = DetectedSigns.of([(500, 0, 520, 20), (600, 0, 620, 20), A], [0.6, 0.9, 0.7], [0, 1, None])
    mistakes = mistakes_of([signs], [found])

    assert [one.kind for one in mistakes] == ["missed", "missed", "unknown", "false", "false"]
    assert [one.short_side for one in mistakes[:2]] == [50, 30]
    assert [one.score for one in mistakes[2:]] == [0.7, 0.9, 0.6]


def test_name_at_a_sign_of_none_of_the_classes_shows_both_boxes():
    """So that the picture shows what was named."""
    (mistake,) = mistakes_of([LabelledSigns.of([A], [None])], [DetectedSigns.of([A], [0.9], [1])])

    assert (mistake.kind, mistake.labelled, mistake.class_id, mistake.named) == ("false", A, None, 1)


def test_where_nothing_is_named_signs_are_missed_or_false():
    """Whatever the labels say."""
    signs = LabelledSigns.of([A, B], [0, None])
    mistakes = mistakes_of([signs], [DetectedSigns.of([A, C], [0.9, 0.8])], names=None)

    assert [(one.kind, one.labelled, one.detected) for one in mistakes] == [("missed", B, None), ("false", None, C)]


def test_list_holds_what_the_figures_count():
    """End to end, and finding alone."""
    truth, detected = random_detections(7, scenes=60, classes=2, other=0.2)
    named = compute_detection(truth, detected, runs=[None] * 60, class_names=["stop", "yield"], resamples=2)
    unnamed = compute_detection(truth, detected, runs=[None] * 60, resamples=2)

    assert Counter(one.kind for one in named.mistakes) == {kind: named.naming.total(kind) for kind in KINDS}
    assert Counter(one.kind for one in unnamed.mistakes) == {
        "missed": unnamed.finding.missed,
        "false": unnamed.finding.false,
    }
