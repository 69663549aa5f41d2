"""Street scenes: boxes beside what detector and recogniser say. A stand-in finds and reads, by a table."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from fixtures.scenes import coco_content, write_coco, write_gtsdb, write_images
from fixtures.sign_folders import write_classes

from roadsigns.audit import scenes as module
from roadsigns.audit.audit import summary
from roadsigns.audit.scenes import are_scenes, audit_scenes
from roadsigns.datasets.fingerprint import fingerprint_of_scene
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.scenes import read_scene_set
from roadsigns.inference.prediction import ClassProbability, Prediction

STOP, YIELD = 14, 13


def reading(class_id, probability=0.99, decision="known", kind=None):
    """What the recogniser says of one box."""
    top = (ClassProbability(class_id, GTSRB_CLASSES[class_id].name, probability),)
    return Prediction(class_id, top[0].name, probability, top, decision, 0.9 if kind is None else 0.05, kind)


NO_SIGN = reading(STOP, decision="unknown", kind="no sign")


@dataclasses.dataclass
class StandIn:
    """Finds boxes with scores, the same in every scene, and reads each box as the table says."""

    found: list
    readings: dict
    trained_on: tuple = ()

    @property
    def metadata(self):
        return SimpleNamespace(trained_on=self.trained_on, min_score=0.5)

    @property
    def recognizer(self):
        return SimpleNamespace(classes=GTSRB_CLASSES, predict=self.predict)

    def predict(self, images, *, boxes, top_k):
        assert len(images) == len(boxes)
        return [self.readings[tuple(box)] for box in boxes]

    def find(self, image):
        boxes = [box for box, _ in self.found]
        return np.array(boxes, np.float32).reshape(-1, 4), np.array([score for _, score in self.found], np.float32)


@pytest.fixture
def audit(tmp_path, monkeypatch):
    """Audit one scene with these lines of labels by such a stand-in."""

    def run(lines, found, readings, **options):
        data = write_gtsdb(tmp_path / "scenes", lines, ("00000.png",))
        stand_in = StandIn(found, readings, **options)
        monkeypatch.setattr(module.Detector, "load", lambda *_, **__: stand_in)
        return audit_scenes(data)

    return run


def test_labels_that_the_networks_confirm_are_not_suspected(audit):
    """Found in the same place, and read as labelled."""
    result = audit(
        [f"00000.png;10;10;40;40;{STOP}"],
        [((12, 11, 41, 42), 0.9)],
        {(10, 10, 41, 41): reading(STOP), (12, 11, 41, 42): reading(STOP)},
    )

    assert result.suspects == ()
    assert (result.images, result.predicted, result.accuracy) == (1, 1, 1.0)
    assert result.predictions == "detector and best"


def test_box_without_a_sign_is_suspected(audit):
    """If neither network sees one. One of them is no reason."""
    box = (10, 10, 41, 41)
    lines = [f"00000.png;10;10;40;40;{STOP}"]

    (suspect,) = audit(lines, [], {box: NO_SIGN}).suspects

    assert (suspect.rule, suspect.paths, suspect.box, suspect.class_id) == ("RS205", ("00000.png",), box, STOP)
    assert audit(lines, [], {box: reading(STOP)}).suspects == ()
    assert audit(lines, [(box, 0.2)], {box: NO_SIGN}).suspects == ()


def test_sign_without_a_box_is_suspected(audit):
    """If the detector finds it and the recogniser knows it; what is to be ignored has its box."""
    box = (50, 10, 80, 40)
    readings = {(10, 10, 41, 41): reading(STOP), box: reading(YIELD)}
    lines = [f"00000.png;10;10;40;40;{STOP}"]

    (suspect,) = audit(lines, [((10, 10, 41, 41), 0.9), (box, 0.8)], readings).suspects

    assert (suspect.rule, suspect.box, suspect.class_id, suspect.suggested) == ("RS206", box, None, YIELD)
    assert "'give way' is found, score 0.80, and read with 99.00 %" in suspect.reason
    assert audit(lines, [(box, 0.3)], readings).suspects == ()
    unknown = readings | {box: reading(YIELD, decision="unknown", kind="danger")}
    assert audit(lines, [(box, 0.9)], unknown).suspects == ()


def test_wrong_class_is_suspected_where_the_recogniser_is_sure(audit):
    """Not where it is uncertain."""
    box = (10, 10, 41, 41)
    lines = [f"00000.png;10;10;40;40;{STOP}"]

    (suspect,) = audit(lines, [(box, 0.9)], {box: reading(YIELD)}).suspects

    assert (suspect.rule, suspect.class_id, suspect.suggested) == ("RS404", STOP, YIELD)
    assert suspect.reason == "Labelled 'stop' and read as 'give way' with 99.00 %."
    for unsure in (reading(YIELD, 0.7), reading(YIELD, decision="uncertain")):
        assert audit(lines, [(box, 0.9)], {box: unsure}).suspects == ()


def test_classes_that_the_recogniser_does_not_know_are_not_judged(tmp_path, monkeypatch):
    """A class of people's own is read as some class of GTSRB's, which says nothing."""
    annotation = {"id": 1, "image_id": 1, "category_id": 3, "bbox": [10, 10, 31, 31], "area": 961, "iscrowd": 0}
    write_images(tmp_path, ["a.png", "b.png"])
    write_coco(tmp_path / "labels.json", coco_content(annotations=[annotation], categories=[(3, "tram")]))
    stand_in = StandIn([], {(10, 10, 41, 41): reading(YIELD)})
    monkeypatch.setattr(module.Detector, "load", lambda *_, **__: stand_in)

    result = audit_scenes(tmp_path)

    assert result.suspects == ()
    assert (result.predicted, result.accuracy, result.as_dict()["accuracy"]) == (0, None, None)
    assert summary(result) == "Predictions: detector and best; none of the labels could be judged by its class."


def test_detector_that_was_trained_on_the_scenes_is_told(audit, tmp_path):
    """It has learned from the labels that it is to judge."""
    data = write_gtsdb(tmp_path / "scenes", [f"00000.png;10;10;40;40;{STOP}"], ("00000.png",))
    seen = tuple(map(fingerprint_of_scene, read_scene_set(data).scenes))

    result = audit([f"00000.png;10;10;40;40;{STOP}"], [], {(10, 10, 41, 41): reading(STOP)}, trained_on=seen)

    assert result.notes[0].startswith("The detector detector was trained on 1 of these 1 scene")
    assert "29 %" in result.notes[1]


def test_scenes_are_told_from_images_of_single_signs(tmp_path, drawn_folder):
    """GTSDB's and COCO's layouts, a folder around them; class folders are none."""
    scenes = write_gtsdb(tmp_path / "around" / "scenes", [f"00000.png;10;10;40;40;{STOP}"])
    write_images(tmp_path / "coco", ["a.png"])
    file = write_coco(tmp_path / "coco" / "labels.json", coco_content(("a.png",)))

    assert all(map(are_scenes, (scenes, scenes.parent, scenes / "gt.txt", tmp_path / "coco", file)))
    assert not any(
        map(are_scenes, (drawn_folder, write_classes(tmp_path / "own", {"a": 2, "b": 2}), tmp_path / "gone"))
    )
