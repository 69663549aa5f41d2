"""Classes with too little to learn from, and classes that are read badly."""

from pathlib import Path

import numpy as np

from roadsigns.audit.class_evidence import suspect_classes
from roadsigns.audit.evidence.evidence import Evidence
from roadsigns.types import Sample, SignClass

CLASSES = tuple(SignClass(number, name) for number, name in enumerate(("bus", "ferry", "go", "none")))


def evidence_of(counts, misread=None, *, frames=5, tracked=True):
    """So many signs of each class; of those in `misread` so many signs are read as class 0."""
    samples, read = [], []
    for class_id, signs in counts.items():
        for sign in range(signs):
            wrong = sign < (misread or {}).get(class_id, 0)
            for frame in range(frames):
                path = Path(f"{class_id}/{sign}_{frame}.png")
                samples.append(Sample(path, class_id, track=str(sign) if tracked else None))
                read.append(0 if wrong else class_id)
    return Evidence(tuple(samples), np.eye(len(CLASSES), dtype=np.float32)[read], None, "made up")


def test_class_of_few_signs_is_named_however_many_frames_it_has():
    """Eight signs, all of them read, show no more than 68 %; nine show 70 %. An empty class is no matter here."""
    found = list(suspect_classes(evidence_of({0: 8, 1: 9, 2: 40}, frames=30), CLASSES))

    assert [(one.kind, one.class_id, one.images) for one in found] == [("few-signs", 0, 240)]
    assert "'bus' has 8 signs, 240 images: even with no error its recall may be as low as 67.5" in found[0].reason


def test_images_count_where_no_track_is_known():
    """Each may be a sign of its own."""
    found = list(suspect_classes(evidence_of({0: 40, 1: 1, 2: 40}, tracked=False), CLASSES))

    assert [(one.kind, one.class_id) for one in found] == [("few-signs", 1)]
    assert "'ferry' has 5 images: even" in found[0].reason


def test_weak_class_is_named_with_what_it_is_taken_for():
    """By more than chance: a third of 60 signs, and not one of 20."""
    found = list(suspect_classes(evidence_of({0: 100, 1: 60, 2: 20}, {1: 20, 2: 1}), CLASSES))

    assert [(one.kind, one.class_id) for one in found] == [("weak-class", 1)]
    assert found[0].reason.startswith("66.67 % of the images of 'ferry' are read right (interval up to 7")
    assert "); of all images 88.33 % are. It is" in found[0].reason
    assert "mostly taken for 'bus' (100 images)" in found[0].reason


def test_class_of_which_nothing_is_read_right_is_said_so():
    (found,) = suspect_classes(evidence_of({0: 100, 1: 20}, {1: 20}), CLASSES)

    assert found.reason.startswith("None of the images of 'ferry' is read right (interval up to ")


def test_classes_that_are_read_well_are_not_named():
    """Of enough signs, all read right."""
    assert list(suspect_classes(evidence_of({0: 30, 1: 30, 2: 30}), CLASSES)) == []
