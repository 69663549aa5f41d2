"""Signs found and named: every labelled sign has one fate, and every false name is counted."""

import pytest
from fixtures.drawn_detections import random_detections

from roadsigns.evaluation.detection.compute_detection import compute_detection
from roadsigns.evaluation.detection.signs import DetectedSigns, LabelledSigns

NAMES = ["stop", "yield", "bend"]
# Four boxes apart from each other.
A, B, C, D = [(100 * place, 0, 100 * place + 30, 30) for place in range(4)]
NOTHING_LABELLED, NOTHING_FOUND = LabelledSigns.of([], []), DetectedSigns.of([], [])


def naming_of(truth, detected, **options):
    return compute_detection(
        truth, detected, runs=[None] * len(truth), class_names=NAMES, resamples=20, **{"threshold": 0.5} | options
    ).naming


def fates(naming):
    return {
        name: naming.total(name) for name in ("right", "misread", "unknown", "missed", "false") if naming.total(name)
    }


def test_each_sign_is_right_misread_unknown_or_missed():
    """All four in one scene."""
    naming = naming_of(
        [LabelledSigns.of([A, B, C, D], [0, 0, 0, 1])], [DetectedSigns.of([A, B, C], [0.9, 0.8, 0.7], [0, 1, None])]
    )
    stop, give_way, _ = naming.classes

    assert (stop.signs, stop.right, stop.misread, stop.unknown, stop.missed, stop.false) == (3, 1, 1, 1, 0, 0)
    assert (give_way.signs, give_way.missed, give_way.false) == (1, 1, 0)


def test_named_where_none_is_labelled_is_false_and_unknown_is_not():
    """The false one counts for the class that it is named as."""
    naming = naming_of([NOTHING_LABELLED], [DetectedSigns.of([A, B], [0.9, 0.8], [2, None])])

    assert fates(naming) == {"false": 1}
    assert naming.classes[2].false == 1
    assert (naming.false_per_image.value, naming.empty_images, naming.false_in_empty) == (1, 1, 1)


@pytest.mark.parametrize("ignored", [False, True])
def test_sign_of_none_of_the_classes_is_to_be_called_unknown(ignored):
    """A labelled zebra crossing is no excuse for a name, and not finding it is no mistake."""
    signs = LabelledSigns.of([A], [None], [ignored])

    assert fates(naming_of([signs], [DetectedSigns.of([A], [0.9], [0])])) == {"false": 1}
    assert fates(naming_of([signs], [DetectedSigns.of([A], [0.9], [None])])) == {}
    assert fates(naming_of([signs], [NOTHING_FOUND])) == {}
    assert naming_of([signs], [NOTHING_FOUND]).empty_images == 1


def test_ignored_sign_of_a_class_may_be_called_anything():
    """It need not be found either; a scene that holds one is not empty."""
    signs = LabelledSigns.of([A], [0], [True])

    for name in (0, 1, None):
        naming = naming_of([signs], [DetectedSigns.of([A], [0.9], [name])])
        assert (fates(naming), naming.signs, naming.empty_images) == ({}, 0, 0)
    assert fates(naming_of([signs], [NOTHING_FOUND])) == {}


def test_second_name_of_one_sign_is_false():
    """There is one sign only."""
    naming = naming_of([LabelledSigns.of([A], [0])], [DetectedSigns.of([A, A], [0.9, 0.8], [0, 0])])

    assert fates(naming) == {"right": 1, "false": 1}


def test_detections_below_the_threshold_count_only_in_the_average_precision():
    """The curve goes down to the lowest score."""
    truth, detected = [LabelledSigns.of([A], [0])], [DetectedSigns.of([A, B], [0.4, 0.3], [0, 0])]
    naming = naming_of(truth, detected)

    assert fates(naming) == {"missed": 1}
    assert naming.map50.value == 1
    assert fates(naming_of(truth, detected, threshold=0.3)) == {"right": 1, "false": 1}


def test_mean_is_over_the_classes_that_occur():
    """One class is always right, one never, and the third does not occur; a false name of it changes nothing."""
    naming = naming_of([LabelledSigns.of([A, B], [0, 1])], [DetectedSigns.of([A, B, C], [0.9, 0.8, 0.7], [0, 0, 2])])

    assert [one.ap50 for one in naming.classes] == [1, 0, None]
    assert (naming.map50.value, naming.occurring) == (0.5, 2)


def test_unknown_detections_are_dropped():
    """They neither raise nor lower the average precision."""
    truth = [LabelledSigns.of([A, B], [0, 0])]
    without = naming_of(truth, [DetectedSigns.of([A, B], [0.6, 0.5], [0, 0])])
    with_some = naming_of(truth, [DetectedSigns.of([C, A, D, B], [0.9, 0.6, 0.55, 0.5], [None, 0, None, 0])])

    assert without.map50 == with_some.map50


def test_only_names_in_scenes_without_a_sign_are_counted_there():
    """A false name beside a labelled sign is false, but elsewhere."""
    found = DetectedSigns.of([A, B], [0.9, 0.8], [0, 1])
    naming = naming_of([NOTHING_LABELLED, LabelledSigns.of([A], [0]), NOTHING_LABELLED], [found, found, NOTHING_FOUND])

    assert (naming.total("false"), naming.empty_images, naming.false_in_empty) == (3, 2, 2)


def test_every_sign_has_one_fate():
    """Right, misread, unknown and missed make up all signs, class by class."""
    truth, detected = random_detections(5, scenes=60, classes=3, other=0.2)
    naming = naming_of(truth, detected, threshold=0.4)

    assert all(naming.total(name) for name in ("right", "misread", "unknown", "missed", "false"))
    for one in naming.classes:
        assert one.right + one.misread + one.unknown + one.missed == one.signs
        assert one.right >= 0
