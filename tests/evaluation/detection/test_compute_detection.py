"""Average precisions are those of pycocotools, COCO's own."""

import contextlib
import io
import json

import numpy as np
import pytest
from fixtures.drawn_detections import random_detections
from hypothesis import given
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from roadsigns.evaluation.detection.compute_detection import compute_detection
from roadsigns.evaluation.detection.intervals import Estimate
from roadsigns.evaluation.detection.signs import NO_CLASS, DetectedSigns, LabelledSigns

CLASSES = 4


def coco_precision(truth, detected, *, classes):
    """The precisions by pycocotools, shape (10 overlaps, 101 recalls, classes); -1 for a class without signs.

    Ignored boxes are "crowds" of every class, since no detection on them is wrong.
    """
    annotations, results = [], []
    for image, (signs, detections) in enumerate(zip(truth, detected, strict=True)):
        for box, label, ignored in zip(signs.boxes.tolist(), signs.labels.tolist(), signs.ignored, strict=True):
            for class_id in range(classes) if ignored else [label]:
                annotations.append(_annotation(image, box, class_id) | {"iscrowd": int(ignored)})
        columns = detections.boxes.tolist(), detections.labels.tolist(), detections.scores.tolist()
        for box, label, score in zip(*columns, strict=True):
            if label != NO_CLASS:
                results.append(_annotation(image, box, label) | {"score": score})
    numbered = [one | {"id": number} for number, one in enumerate(annotations, start=1)]
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "images": [{"id": image} for image in range(len(truth))],
            "annotations": numbered,
            "categories": [{"id": class_id} for class_id in range(classes)],
        }
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(results) if results else COCO(), "bbox")
        judge.params.maxDets = [10_000]
        judge.params.areaRng, judge.params.areaRngLbl = [[0, 1e10]], ["all"]
        judge.evaluate()
        judge.accumulate()
    return judge.eval["precision"][..., 0, 0]


def _annotation(image, box, class_id):
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    return {"image_id": image, "category_id": class_id, "bbox": [x1, y1, width, height], "area": width * height}


def one_class(scenes):
    """The same with every label 0: signs that are only to be found."""
    return [type(one)(one.boxes, *_first_labels(one)) for one in scenes]


def _first_labels(one):
    labels = np.zeros_like(one.labels)
    return (labels, one.ignored) if hasattr(one, "ignored") else (one.scores, labels, one.naming_scores)


@given(seed=st.integers(0, 2**32), scenes=st.integers(1, 25), digits=st.sampled_from([1, 2, 9]))
def test_average_precision_of_finding_is_that_of_coco(seed, scenes, digits):
    """At each of the ten overlaps, with ignored signs and signs found twice; with one digit most scores are equal."""
    truth, detected = random_detections(seed, scenes=scenes, classes=CLASSES, digits=digits)
    finding = compute_detection(truth, detected, runs=[None] * scenes, resamples=1).finding
    expected = coco_precision(one_class(truth), one_class(detected), classes=1)[..., 0]

    if finding.signs == 0:
        assert finding.ap50 is finding.ap50_95 is finding.precision is None
        return
    assert finding.ap50.value == pytest.approx(expected[0].mean(), abs=1e-12)
    assert finding.ap50_95.value == pytest.approx(expected.mean(), abs=1e-12)
    np.testing.assert_allclose(finding.precision, expected[0], atol=1e-12)


@given(seed=st.integers(0, 2**32), scenes=st.integers(1, 25), digits=st.sampled_from([1, 2, 9]))
def test_average_precision_of_each_class_is_that_of_coco(seed, scenes, digits):
    """Detections whose decision is `unknown` are not handed to pycocotools at all."""
    truth, detected = random_detections(seed, scenes=scenes, classes=CLASSES, digits=digits)
    names = [f"class {number}" for number in range(CLASSES)]
    naming = compute_detection(truth, detected, runs=[None] * scenes, class_names=names, resamples=1).naming
    expected = coco_precision(truth, detected, classes=CLASSES)[0].mean(axis=0)

    occurring = [one for one in naming.classes if one.signs]
    for one in naming.classes:
        assert (one.ap50 is None) == (one.signs == 0) == (expected[one.class_id] == -1)
    np.testing.assert_allclose([one.ap50 for one in occurring], [expected[one.class_id] for one in occurring])
    if occurring:
        assert naming.map50.value == pytest.approx(expected[expected > -1].mean())
    else:
        assert naming.map50 is None


def test_oracle_sees_mistakes():
    """What is compared is neither 0 nor 1, and the overlaps differ: the tests above could fail."""
    truth, detected = random_detections(3, scenes=25, classes=CLASSES)
    expected = coco_precision(one_class(truth), one_class(detected), classes=1)[..., 0].mean(axis=1)

    assert 0.3 < expected[0] < 0.95
    assert 0.01 < expected[-1] < expected[0] - 0.1


def test_numbers_that_do_not_fit_are_refused():
    """Scenes, detections and runs go together, and every label is a class."""
    truth, detected = random_detections(0, scenes=3, classes=CLASSES)

    with pytest.raises(ValueError, match="3 scenes, detections of 2 and runs of 3"):
        compute_detection(truth, detected[:2], runs=[None] * 3)
    with pytest.raises(ValueError, match="at least one"):
        compute_detection([], [], runs=[])
    with pytest.raises(ValueError, match="does not fit 2 classes"):
        compute_detection(truth, detected, runs=[None] * 3, class_names=["a", "b"])


def test_perfect_detector_has_no_mistake():
    """Every figure is 1 or 0, without an interval: no draw changes it."""
    signs = LabelledSigns.of([(0, 0, 10, 30), (100, 100, 140, 140)], [0, 1])
    found = DetectedSigns.of([(0, 0, 10, 30), (100, 100, 140, 140)], [0.9, 0.8], [0, 1])
    result = compute_detection([signs, signs], [found, found], runs=["a", "b"], class_names=["stop", "yield"])

    for estimate in (result.finding.ap50, result.finding.ap50_95, result.finding.recall, result.naming.map50):
        assert (estimate.value, estimate.interval) == (1, None)
    assert result.finding.false_per_image == result.naming.false_per_image == Estimate(0, None, None)
    assert (result.finding.missed, result.finding.false, result.mistakes) == (0, 0, ())
    assert result.threshold == result.finding.recall_threshold == 0.8


def test_detector_that_finds_nothing_is_measured():
    """No detection at all is no error of the arrays."""
    signs = LabelledSigns.of([(0, 0, 10, 30)], [0])
    result = compute_detection([signs] * 2, [DetectedSigns.of([], [])] * 2, runs=[1, 2], class_names=["stop"])

    assert result.finding.ap50.value == result.naming.map50.value == result.finding.recall.value == 0
    assert (result.finding.missed, result.finding.recall_threshold, result.threshold) == (2, None, None)
    json.dumps(result.as_dict(), allow_nan=False)


def test_scenes_without_a_sign_have_false_signs_only():
    """There is no precision and no recall then, and the file says null."""
    empty = LabelledSigns.of([], [])
    found = DetectedSigns.of([(0, 0, 10, 30)], [0.9], [0])
    result = compute_detection([empty] * 2, [found] * 2, runs=[1, 2], class_names=["stop"], threshold=0.5)

    assert result.finding.ap50 is result.finding.recall is result.naming.map50 is None
    assert (result.finding.false, result.finding.false_per_image.value) == (2, 1)
    assert (result.naming.empty_images, result.naming.false_in_empty) == (2, 2)
    json.dumps(result.as_dict(), allow_nan=False)


def test_same_seed_gives_the_same_intervals():
    """Another one gives others, and the figures stay."""
    truth, detected = random_detections(1, scenes=20, classes=CLASSES)
    runs = [scene // 4 for scene in range(20)]
    first, again, other = (
        compute_detection(truth, detected, runs=runs, resamples=50, seed=seed).as_dict() for seed in (1, 1, 2)
    )

    assert first == again != other
    assert first["finding"]["ap50"]["value"] == other["finding"]["ap50"]["value"]
    assert first["runs"] == 5


def test_intervals_of_runs_are_wider_than_those_of_single_scenes():
    """Twenty copies of five different scenes are five observations, not a hundred."""
    truth, detected = random_detections(2, scenes=5, classes=CLASSES)
    copied, found = ([one for one in scenes for _ in range(20)] for scenes in (truth, detected))
    by_run = compute_detection(copied, found, runs=[scene // 20 for scene in range(100)], resamples=200).finding
    by_scene = compute_detection(copied, found, runs=[None] * 100, resamples=200).finding

    assert by_run.ap50.value == by_scene.ap50.value
    assert by_run.ap50.high - by_run.ap50.low > 2 * (by_scene.ap50.high - by_scene.ap50.low)
