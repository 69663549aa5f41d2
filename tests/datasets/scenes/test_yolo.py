"""YOLO's layout: a text file for each image, boxes as fractions of it."""

import pytest
from fixtures.errors import raises
from fixtures.scenes import write_images, write_yolo
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from roadsigns.datasets.scenes.yolo import YoloFolders, _parse, read_yolo
from roadsigns.errors import DataError
from roadsigns.types import Box


@pytest.fixture
def folders(tmp_path):
    return YoloFolders(tmp_path / "images", tmp_path / "labels", tmp_path)


def write(folders, texts, **options):
    write_yolo(folders.images, folders.labels, texts, **options)


def test_boxes_are_pixels_of_their_image(folders):
    """An image without a file, or with an empty one, has no signs."""
    write(folders, {"a": ["1 0.5 0.5 0.2 0.5", "", "0 0.05 0.1 0.1 0.2"], "b": []}, names=["a.png", "b.png", "c.jpg"])

    found = read_yolo(folders)

    assert [scene.path.name for scene in found.scenes] == ["a.png", "b.png", "c.jpg"]
    assert [scene.boxes for scene in found.scenes] == [(Box(40, 15, 60, 45), Box(0, 0, 10, 12)), (), ()]
    assert [sign.class_id for sign in found.scenes[0].signs] == [1, 0]
    assert (found.classes, found.layout, found.source, found.problems) == (("0", "1"), "yolo", folders.images, ())


def test_boxes_count_on_the_image_as_people_see_it(folders):
    """A photograph that its camera marked as turned has width and height swapped."""
    folders.images.mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (100, 60)).save(folders.images / "a.jpg", exif=exif)
    write(folders, {"a": ["0 0.5 0.5 1 1"]}, names=[])

    assert read_yolo(folders).scenes[0].boxes == (Box(0, 0, 60, 100),)


@given(st.integers(1, 2000), st.integers(1, 2000), st.data())
def test_whole_pixels_survive_being_written_as_fractions(width, height, data):
    """With six digits, as tools write them."""
    x1, x2 = sorted(data.draw(st.lists(st.integers(0, width), min_size=2, max_size=2, unique=True)))
    y1, y2 = sorted(data.draw(st.lists(st.integers(0, height), min_size=2, max_size=2, unique=True)))
    numbers = ((x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height)

    fields = ["7", *(f"{number:.6f}" for number in numbers)]

    assert _parse(fields, (width, height), "a.txt, line 1") == (7, Box(x1, y1, x2, y2))


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("0 0.5 0.5 0.2", "Correct the line"),
        ("0 0.5 0.5 0.2 0.2 0.93", "Outlines and scores"),
        ("0 0.1 0.1 0.2 0.1 0.2 0.2", "Outlines and scores"),
        ("stop 0.5 0.5 0.2 0.2", "Correct the line"),
        ("0 0.5 0.5 0.2 wide", "Correct the line"),
        ("0 640 320 20 20", "Divide pixels"),
        ("-1 0.5 0.5 0.2 0.2", ""),
        ("0 -0.1 0.5 0.2 0.2", ""),
        ("0 0.5 0.5 -0.2 0.2", ""),
        ("0 nan 0.5 0.2 0.2", ""),
        ("0 0.5 0.5 inf 0.2", ""),
    ],
)
def test_line_that_is_no_box_is_refused_by_its_number(folders, line, hint):
    """With the file."""
    write(folders, {"a": ["0 0.5 0.5 0.2 0.2", line]})

    with raises(DataError, problem=line, expected="class cx cy w h", hint=hint, subject="a.txt, line 2"):
        read_yolo(folders)


def test_box_beyond_the_edge_is_cut_and_one_smaller_than_a_pixel_left_out(folders):
    write(
        folders, {"a": ["0 0.98 0.5 0.1 0.2", "0 0.5 0.5 0.001 0.2"], "b": ["0 0.5 0.5 0.2 0.2", "0 0.5 0.5 0.2 0.2"]}
    )

    found = read_yolo(folders)

    assert [scene.boxes for scene in found.scenes] == [(Box(93, 24, 100, 36),), (Box(40, 24, 60, 36),)]
    assert [problem.kind for problem in found.problems] == ["box-cut", "empty-box", "box-twice"]
    assert found.problems[2].place.endswith("b.txt, line 2")


def test_label_file_without_an_image_is_told(folders):
    """Lists and words about the data are none."""
    write(
        folders,
        {
            "a": ["0 0.5 0.5 0.2 0.2"],
            "gone": ["0 0.5 0.5 0.2 0.2"],
            "classes": ["stop"],
            "README.roboflow": [],
            "train": [],
        },
    )

    found = read_yolo(folders)

    assert [(problem.kind, problem.place) for problem in found.problems] == [
        ("no-image", str(folders.labels / "gone.txt"))
    ]


def test_images_without_any_labels_are_refused(folders):
    """They are more likely in the wrong place than without signs."""
    write(folders, {"c": ["0 0.5 0.5 0.2 0.2"]})

    with raises(DataError, problem="None of the 2 images has a label file", subject="images"):
        read_yolo(folders)


def test_folders_within_the_folders_are_matched(folders):
    """Two drives may have images of one name."""
    for number, drive in enumerate(("day", "night")):
        write_yolo(
            folders.images / drive, folders.labels / drive, {"1": [f"{number} 0.5 0.5 0.2 0.2"]}, names=["1.png"]
        )

    found = read_yolo(folders)

    assert [(scene.path.parent.name, scene.signs[0].class_id) for scene in found.scenes] == [("day", 0), ("night", 1)]
    assert found.problems == ()


def test_label_files_may_lie_beside_their_images(tmp_path):
    """Further folders there are other sets."""
    write_yolo(tmp_path, tmp_path, {"a": ["0 0.5 0.5 0.2 0.2"]}, names=["a.png"])
    write_yolo(tmp_path / "more", tmp_path / "more", {"b": ["3 0.5 0.5 0.2 0.2"]}, names=["c.png"])

    found = read_yolo(YoloFolders(tmp_path, tmp_path, tmp_path))

    assert [scene.path.name for scene in found.scenes] == ["a.png"]
    assert (found.classes, found.problems) == (("0",), ())


def test_class_that_has_no_name_is_refused_with_its_line(folders):
    """The names belong to other labels."""
    write(folders, {"a": ["0 0.5 0.5 0.2 0.2", "2 0.5 0.5 0.1 0.1"]})
    (folders.base / "data.yaml").write_text("names: [stop, give way]")

    with raises(DataError, problem="class is 2, and data.yaml names 2 classes", subject="a.txt, line 2"):
        read_yolo(folders)


@pytest.mark.parametrize(
    ("base", "place"),
    [
        (".", "data.yaml"),
        (".", "labels/classes.txt"),
        (".", "images/classes.txt"),
        ("train", "data.yaml"),
        ("obj", "obj.names"),
    ],
)
def test_names_are_found_where_tools_write_them(tmp_path, base, place):
    """Also one folder up from a part of a set."""
    folders = YoloFolders(tmp_path / base / "images", tmp_path / base / "labels", tmp_path / base)
    write(folders, {"a": ["1 0.5 0.5 0.2 0.2"]})
    (tmp_path / place).write_text("names: [stop, give way]\n" if place.endswith("yaml") else "stop\ngive way\n")

    found = read_yolo(folders)

    assert found.classes == ("stop", "give way")
    assert found.scenes[0].signs[0].name == "give way"


def test_unreadable_image_is_left_out_and_told(folders):
    write(folders, {"a": ["0 0.5 0.5 0.2 0.2"], "b": ["0 0.5 0.5 0.2 0.2"]})
    (folders.images / "b.png").write_bytes(b"")

    found = read_yolo(folders)

    assert [scene.path.name for scene in found.scenes] == ["a.png"]
    assert [problem.kind for problem in found.problems] == ["unreadable-image"]


def test_images_in_two_formats_are_refused(folders):
    """The labels would count twice."""
    write(folders, {"a": ["0 0.5 0.5 0.2 0.2"]}, names=["a.png", "a.jpg"])

    with raises(DataError, problem="named alike"):
        read_yolo(folders)


def test_folder_without_images_is_refused(folders):
    write_images(folders.images, [])

    with raises(DataError, problem="no images"):
        read_yolo(folders)
