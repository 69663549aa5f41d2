"""The service with a real network."""

from dataclasses import replace

import httpx
import numpy as np
import pytest

from roadsigns.datasets.reader import read_test
from roadsigns.detection.detector import Detector
from roadsigns.inference.recognizer import Recognizer
from roadsigns.preprocessing.decode import read_image
from roadsigns.serving.worker import Worker


def test_service_predicts_as_the_recognizer_does(running, drawn_folder):
    """The same classes and probabilities, with and without boxes, however the images are batched.

    Signs, not noise: what noise would be, if it were a sign, is a ratio of two rounding errors.
    """
    samples = read_test(drawn_folder).samples[:40]
    images = [read_image(sample.path) for sample in samples]
    boxes = [sample.box if number % 2 else None for number, sample in enumerate(samples)]
    recognizer = Recognizer.load()
    expected = recognizer.predict(images, boxes=boxes, top_k=3)

    with running(recognizer) as service:
        files = [("image", (str(number), ppm(image))) for number, image in enumerate(images)]
        data = {"box": [",".join(map(str, box)) if box else "" for box in boxes]}
        answer = httpx.post(f"{service.url}/v1/predict?top_k=3", files=files, data=data, timeout=60)

    read = answer.json()["predictions"]
    assert [entry["file"] for entry in read] == [str(number) for number in range(len(images))]
    for entry, prediction in zip(read, expected, strict=True):
        assert [top["class_id"] for top in entry["top_k"]] == [top.class_id for top in prediction.top_k]
        assert abs(entry["probability"] - prediction.probability) < 1e-5


def test_service_detects_as_the_detector_does(running, red_detector, grey_picture):
    """The same boxes, scores, classes and probabilities."""
    detector = Detector.load(red_detector, recognizer="tutorial-augmented", engine="onnxruntime", threads=1)
    picture = grey_picture((800, 400), (104, 64))
    expected = detector.detect(picture, top_k=3)

    with running(detector.recognizer, detector=detector) as service:
        headers = {"Content-Type": "image/x-portable-pixmap"}
        answer = httpx.post(f"{service.url}/v1/detect?top_k=3", content=ppm(picture), headers=headers, timeout=60)

    found = answer.json()
    assert (found["width"], found["height"]) == (1360, 800)
    assert len(found["signs"]) == len(expected) == 2
    for sign, wanted in zip(found["signs"], expected, strict=True):
        values = wanted.as_dict()
        assert {name: sign[name] for name in ("box", "score", "decision", "candidates")} == {
            name: values[name] for name in ("box", "score", "decision", "candidates")
        }
        assert [top["class_id"] for top in sign["top_k"]] == [top.class_id for top in wanted.prediction.top_k]


@pytest.mark.parametrize("class_id", [-1, 43])
def test_prediction_of_no_class_has_no_fields_of_another(running, monkeypatch, class_id):
    """Python counts -1 from the end."""
    recognizer = Recognizer.load()
    (found,) = recognizer.predict([np.zeros((30, 30, 3), np.uint8)])
    monkeypatch.setattr(Worker, "recognize", lambda worker, uploads: [replace(found, class_id=class_id, name="none")])

    with running(recognizer) as service:
        files = [("image", ("0", ppm(np.zeros((30, 30, 3), np.uint8))))]
        answer = httpx.post(f"{service.url}/v1/predict", files=files, timeout=60)

    (entry,) = answer.json()["predictions"]
    assert (entry["class_id"], entry["name"], entry["name_de"], entry["sign_number"], entry["drawing"]) == (
        *(class_id, "none", "", ""),
        None,
    )


def ppm(image):
    """The bytes of a PPM."""
    return b"P6 %d %d 255\n" % (image.shape[1], image.shape[0]) + image.tobytes()
