"""A detector in use: pictures in, signs out."""

import io
import os
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest
from fixtures.detectors import RED
from fixtures.errors import raises
from PIL import Image

import roadsigns
from roadsigns.detection.detector import DEFAULT_SCORE, Detector
from roadsigns.errors import DataError, ImageError, ModelError
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.onnx_file import attach_metadata

PLACES = (800, 400), (104, 64)


@pytest.fixture(scope="module", params=["onnxruntime", "openvino"])
def detector(request, red_detector):
    """The red one, reading with a model that leaves nothing out, in each engine."""
    pytest.importorskip(request.param)
    return Detector.load(red_detector, recognizer="tutorial-augmented", engine=request.param, threads=2)


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load("tutorial-augmented", engine="onnxruntime", threads=1)


@pytest.fixture(scope="module")
def plain(red_detector, recognizer):
    """The red one in one engine."""
    return Detector.load(red_detector, recognizer=recognizer, engine="onnxruntime", threads=2)


def around(place):
    """The box that is found for a square."""
    x, y = place
    return (x - 20, y - 20, x + 28, y + 28), 8


def test_what_is_printed_of_a_detector_is_one_line(plain):
    """Not the fingerprints of all that it was trained on."""
    assert repr(plain).startswith("Detector(detector='")
    assert "engine='onnxruntime', min_score=" in repr(plain)
    assert "recognizer=Recognizer(model='" in repr(plain)
    assert "classes=43, engine='onnxruntime')" in repr(plain)
    assert len(repr(plain)) < 250


def test_every_sign_is_found_once_and_read(detector, grey_picture):
    """The recogniser is given its box in whole pixels."""
    picture = grey_picture(*PLACES)

    signs = detector.detect(picture, top_k=3)

    assert len(signs) == 2
    for sign, place in zip(sorted(signs, key=lambda sign: -sign.box.x1), PLACES, strict=True):
        expected, tolerance = around(place)
        np.testing.assert_allclose(sign.box, expected, atol=tolerance)
        box = tuple(round(corner) for corner in sign.box)
        assert sign.prediction.class_id == detector.recognizer.predict_one(picture, box=box).class_id
        assert len(sign.prediction.top_k) == 3
        assert 0.9 < sign.score < 1
        assert all(type(corner) is float for corner in sign.box)


def test_what_the_recogniser_takes_for_no_sign_is_left_out(red_detector):
    """Nothing but red is none, wherever a box is."""
    picture = np.full((96, 128, 3), RED, np.uint8)
    detector = Detector.load(red_detector, recognizer="best", engine="onnxruntime", threads=1)

    count = len(detector.find(picture)[0])
    assert count >= 2
    assert detector.detect(picture) == ()
    (found,) = detector.detect_each([picture])
    assert [sign.prediction.unknown_kind for sign in found.left_out] == ["no sign"] * count
    assert found.as_dict()["signs"] == []


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (3000, 1), (4, 4), (64, 31), (1360, 800)])
def test_picture_without_a_sign_has_none(detector, size):
    """Also one of a single pixel."""
    width, height = size

    assert detector.detect(np.full((height, width, 3), 90, np.uint8)) == ()


def test_large_picture_is_seen_in_tiles(plain, grey_picture):
    """Each sign once, also where tiles meet."""
    places = [(16 + 40 * step, 8 + 24 * step) for step in range(70)]

    boxes, scores = plain.find(grey_picture(*places, width=2900, height=2000))

    assert len(boxes) == len(scores) == len(places)
    middles = np.array(sorted(map(tuple, (boxes[:, :2] + boxes[:, 2:]) / 2)))
    np.testing.assert_allclose(middles, np.array(places) + 8, atol=8)


def test_picture_comes_in_any_form_and_is_turned_upright(plain, grey_picture, tmp_path):
    """As for the recogniser: grey ones, EXIF, open files."""
    picture = Image.fromarray(grey_picture((800, 400)))
    expected = plain.detect(np.asarray(picture))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = io.BytesIO()
    picture.transpose(Image.Transpose.ROTATE_90).save(turned, "png", exif=exif)
    path = tmp_path / "street.png"
    picture.save(path)

    for form in (picture, path, str(path), path.read_bytes(), turned.getvalue(), io.BytesIO(path.read_bytes())):
        assert plain.detect(form) == expected
    assert plain.detect(picture.convert("L")) == ()


def test_bad_pictures_are_errors_in_their_place(plain, grey_picture, tmp_path):
    """The others are looked at."""
    missing = tmp_path / "gone.png"
    found = list(plain.detect_each([grey_picture((800, 400)), missing, b"", grey_picture()]))

    assert [isinstance(each, ImageError) for each in found] == [False, True, True, False]
    assert (found[0].width, found[0].height, len(found[0].signs)) == (1360, 800, 1)
    assert found[1].subject == str(missing)
    assert found[2].subject == "Image 2"
    assert found[3].signs == ()
    with raises(ImageError, subject=str(missing)):
        plain.detect(missing)
    with raises(ImageError, problem="float64"):
        plain.find(np.zeros((5, 5, 3)))


def test_pictures_are_taken_as_they_are_needed(plain, grey_picture):
    """A few ahead, of any number."""
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield grey_picture()

    results = plain.detect_each(endless())
    for _ in range(3):
        next(results)
    assert taken < 8


def test_one_picture_is_not_several(plain):
    with pytest.raises(TypeError, match="Use detect"):
        plain.detect_each("street.jpg")
    with pytest.raises(ValueError, match="top_k is 0"):
        plain.detect(np.zeros((9, 9, 3), np.uint8), top_k=0)


def test_score_from_which_signs_are_reported(red_detector, recognizer, grey_picture, tmp_path):
    """As asked for, as the detector's metadata says, or a middling one."""

    def load(path=red_detector, **options):
        return Detector.load(path, recognizer=recognizer, engine="onnxruntime", **options)

    unmeasured = tmp_path / "detector.onnx"
    metadata = DetectorMetadata("red", "detector", "drawn", scenes=2, epoch=1)
    unmeasured.write_bytes(attach_metadata(red_detector.read_bytes(), metadata))

    assert load().min_score == 0.5
    assert load(min_score=0.99).detect(grey_picture(*PLACES)) == ()
    assert load(tmp_path).min_score == DEFAULT_SCORE
    for score in (0, 1, float("nan")):
        with raises(DataError, problem="'min_score'"):
            load(min_score=score)


def test_recogniser_is_no_detector_and_keras_runs_none(red_detector, recognizer):
    """Nor is a detector a recogniser."""
    with raises(ModelError, problem="is a recogniser"):
        Detector.load("tiny")
    with raises(ModelError, problem="is a detector"):
        Recognizer.load(red_detector)
    with raises(ModelError, problem="Keras does not run detectors"):
        Detector.load(red_detector, recognizer=recognizer, engine="keras")
    with raises(ModelError, problem="no engine 'fast'"):
        Detector.load(red_detector, recognizer=recognizer, engine="fast")


def test_many_threads_share_a_detector(detector, grey_picture):
    """Each gets what belongs to its picture."""
    pictures = [grey_picture(*[(80 * number, 80) for number in range(1, 1 + count)]) for count in range(6)]
    counts = [None] * 6

    def look(number):
        counts[number] = len(detector.detect(pictures[number]))

    threads = [threading.Thread(target=look, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counts == list(range(6))


def test_pickled_detector_is_loaded_again(plain, detector, grey_picture):
    """From the same files; one that was made by hand cannot be."""
    copy = pickle.loads(pickle.dumps(detector))

    assert copy.engine.name == detector.engine.name
    assert copy.min_score == detector.min_score
    assert len(copy.detect(grey_picture(*PLACES))) == 2
    with pytest.raises(TypeError, match=r"Detector\.load"):
        pickle.dumps(Detector(plain.engine, plain.metadata, plain.recognizer))


def test_public_names():
    assert roadsigns.Detector is Detector
    assert roadsigns.DetectedSign.__name__ == "DetectedSign"
    assert roadsigns.DetectedImage.__name__ == "DetectedImage"


FORKED = """
import os, sys
import numpy as np
from roadsigns import Detector

detector = Detector.load(sys.argv[1], recognizer="tutorial-augmented", engine=sys.argv[2], threads=2)
picture = np.full((800, 1360, 3), 90, np.uint8)
picture[400:416, 800:816] = 255, 0, 0
print(len(detector.detect(picture)), flush=True)
if os.fork() == 0:
    print(len(detector.detect(picture)), flush=True)
    print(sum(len(each.signs) for each in detector.detect_each([picture] * 3)), flush=True)
    sys.exit(0)
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_copy_of_a_process_finds_signs(red_detector, engine):
    """With the detector that it inherited; and it ends."""
    pytest.importorskip(engine)
    command = [sys.executable, "-W", "ignore", "-c", FORKED, str(red_detector), engine]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert ended.stdout.split() == ["1", "1", "3", "0"]
