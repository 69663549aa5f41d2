"""Labels in COCO's JSON, and that they are read again."""

import io
import json

import pytest
from fixtures.stand_in_detector import detected_sign, signs_in, write_picture

from roadsigns.bulk.detection.coco import CocoWriter
from roadsigns.bulk.entries import Entry
from roadsigns.bulk.stream import Result
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.scenes.read import read_scene_set
from roadsigns.detection.detected import DetectedImage
from roadsigns.errors import ImageError
from roadsigns.types import SignClass


def written(results, folder, classes=GTSRB_CLASSES):
    """The text of a file in that folder."""
    file = io.StringIO()
    writer = CocoWriter(file, classes, folder=folder)
    for result in results:
        writer.write(result)
    writer.close()
    return file.getvalue()


def found(path, count):
    """A picture with so many signs."""
    return Result(Entry(str(path), path, local=path.name), DetectedImage(200, 100, signs_in(count)))


def test_file_is_read_again_with_all_boxes_and_classes(tmp_path):
    """Unknown signs are a class of their own; pictures without signs are there."""
    one, none = write_picture(tmp_path / "photos/1.png", 3), write_picture(tmp_path / "photos/2.png", 0)
    (tmp_path / "labels").mkdir()
    file = tmp_path / "labels" / "signs.json"
    file.write_text(written([found(one, 3), found(none, 0)], file.parent))

    scenes = read_scene_set(file)

    assert scenes.classes == (*(sign.name for sign in GTSRB_CLASSES), "unknown")
    assert [scene.path.resolve() for scene in scenes.scenes] == [one, none]
    signs = scenes.scenes[0].signs
    assert [sign.class_id for sign in signs] == [0, 1, 43]
    assert signs[0].box == (10, 20, 40, 52)
    assert signs[2].name == "unknown"
    assert scenes.scenes[1].signs == ()
    assert scenes.problems == ()


def test_annotations_have_ids_of_their_own_and_what_coco_wants(tmp_path):
    """Numbered from 1, for COCO's own tool takes 0 for no match."""
    content = json.loads(written([found(tmp_path / "1.png", 2), found(tmp_path / "2.png", 2)], tmp_path))

    assert [one["id"] for one in content["annotations"]] == [1, 2, 3, 4]
    assert [one["image_id"] for one in content["annotations"]] == [1, 1, 2, 2]
    assert content["images"][1] == {"id": 2, "file_name": "2.png", "width": 200, "height": 100}
    first = content["annotations"][0]
    assert (first["bbox"], first["area"], first["iscrowd"]) == ([10, 20, 30.5, 32], 976.0, 0)
    assert (first["score"], first["decision"]) == (0.9, "known")


def test_names_lead_from_the_file_to_the_pictures(tmp_path):
    """Also where these lie elsewhere."""
    content = json.loads(written([found(tmp_path / "photos" / "1.png", 0)], tmp_path / "labels"))

    assert content["images"][0]["file_name"] == "../photos/1.png"


def test_picture_that_cannot_be_read_is_not_in_there(tmp_path):
    """A label file says nothing of it; the command does."""
    content = json.loads(written([Result(Entry("a.png", b""), ImageError("no image"))], tmp_path))

    assert content["images"] == []


def test_picture_that_comes_twice_is_there_once(tmp_path):
    """Such a file would be refused."""
    with pytest.warns(UserWarning, match="1 picture came again and is not in the file twice"):
        content = json.loads(written([found(tmp_path / "1.png", 1)] * 2, tmp_path))

    assert (len(content["images"]), len(content["annotations"])) == (1, 1)


def test_class_called_unknown_is_not_that_of_unknown_signs(tmp_path):
    """It has another name."""
    classes = (SignClass(0, "unknown"), SignClass(1, "stop"))
    signs = (detected_sign(0), detected_sign(0, "unknown"))
    result = Result(Entry("a.png", b""), DetectedImage(200, 100, signs))

    content = json.loads(written([result], tmp_path, classes))

    assert [one["name"] for one in content["categories"]] == ["unknown", "stop", "unknown sign"]
    assert [one["category_id"] for one in content["annotations"]] == [0, 2]
