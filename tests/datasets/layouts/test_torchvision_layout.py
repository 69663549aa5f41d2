"""The layout that torchvision's GTSRB leaves. No image is opened, so the images are empty files."""

import pytest

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.layouts.layout import Row
from roadsigns.datasets.layouts.recognise import open_data
from roadsigns.datasets.layouts.torchvision_layout import recognise_torchvision
from roadsigns.types import Box

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"


def write_class(folder, name="00003_00027.ppm"):
    folder.mkdir(parents=True)
    (folder / name).touch()
    (folder / f"GT-{folder.name}.csv").write_text(f"{HEADER}\n{name};30;31;5;6;24;25;{int(folder.name)}\n")


@pytest.fixture
def root(tmp_path):
    """What `GTSRB(root, download=True)` leaves in its root."""
    base = tmp_path / "gtsrb"
    for class_id in (0, 14):
        write_class(base / "GTSRB/Training" / f"{class_id:05d}")
    images = base / "GTSRB/Final_Test/Images"
    images.mkdir(parents=True)
    (images / "00000.ppm").touch()
    (base / "GT-final_test.csv").write_text(f"{HEADER}\n00000.ppm;30;31;5;6;24;25;16\n")
    return tmp_path


def rows(items):
    items = list(items)
    assert all(isinstance(item, Row) for item in items), items
    return [(item.class_id, item.track, item.annotation.box) for item in items]


@pytest.mark.parametrize("place", [".", "gtsrb"])
def test_training_and_test_images_are_read(root, place):
    """From torchvision's root, and from the folder that it makes there."""
    layout = recognise_torchvision(root / place)

    assert (layout.name, layout.spec, layout.source) == ("torchvision", GTSRB, "GTSRB")
    assert rows(layout.training()) == [(0, "00003", Box(5, 6, 25, 26)), (14, "00003", Box(5, 6, 25, 26))]
    assert rows(layout.test()) == [(16, None, Box(5, 6, 25, 26))]


def test_folder_below_has_training_images_and_no_labels_for_the_test(root):
    """They lie above it, and what is not given is not read."""
    layout = recognise_torchvision(root / "gtsrb/GTSRB")

    assert len(rows(layout.training())) == 2
    assert [getattr(item, "kind", None) for item in layout.test()] == ["no-annotations", None]


def test_training_images_alone_are_enough(root, tmp_path):
    """`split="train"` downloads no more."""
    (root / "gtsrb/GT-final_test.csv").unlink()
    (root / "gtsrb/GTSRB/Final_Test").rename(tmp_path / "elsewhere")
    layout = recognise_torchvision(root)

    assert (layout.has_training, layout.has_test) == (True, False)


def test_belgian_data_set_in_the_same_format_is_not_gtsrb(tmp_path):
    """Its 62 classes are other signs; its folders are splits of class folders, with boxes."""
    for split in ("Training", "Testing"):
        for class_id in range(62):
            write_class(tmp_path / split / f"{class_id:05d}", "01153_00000.ppm")

    assert recognise_torchvision(tmp_path) is None
    layout = open_data(tmp_path)

    assert (layout.name, layout.source, len(layout.spec.classes)) == ("splits", "own", 62)
    assert rows(layout.training())[61] == rows(layout.test())[61] == (61, "01153", Box(5, 6, 25, 26))


@pytest.mark.parametrize("paths", [["Training/stop/1.png"], ["Training/0/1.png"], ["Training"], ["GTSRB/Training"], []])
def test_other_folders_are_not_torchvisions(tmp_path, paths):
    """Numbers alone are not GTSRB's."""
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch() if path.endswith(".png") else (tmp_path / path).mkdir()

    assert recognise_torchvision(tmp_path) is None


@pytest.mark.parametrize("place", [".", "gtsrb", "gtsrb/GTSRB"])
def test_missing_annotation_file_is_told_by_name(root, place):
    """The folder is not taken for the official layout with test images alone."""
    write_class(root / "gtsrb/GTSRB/Training/00015")
    (root / "gtsrb/GTSRB/Training/00014/GT-00014.csv").unlink()

    layout = open_data(root / place)
    found = [item.message for item in layout.training() if not isinstance(item, Row)]

    assert (layout.name, layout.has_training) == ("torchvision", True)
    assert found == ["1 image and no GT-00014.csv"]
