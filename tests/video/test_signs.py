"""What the frames of a sign say together."""

from collections import Counter

import numpy as np
import pytest

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.detection.detected import FloatBox
from roadsigns.inference.decide import DecisionRule
from roadsigns.video.signs import MAX_BOXES, Evidence, SeenBox


def evidence(size=(200, 100)):
    """Of no frame yet."""
    return Evidence(DecisionRule(GTSRB_CLASSES), size, top_k=2)


def outputs(class_id, probability=0.9):
    """What a network says that is rather sure of one class."""
    row = np.full(43, (1 - probability) / 42, np.float32)
    row[class_id] = probability
    return row


def seen(frame, x=50.0, side=20.0):
    """Where it was in a frame of 25 a second."""
    return SeenBox(frame, frame / 25, FloatBox(x, 30.0, x + side, 30.0 + side))


def test_a_sign_has_the_fields_of_its_frames():
    """First and last time, best frame, boxes, score, and what most frames say."""
    collected = evidence()
    for frame, class_id, score in ((5, 3, 0.6), (6, 3, 0.95), (8, 7, 0.7), (9, 3, 0.8)):
        collected.add(seen(frame, side=20.0 + frame), score, outputs(class_id))

    sign = collected.sign()

    assert (sign.first_seconds, sign.last_seconds, sign.frames) == (0.2, 0.36, 4)
    assert (sign.best_frame, sign.score) == (6, 0.95)
    assert [box.frame for box in sign.boxes] == [5, 6, 8, 9]
    assert (sign.prediction.class_id, len(sign.prediction.top_k)) == (3, 2)
    fields = sign.as_dict()
    assert list(fields)[:7] == ["first_seconds", "last_seconds", "best_frame", "box", "frames", "boxes", "score"]
    assert fields["box"] == [50.0, 30.0, 76.0, 56.0]
    assert fields["boxes"][2] == {"frame": 8, "seconds": 0.32, "box": [50.0, 30.0, 78.0, 58.0]}
    assert fields["class_id"] == 3


def test_a_frame_that_cuts_the_sign_off_counts_less():
    """It is neither the best one, nor outvotes a smaller whole one."""
    collected = evidence()
    collected.add(seen(0, x=100.0, side=30.0), 0.9, outputs(1))
    collected.add(seen(1, x=165.0, side=35.0), 0.9, outputs(2))

    sign = collected.sign()

    assert sign.best_frame == 0
    assert sign.prediction.class_id == 1


def test_hours_take_no_more_memory():
    """A car stands before a sign: boxes are kept of evenly spread frames, all of them count."""
    collected = evidence()
    for frame in range(20 * MAX_BOXES):
        collected.add(seen(frame), 0.9, outputs(4, 0.5))

    sign = collected.sign()

    assert sign.frames == 20 * MAX_BOXES
    assert MAX_BOXES // 2 <= len(sign.boxes) <= MAX_BOXES
    frames = [box.frame for box in sign.boxes]
    assert frames[0] == 0
    assert len(Counter(np.diff(frames))) == 1
    assert sign.last_seconds == pytest.approx((20 * MAX_BOXES - 1) / 25)


def test_what_is_shown_does_not_flicker():
    """One frame that says something else changes nothing, unless it lasts."""
    collected = evidence()
    shown = []
    for frame, class_id in enumerate((5, 6, 5, 6, 6, 6, 6, 6, 6)):
        collected.add(seen(frame), 0.9, outputs(class_id, 0.95))
        shown.append(collected.now(0.9).prediction.class_id)

    assert shown[:4] == [5, 5, 5, 5]
    assert shown[-1] == 6
    assert int(np.count_nonzero(np.diff(shown))) == 1
