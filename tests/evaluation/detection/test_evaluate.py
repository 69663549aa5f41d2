"""A detector evaluated on files: which scenes count, what is named, and what is refused."""

import dataclasses
import shutil

import pytest
from fixtures.detectors import RED_BOX, red_network
from fixtures.errors import raises
from PIL import Image

from roadsigns.datasets.fingerprint import fingerprint_of_scene, fingerprint_of_scenes
from roadsigns.datasets.scenes import read_scene_set, split_scenes
from roadsigns.errors import DataError, DataLeakageError
from roadsigns.evaluation.detection.evaluate import FLATTERED, evaluate_detector
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.onnx_file import attach_metadata

PLACE = (304, 304)
# Has no kind of unknown, and so takes no box for no sign.
ALL = "tutorial-augmented"
SCENES = 12


def found_box(place):
    """What the red detector finds around a square, as inclusive corners."""
    x, y = (corner + 4 for corner in place)
    half = RED_BOX // 2
    return x - half, y - half, x + half - 1, y + half - 1


@pytest.fixture(scope="module")
def scenes(tmp_path_factory, grey_picture):
    """Twelve scenes with a red square each, the first of which is labelled in all but the last two."""
    folder = tmp_path_factory.mktemp("data") / "scenes"
    folder.mkdir()
    lines = []
    for number in range(SCENES):
        Image.fromarray(grey_picture(PLACE)).save(folder / f"{number:05d}.png")
        if number < SCENES - 2:
            lines.append(f"{number:05d}.png;{';'.join(map(str, found_box(PLACE)))};17\n")
    (folder / "gt.txt").write_text("".join(lines))
    return folder


@pytest.fixture
def trained_on(tmp_path, scenes):
    """Write the red detector as one that was trained on those scenes, with a fold held out or none."""

    def write(held_out=1, folds=2):
        found = read_scene_set(scenes)
        train = split_scenes(found.scenes, 2)[0].train if held_out else found.scenes
        metadata = DetectorMetadata(
            *("red", "detector", "drawn"),
            scenes=5,
            epoch=1,
            min_score=0.5,
            split="a fold was held out",
            folds=folds if held_out else None,
            held_out=held_out,
            data_sha256=fingerprint_of_scenes(found),
            trained_on=tuple(map(fingerprint_of_scene, train)),
        )
        path = tmp_path / "detector.onnx"
        path.write_bytes(attach_metadata(red_network(), metadata))
        return path

    return write


def test_other_scenes_are_all_evaluated(red_detector, scenes):
    """Every labelled sign is found, and what is found without a label is false."""
    evaluation = evaluate_detector(red_detector, scenes, recognizer=ALL)

    assert evaluation.label == "all 12 scenes; to judge by the labels, it was trained on none of them"
    assert len(evaluation.scenes) == evaluation.metrics.images == SCENES
    assert len(evaluation.truth) == len(evaluation.detected) == len(evaluation.found) == SCENES
    assert evaluation.metrics.threshold == 0.5
    assert (evaluation.metrics.finding.signs, evaluation.metrics.finding.missed) == (SCENES - 2, 0)
    assert evaluation.metrics.finding.false == 2
    assert evaluation.metrics.naming.empty_images == 2
    assert evaluation.notes == (FLATTERED,)
    assert evaluation.described()["recognizer"] == ALL


def test_what_was_held_out_is_evaluated_of_scenes_that_trained(trained_on, scenes):
    evaluation = evaluate_detector(trained_on(), scenes, recognizer=ALL)

    held_out = split_scenes(read_scene_set(scenes).scenes, 2)[0].validation
    assert evaluation.scenes == tuple(scene.path for scene in held_out)
    assert evaluation.label == "a fold was held out"


def test_scenes_that_trained_are_refused_or_marked(trained_on, scenes):
    detector = trained_on()

    with pytest.raises(DataLeakageError, match="of these 12 scenes"):
        evaluate_detector(detector, scenes, recognizer=ALL, split="all")
    evaluation = evaluate_detector(detector, scenes, recognizer=ALL, split="all", allow_seen=True)

    assert evaluation.label == "LEAKY all 12 scenes: it was trained on some of them"


def test_a_detector_that_held_nothing_out_has_nothing_to_be_judged_on(trained_on, scenes):
    with raises(DataLeakageError, problem="The detector was trained on all 12 scenes."):
        evaluate_detector(trained_on(held_out=None), scenes, recognizer=ALL)


def test_scenes_that_trained_are_left_out_of_a_longer_copy(trained_on, scenes, tmp_path):
    """Such as the official GTSDB, which goes on where its training half ends."""
    folder = tmp_path / "longer"
    shutil.copytree(scenes, folder)
    shutil.copy(scenes / "00000.png", folder / "00900.png")

    evaluation = evaluate_detector(trained_on(held_out=None), folder, recognizer=ALL)

    assert [path.name for path in evaluation.scenes] == ["00900.png"]
    assert evaluation.label == "the 1 of 13 scenes that it was not trained on"


def test_other_scenes_have_no_held_out_part(red_detector, scenes):
    with raises(DataError, hint="Leave out --split: all of them are then evaluated."):
        evaluate_detector(red_detector, scenes, recognizer=ALL, split="validation")


def test_a_scene_that_does_not_decode_is_left_out_and_told(red_detector, scenes, tmp_path):
    folder = tmp_path / "copy"
    folder.mkdir()
    for path in scenes.iterdir():
        content = path.read_bytes()
        (folder / path.name).write_bytes(content[: len(content) // 2] if path.name == "00003.png" else content)

    with pytest.warns(UserWarning, match=r"00003\.png"):
        evaluation = evaluate_detector(red_detector, folder, recognizer=ALL)

    assert evaluation.metrics.images == SCENES - 1
    assert [path.name for path in evaluation.undecodable] == ["00003.png"]


def test_classes_that_the_recogniser_does_not_know_are_told(red_detector, scenes, tmp_path):
    """Their signs are still to be found."""
    folder = tmp_path / "yolo"
    (folder / "labels").mkdir(parents=True)
    (folder / "images").mkdir()
    (folder / "classes.txt").write_text("llama crossing\n")
    Image.open(scenes / "00000.png").save(folder / "images" / "a.png")
    x1, y1, x2, y2 = found_box(PLACE)
    middle = ((x1 + x2 + 1) / 2 / 1360, (y1 + y2 + 1) / 2 / 800, RED_BOX / 1360, RED_BOX / 800)
    (folder / "labels" / "a.txt").write_text(f"0 {' '.join(map(str, middle))}\n")

    with pytest.warns(UserWarning, match="Boxes labelled `llama crossing` are of none of the recogniser's classes"):
        evaluation = evaluate_detector(red_detector, folder, recognizer=ALL)

    assert evaluation.unknown_classes == ("llama crossing",)
    assert evaluation.metrics.finding.missed == 0
    assert evaluation.notes == ()


def test_evaluations_are_plain_values(red_detector, scenes):
    """For JSON."""
    evaluation = evaluate_detector(red_detector, scenes, recognizer=ALL)

    assert set(evaluation.described()) <= {field.name for field in dataclasses.fields(evaluation)} | {"split"}
