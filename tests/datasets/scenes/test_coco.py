"""COCO's layout: one JSON file names images, boxes and classes."""

import json

import pytest
from fixtures.errors import raises
from fixtures.scenes import coco_content, write_coco, write_images

from roadsigns.datasets.scenes.coco import read_coco
from roadsigns.errors import DataError
from roadsigns.types import Box

STOP = {"id": 70, "image_id": 1, "category_id": 3, "bbox": [10, 20, 30.4, 15]}


def write(folder, *annotations, **options):
    """Write two images and their JSON file."""
    write_images(folder, ["a.png", "b.png"])
    return write_coco(folder / "signs.json", coco_content(annotations=annotations, **options))


def test_classes_are_numbered_in_the_order_of_their_ids(tmp_path):
    """Ids need not begin at 0 or follow each other. Corners are rounded to whole pixels."""
    file = write(tmp_path, STOP, {"image_id": 1, "category_id": 1, "bbox": [0, 0, 5.6, 5.4], "iscrowd": 0})

    found = read_coco(file)

    assert found.classes == ("give way", "stop")
    assert [scene.path for scene in found.scenes] == [tmp_path / "a.png", tmp_path / "b.png"]
    assert [(sign.box, sign.class_id, sign.name, sign.ignored) for sign in found.scenes[0].signs] == [
        (Box(10, 20, 40, 35), 1, "stop", False),
        (Box(0, 0, 6, 5), 0, "give way", False),
    ]
    assert found.scenes[1].signs == ()
    assert (found.layout, found.source, found.problems) == ("coco", file, ())


def test_crowds_are_ignored_signs(tmp_path):
    """They are there, and neither train nor count."""
    file = write(tmp_path, STOP, {"image_id": 1, "category_id": 3, "bbox": [0, 0, 90, 50], "iscrowd": 1})

    assert [sign.ignored for sign in read_coco(file).scenes[0].signs] == [False, True]


def test_box_without_a_category_is_a_place_alone(tmp_path):
    """Files of one class may have none."""
    file = write(tmp_path, {"image_id": 2, "bbox": [1, 2, 3, 4]}, categories=())

    found = read_coco(file)

    assert found.classes == ()
    assert [(sign.class_id, sign.name) for sign in found.scenes[1].signs] == [(None, "")]


@pytest.mark.parametrize(
    ("file", "images", "name"),
    [
        ("train/_annotations.coco.json", "train", "a.png"),
        ("annotations.json", "images", "a.png"),
        ("labels.json", "data", "a.png"),
        ("annotations/instances_train2017.json", "train2017", "a.png"),
        ("annotations/instances_default.json", "images/default", "a.png"),
        ("annotations/instances.json", "images", "a.png"),
        ("annotations/instances.json", "images", "images\\a.png"),
        ("signs.json", "night/north", "night/north/a.png"),
        ("signs.json", "images", "C:\\photos\\a.png"),
        ("signs.json", ".", "/home/somebody/a.png"),
    ],
)
def test_images_are_found_where_tools_put_them(tmp_path, file, images, name):
    """At their whole path, or by their name alone."""
    write_images(tmp_path / images, ["a.png"])

    found = read_coco(write_coco(tmp_path / file, coco_content([name], [STOP])))

    assert [scene.path for scene in found.scenes] == [tmp_path / images / "a.png"]


def test_annotations_without_an_image_are_told(tmp_path):
    """Of several images; if none is there, that is an error."""
    write_images(tmp_path, ["a.png"])
    file = write_coco(tmp_path / "signs.json", coco_content(annotations=[STOP]))

    found = read_coco(file)
    assert [(problem.kind, problem.message) for problem in found.problems] == [("no-image", "b.png")]
    (tmp_path / "a.png").unlink()
    with raises(DataError, problem="None of its 2 images is there, such as a.png", hint="images", subject="signs.json"):
        read_coco(file)


def test_boxes_are_cut_left_out_and_kept_once(tmp_path):
    """Each is told with the id of its annotation, or its place in the list."""
    boxes = [[90, 10, 20, 20], [5, 5, 0, 9], [1, 1, 8, 8], [1, 1, 8, 8]]
    annotations = [{"id": 7 + n, "image_id": 1, "category_id": 1, "bbox": box} for n, box in enumerate(boxes)]
    del annotations[1]["id"]

    found = read_coco(write(tmp_path, *annotations))

    assert found.scenes[0].boxes == (Box(90, 10, 100, 30), Box(1, 1, 9, 9))
    assert [(problem.kind, problem.place.partition(", ")[2]) for problem in found.problems] == [
        ("box-cut", "annotation 7"),
        ("empty-box", "annotations[1]"),
        ("box-twice", "annotation 10"),
    ]


@pytest.mark.parametrize(
    ("change", "problem", "subject"),
    [
        ({"bbox": [500, 500, 5, 5]}, "outside the image", "annotation 70"),
        ({"bbox": [50, 20, -5, 5]}, "ends before it begins", "annotation 70"),
        ({"image_id": 9}, "no image with the id 9", "annotation 70"),
        ({"category_id": 2}, "no category with the id 2", "annotation 70"),
        ({"bbox": [1, 2, 3]}, "annotations.0.bbox", "signs.json"),
        ({"bbox": [1, 2, 3, "wide"]}, "annotations.0.bbox.3 is wide", "signs.json"),
        ({"bbox": [1, 2, 3, float("nan")]}, "annotations.0.bbox.3", "signs.json"),
        ({"iscrowd": 5}, "annotations.0.iscrowd", "signs.json"),
    ],
)
def test_annotation_that_makes_no_sense_is_refused_by_its_id(tmp_path, change, problem, subject):
    """Or by its place, where the file has another form."""
    file = write(tmp_path, {**STOP, **change})

    with raises(DataError, problem=problem, subject=subject):
        read_coco(file)


def test_annotations_without_boxes_are_refused(tmp_path):
    """Such as captions."""
    file = write(tmp_path, {"id": 1, "image_id": 1, "caption": "a street"})

    with raises(DataError, problem="annotations.0.bbox is missing", expected="a bbox each", subject="signs.json"):
        read_coco(file)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "not whole JSON"),
        ('{"images": [', "not whole JSON"),
        ("[]", "is []"),
        ("{}", "images is missing"),
        ('{"images": [], "annotations": []}', "names no images"),
    ],
)
def test_file_of_another_form_is_refused(tmp_path, content, problem):
    (tmp_path / "signs.json").write_text(content)

    with raises(DataError, problem=problem, subject="signs.json"):
        read_coco(tmp_path / "signs.json")


def test_images_of_another_size_than_the_file_says_are_refused(tmp_path):
    """Boxes would lie in the wrong places. The right size is fine, and so is none."""
    file = write(tmp_path, STOP)
    content = json.loads(file.read_text())
    content["images"][0] |= {"width": 100, "height": 60}
    assert read_coco(write_coco(file, content)).scenes[0].signs

    content["images"][0]["width"] = 200
    with raises(DataError, problem="has 100x60 pixels, and signs.json says 200x60", subject="a.png"):
        read_coco(write_coco(file, content))


def test_ids_and_images_that_stand_twice_are_refused(tmp_path):
    """As merging two files leaves them."""
    content = coco_content(annotations=[STOP])
    write_images(tmp_path, ["a.png", "b.png"])
    file = tmp_path / "signs.json"

    with raises(DataError, problem="Two images have the id 1"):
        read_coco(
            write_coco(file, {**content, "images": [{"id": 1, "file_name": name} for name in ("a.png", "b.png")]})
        )
    with raises(DataError, problem="Two categories have the id 3"):
        read_coco(write_coco(file, {**content, "categories": [{"id": 3, "name": "stop"}, {"id": 3, "name": "yield"}]}))
    with raises(DataError, problem="Two images are", subject="signs.json"):
        read_coco(write_coco(file, coco_content(["a.png", "a.png"])))


def test_unreadable_image_is_left_out_and_told(tmp_path):
    file = write(tmp_path, STOP)
    (tmp_path / "a.png").write_bytes(b"broken")

    found = read_coco(file)

    assert [scene.path.name for scene in found.scenes] == ["b.png"]
    assert [problem.kind for problem in found.problems] == ["unreadable-image"]
