"""Kaggle's layout of GTSRB. No image is opened, so the images are empty files."""

import pytest

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.layouts.kaggle_layout import KaggleLayout
from roadsigns.datasets.layouts.layout import Row
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.types import Box

HEADER = "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path"
TRAIN = ("Train/0/00000_00000_00000.png", "Train/14/00014_00003_00027.png", "Train/14/00014_00003_00028.png")
TEST = ("Test/00000.png", "Test/00001.png")


def line(path, class_id):
    return f"30,31,5,6,24,25,{class_id},{path}"


def write(data, *paths):
    for path in paths:
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).touch()


def write_table(data, name, *lines, header=HEADER):
    (data / name).write_text("\n".join([header, *lines, ""]))


@pytest.fixture
def data(tmp_path):
    """Kaggle's folder with three training images and two test images."""
    write(tmp_path, *TRAIN, *TEST, "Meta/0.png", "Meta/ClassesNames.csv", "Meta.csv")
    write_table(tmp_path, "Train.csv", *(line(path, path.split("/")[1]) for path in TRAIN))
    write_table(tmp_path, "Test.csv", line(TEST[1], 7), line(TEST[0], 16))
    return tmp_path


def problems(items):
    return [(item.kind, item.file) for item in items if isinstance(item, Problem)]


def facts(items):
    """(path, class, track, box) of each row; there must be no problem."""
    items = list(items)
    assert problems(items) == []
    return [
        (f"{item.folder}/{item.name}", item.class_id, item.track, item.annotation and item.annotation.box)
        for item in items
    ]


BOX = Box(5, 6, 25, 26)
WANTED = [(TRAIN[0], 0, "00000", BOX), (TRAIN[1], 14, "00003", BOX), (TRAIN[2], 14, "00003", BOX)]


def test_images_have_class_track_and_box(data):
    """Boxes count the last row and column in; `Meta` is passed over."""
    layout = KaggleLayout.recognise(data)

    assert facts(layout.training()) == WANTED
    assert facts(layout.test()) == [(TEST[0], 16, None, BOX), (TEST[1], 7, None, BOX)]
    assert list(layout.validation()) == []
    assert (layout.spec, layout.source, layout.tracks_from_names) == (GTSRB, "GTSRB", False)


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_case_of_folders_and_tables_makes_no_difference(data, change):
    """Windows and some tools change it, on the disk and not in the tables."""
    for name in ("Train", "Test", "Train.csv", "Test.csv"):
        (data / name).rename(data / change(name))

    layout = KaggleLayout.recognise(data)

    assert [fact[1:] for fact in facts(layout.training())] == [fact[1:] for fact in WANTED]
    assert [fact[3] for fact in facts(layout.test())] == [BOX, BOX]


def test_folders_that_are_there_twice_are_read_once(data):
    """As Train and as train, like in Kaggle's own archive."""
    write(data, *(path.lower() for path in (*TRAIN, *TEST)))

    layout = KaggleLayout.recognise(data)

    assert facts(layout.training()) == WANTED
    assert layout.held_out == "Test"


def test_windows_paths_in_the_table_are_understood(data):
    text = (data / "Train.csv").read_text()
    (data / "Train.csv").write_text(text.replace("/", "\\"))

    assert facts(KaggleLayout.recognise(data).training()) == WANTED


def test_training_images_without_their_table_have_tracks_and_no_boxes(data):
    """Their names tell that they are GTSRB's."""
    (data / "Train.csv").unlink()
    layout = KaggleLayout.recognise(data)

    items = list(layout.training())

    assert problems(items) == [("no-table", "Train")]
    assert [(item.class_id, item.track, item.annotation) for item in items if isinstance(item, Row)] == [
        (0, "00000", None),
        (14, "00003", None),
        (14, "00003", None),
    ]


def test_test_images_without_their_table_are_told(data):
    """Nothing says what they are."""
    (data / "Test.csv").unlink()
    layout = KaggleLayout.recognise(data)

    assert not layout.has_test
    assert [item.detail for item in layout.training() if isinstance(item, Problem)] == ["2 images without Test.csv"]


def test_test_images_alone_are_enough(tmp_path):
    """For `evaluate`."""
    write(tmp_path, *TEST)
    write_table(tmp_path, "Test.csv", *(line(path, 3) for path in TEST))
    layout = KaggleLayout.recognise(tmp_path)

    assert (layout.has_training, layout.has_test) == (False, True)
    assert [fact[1] for fact in facts(layout.test())] == [3, 3]


def test_image_without_a_row_is_a_problem(data):
    write(data, "Train/14/00014_00003_00029.png")

    assert problems(KaggleLayout.recognise(data).training()) == [("no-row", "Train/14/00014_00003_00029.png")]


def test_row_without_its_image_is_a_problem(data):
    (data / TRAIN[1]).unlink()

    assert problems(KaggleLayout.recognise(data).training()) == [("no-file", TRAIN[1])]


def test_row_of_another_class_than_its_folder_is_a_problem(data):
    write_table(data, "Train.csv", *(line(path, 14) for path in TRAIN))

    assert problems(KaggleLayout.recognise(data).training()) == [("wrong-class", TRAIN[0])]


@pytest.mark.parametrize("name", ["43", "20261122"])
def test_folder_of_no_class_is_a_problem(data, name):
    """Whatever is in it; a hidden one is passed over."""
    write(data, f"Train/{name}/00043_00000_00000.png", "Train/.git/x.png", "Train/@eaDir/x.png")

    assert problems(KaggleLayout.recognise(data).training()) == [("not-a-class", f"Train/{name}")]


def test_what_is_no_image_is_told(data):
    write(data, "Train/14/x.heic", "Train/14/more/x.png")

    assert problems(KaggleLayout.recognise(data).training()) == [
        ("ignored-files", "Train/14"),
        ("nested-folder", "Train/14/more"),
    ]


@pytest.mark.parametrize(
    ("paths", "table", "header"),
    [
        # Names as classes, with a table of paths and labels.
        (["train/stop/1.png", "train/go/1.png"], "train.csv", "path,label"),
        (["train/0/1.png", "train/1/1.png"], "train.csv", "path,label"),
        # Images alone.
        (["train/1.png", "train/2.png"], "train.csv", "Path,ClassId"),
        (["train/1.png", "test/2.png"], "test.csv", "id,label"),
        # Split by somebody else.
        (["train/0/00000_00000_00000.png", "test/0/00000_00001_00000.png"], "Train.csv", HEADER),
        (["stop/1.png", "go/1.png"], "Train.csv", HEADER),
    ],
)
def test_other_folders_called_train_and_test_are_not_kaggles(tmp_path, paths, table, header):
    """GTSRB's classes would be given to other signs."""
    write(tmp_path, *paths)
    write_table(tmp_path, table, header=header)

    assert KaggleLayout.recognise(tmp_path) is None


def test_folders_of_images_that_are_not_read_are_told(data):
    """A copy in another case is not, unless it holds more; nor are the pictures of the classes."""
    write(data, "own/14/1.png", "own/14/2.png", "extra/1.png", "notes/readme.txt", "meta/0.png", TEST[0].lower())
    write(data, TRAIN[0].lower(), "train/14/new.png")

    found = [(item.file, item.message) for item in KaggleLayout.recognise(data).training() if isinstance(item, Problem)]

    assert found == [
        ("extra", "1 image beside Kaggle's folders"),
        ("own", "2 images beside Kaggle's folders"),
        ("train", "2 images beside Kaggle's folders"),
    ]


def test_image_in_two_classes_is_a_problem(data):
    write_table(data, "Test.csv", line(TEST[1], 7), line(TEST[0], 16), line(TEST[1], 8))

    assert problems(KaggleLayout.recognise(data).test()) == [("contrary-rows", TEST[1])]


def test_row_that_is_there_twice_is_told(data):
    write_table(data, "Test.csv", line(TEST[1], 7), line(TEST[0], 16), line(TEST[1], 7))

    assert problems(KaggleLayout.recognise(data).test()) == [("row-twice", TEST[1])]
