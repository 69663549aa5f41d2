"""Labels in YOLO's text files, and that they are read again."""

import pytest
from fixtures.errors import raises
from fixtures.stand_in_detector import signs_in, write_picture

from roadsigns.bulk.detection.yolo import write_yolo
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.scenes.read import read_scene_set
from roadsigns.detection.detected import DetectedImage
from roadsigns.errors import ImageError, OutputError


def found(path, count, local=""):
    """A picture with so many signs."""
    return Result(Entry(str(path), path, local=local or path.name), DetectedImage(200, 100, signs_in(count)))


def test_folder_beside_the_pictures_is_read_again(tmp_path):
    """With all boxes and classes, those of unknown signs too, and pictures without signs."""
    images, labels = tmp_path / "images", tmp_path / "labels"
    one, none = write_picture(images / "more/1.png", 3), write_picture(images / "2.png", 0)

    written = write_yolo([found(one, 3, "more/1.png"), found(none, 0)], labels, GTSRB_CLASSES)

    assert written == (2, 3, [])
    scenes = read_scene_set(tmp_path)
    assert scenes.classes == (*(sign.name for sign in GTSRB_CLASSES), "unknown")
    assert [scene.path for scene in scenes.scenes] == [none, one]
    signs = scenes.scenes[1].signs
    assert [sign.class_id for sign in signs] == [0, 1, 43]
    assert signs[0].box == (10, 20, 40, 52)
    assert (labels / "2.txt").read_text() == ""
    assert scenes.problems == ()


def test_picture_that_cannot_be_read_has_no_file(tmp_path):
    """An empty one would say that it shows no sign."""
    written = write_yolo([Result(Entry("a.png", b""), ImageError("no"))], tmp_path / "labels", GTSRB_CLASSES)

    assert written == (0, 0, [])
    assert [path.name for path in (tmp_path / "labels").iterdir()] == ["classes.txt"]


def test_two_pictures_never_share_a_file(tmp_path):
    """The second is left out and told; the same one again is no matter."""
    results = [
        found(tmp_path / "a/1.png", 1),
        found(tmp_path / "a/1.png", 1),
        found(tmp_path / "b/1.png", 2),
        found(tmp_path / "classes.png", 1),
    ]

    images, signs, (other, classes) = write_yolo(results, tmp_path / "labels", GTSRB_CLASSES)

    assert (images, signs) == (1, 1)
    assert other.subject == str(tmp_path / "b/1.png")
    assert str(tmp_path / "a/1.png") in other.problem
    assert "the names of the classes" in classes.problem
    assert len((tmp_path / "labels/1.txt").read_text().splitlines()) == 1


@pytest.mark.parametrize("local", ["../../outside.png", "/outside.png"])
def test_name_that_leads_out_of_the_folder_does_not(tmp_path, local):
    """A list may name pictures anywhere."""
    write_yolo([found(tmp_path / "outside.png", 1, local)], tmp_path / "labels", GTSRB_CLASSES)

    assert (tmp_path / "labels" / "outside.txt").is_file()


def test_ctrl_c_leaves_what_was_written(tmp_path):
    """And says so."""

    def interrupted():
        yield found(tmp_path / "1.png", 1)
        raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="of 1 picture"), pytest.raises(KeyboardInterrupt):
        write_yolo(interrupted(), tmp_path / "labels", GTSRB_CLASSES)

    assert (tmp_path / "labels" / "1.txt").is_file()


def test_folder_that_cannot_be_written_is_reported(tmp_path):
    """In a sentence."""
    (tmp_path / "file").touch()

    with raises(OutputError, problem="Cannot be written"):
        write_yolo([], tmp_path / "file" / "labels", GTSRB_CLASSES)
