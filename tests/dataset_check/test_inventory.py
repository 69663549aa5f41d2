"""What a data folder holds, faults included. No image is opened, so the images are empty files."""

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.dataset_check.findings import Findings
from roadsigns.dataset_check.inventory import UNKNOWN, take_inventory
from roadsigns.datasets.reader import read_test, read_training
from roadsigns.errors import DataError
from roadsigns.types import TrackKey

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
TRAINING, TEST = "Final_Training/Images", "Final_Test/Images"
# An absent class is no fault of these small folders.
pytestmark = pytest.mark.filterwarnings("ignore:No image of class")


def write_class(data, class_id, *names):
    folder = data / TRAINING / f"{class_id:05d}"
    folder.mkdir(parents=True)
    write_images(folder, names, class_id, folder / f"GT-{class_id:05d}.csv")


def write_images(folder, names, class_id, table):
    for name in names:
        (folder / name).touch()
    lines = [f"{name};30;31;5;6;24;25;{class_id}" for name in names]
    table.write_text("\n".join([HEADER, *lines]) + "\n")


def write_plain(data, **names):
    for folder, files in names.items():
        (data / folder).mkdir(parents=True)
        for name in files:
            (data / folder / name).touch()


@pytest.fixture
def official(tmp_path):
    """Two classes, of which one has two tracks, and a test set."""
    write_class(tmp_path, 0, "00000_00000.ppm", "00000_00001.ppm", "00001_00000.ppm")
    write_class(tmp_path, 14, "00000_00000.ppm", "other.ppm")
    (tmp_path / TEST).mkdir(parents=True)
    write_images(tmp_path / TEST, ["00000.ppm"], 14, tmp_path / "GT-final_test.csv")
    return tmp_path


def kinds(findings):
    return {finding.kind: [(item.paths, item.detail) for item in finding.items] for finding in findings.collected()}


def test_inventory_of_the_official_layout_is_what_the_reader_reads(drawn_folder):
    """The same images in the same order, with the same classes, tracks and boxes."""
    findings = Findings()
    inventory = take_inventory(drawn_folder, findings)

    samples = (*read_training(drawn_folder).samples, *sorted(read_test(drawn_folder).samples, key=lambda one: one.path))
    assert findings.collected() == ()
    assert inventory.layout == "official"
    paths = [drawn_folder / inventory.path(index) for index in range(len(inventory.names))]
    assert paths == [sample.path for sample in samples]
    assert inventory.class_id.tolist() == [sample.class_id for sample in samples]
    assert [tuple(box) for box in inventory.box.tolist()] == [sample.box for sample in samples]
    keys = [None if track == UNKNOWN else inventory.tracks[track] for track in inventory.track.tolist()]
    assert keys == [sample.track_key for sample in samples]


def test_splits_and_tracks_are_distinguished(official):
    """Track numbers restart in every class; a name without a track, and a test image, have none."""
    inventory = take_inventory(official, Findings())

    assert inventory.tracks == (TrackKey(0, "00000"), TrackKey(0, "00001"), TrackKey(14, "00000"))
    assert inventory.track.tolist() == [0, 0, 1, 2, UNKNOWN, UNKNOWN]
    assert inventory.is_test.tolist() == [False] * 5 + [True]
    assert inventory.path(5) == f"{TEST}/00000.ppm"


@pytest.mark.parametrize("part", [TRAINING, TEST])
def test_one_half_alone_is_checked(official, part):
    """Only training images, or only test images."""
    shutil.rmtree(official / part.partition("/")[0])

    inventory = take_inventory(official, Findings())

    assert inventory.layout == "official"
    assert set(inventory.is_test.tolist()) == {part == TRAINING}


def test_folders_that_are_no_class_are_reported_and_the_others_read(official):
    """One beside the classes, and one class twice."""
    write_class(official, 43, "00000_00000.ppm")
    (official / TRAINING / "0").mkdir()
    (official / TRAINING / "mine").mkdir()
    findings = Findings()

    inventory = take_inventory(official, findings)

    assert len(inventory.names) == 6
    assert kinds(findings) == {
        "not-a-class": [((f"{TRAINING}/{name}",), "expected 00000 to 00042") for name in ("00043", "mine")],
        "same-class": [((f"{TRAINING}/0", f"{TRAINING}/00000"), "both are class 0")],
    }


def test_plain_folders_are_numbered_as_the_reader_numbers_them(tmp_path):
    """In natural order; hidden folders are passed over, and images beside the folders are reported."""
    write_plain(tmp_path, **{"sign 10": ["a.png"], "sign 2": ["7_0.png", "7_1.png"], ".git": ["x.png"]})
    (tmp_path / "stray.png").touch()
    findings = Findings()

    inventory = take_inventory(tmp_path, findings)

    assert inventory.layout == "plain"
    assert [sign.name for sign in inventory.classes] == ["sign 2", "sign 10"]
    assert inventory.class_id.tolist() == [0, 0, 1]
    assert inventory.track.tolist() == [0, 0, UNKNOWN]
    assert kinds(findings) == {"ignored-files": [(("stray.png",), "1 image beside the class folders")]}


def test_numbers_are_labels(tmp_path):
    """A missing one shifts none; two of a kind and too large ones are reported."""
    write_plain(tmp_path, **{"1": ["a.png"], "3": ["b.png"], "03": ["c.png"]})
    findings = Findings()

    inventory = take_inventory(tmp_path, findings)

    assert len(inventory.classes) == 4
    assert sorted(inventory.class_id.tolist()) == [1, 3, 3]
    assert list(kinds(findings)) == ["same-class"]

    write_plain(tmp_path, **{"20261122": ["a.png"]})
    findings = Findings()
    assert len(take_inventory(tmp_path, findings).classes) == 4
    assert kinds(findings)["class-number"] == [(("20261122",), "expected numbers below 10000")]


def test_nothing_to_check_is_an_error(tmp_path):
    """No folder, a file, no image; where images lie deeper it says so."""
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "hidden" / ".git").mkdir(parents=True)
    (tmp_path / "hidden" / ".git" / "a.png").touch()
    write_plain(tmp_path / "deep", **{"south/stop": ["a.png"], "north/stop": ["a.png"]})

    errors = {}
    for name in ("gone", "file", "empty", "hidden", "deep"):
        with pytest.raises(DataError) as raised:
            take_inventory(tmp_path / name, Findings())
        errors[name] = raised.value

    assert "does not exist" in errors["gone"].problem
    assert "is a file" in errors["file"].problem
    assert all("no images" in errors[name].problem for name in ("empty", "hidden", "deep"))
    assert errors["empty"].hint == errors["hidden"].hint == ""
    assert "north/stop: give the folder above it" in errors["deep"].hint


def test_rows_without_any_image_are_findings(tmp_path):
    """The images may have been lost, and that is what the check is for."""
    write_class(tmp_path, 0, "00000_00000.ppm")
    (tmp_path / TRAINING / "00000" / "00000_00000.ppm").unlink()
    findings = Findings()

    assert take_inventory(tmp_path, findings).names == []
    assert list(kinds(findings)) == ["no-file"]


FAULTS = {
    "no row": lambda folder: (folder / "x.ppm").touch(),
    "no file": lambda folder: (folder / "00000_00000.ppm").unlink(),
    "no table": lambda folder: [table.unlink() for table in folder.glob("*.csv")],
    "empty table": lambda folder: [table.write_text("") for table in folder.glob("*.csv")],
    "commas": lambda folder: edit(folder, ";", ","),
    "letters": lambda folder: edit(folder, "30;31", "30;abc"),
    "other class": lambda folder: edit(folder, ";2\n", ";3\n"),
    "class 99": lambda folder: edit(folder, ";2\n", ";99\n"),
    "no column": lambda folder: edit(folder, "Roi.X2", "Roi.x2"),
    "path": lambda folder: edit(folder, "00000_00000", "../00000_00000"),
    "not a class": lambda folder: folder.with_name("mine").mkdir(),
    "row twice": lambda folder: edit(folder, HEADER, f"{HEADER}\n00000_00001.ppm;30;31;5;6;24;25;2"),
    "no labels": lambda folder: edit(folder, ";ClassId", ";Class"),
    "hidden": lambda folder: folder.with_name(".hidden").mkdir(),
}


def edit(folder, before, after):
    for table in folder.glob("*.csv"):
        table.write_text(table.read_text().replace(before, after))


@given(faults=st.lists(st.sampled_from(sorted(FAULTS)), unique=True, max_size=3))
def test_what_the_reader_refuses_is_an_error_and_the_other_way_round(tmp_path_factory, faults):
    """Whatever training would stop at is found, and what is found without an error can be trained on."""
    data = tmp_path_factory.mktemp("data")
    write_class(data, 1, "00000_00000.ppm", "00000_00001.ppm")
    write_class(data, 2, "00000_00000.ppm", "00000_00001.ppm", "00001_00000.ppm")
    for fault in faults:
        FAULTS[fault](data / TRAINING / "00002")
    findings = Findings()
    inventory = take_inventory(data, findings)
    has_errors = any(finding.level == "error" for finding in findings.collected())

    try:
        samples = read_training(data).samples
    except DataError:
        assert has_errors
    else:
        assert not has_errors
        np.testing.assert_array_equal(inventory.class_id, [sample.class_id for sample in samples])


def test_images_beside_their_table_have_paths_below_its_folder(tmp_path):
    """Not paths from the root of the disk."""
    (tmp_path / "1.png").touch()
    (tmp_path / "2.png").touch()
    (tmp_path / "signs.csv").write_text(f"path,label\n1.png,stop\n{tmp_path}/2.png,stop\n")

    inventory = take_inventory(tmp_path / "signs.csv", Findings())

    assert [inventory.path(index) for index in range(2)] == ["1.png", f"{tmp_path}/2.png"]


def test_names_that_cannot_be_tracks_are_a_finding(tmp_path):
    """The images are without tracks then."""
    (tmp_path / "stop").mkdir()
    (tmp_path / "stop/20240519_101500.jpg").touch()
    findings = Findings()

    inventory = take_inventory(tmp_path, findings)

    assert [(one.kind, one.items[0].detail) for one in findings.collected()] == [
        ("doubtful-tracks", "they begin with dates")
    ]
    assert inventory.tracks == ()
    assert inventory.track.tolist() == [UNKNOWN]


def test_tracks_are_judged_by_training_images_as_the_reader_does(tmp_path):
    """Test images of other names do not make tracks of doubtful ones."""
    for folder, number in (("train", 1), ("test", 2)):
        for name in ("stop", "go"):
            (tmp_path / folder / name).mkdir(parents=True)
            for frame in range(2):
                (tmp_path / folder / name / f"{number}_{frame}.png").touch()
    findings = Findings()

    inventory = take_inventory(tmp_path, findings)

    assert "doubtful-tracks" in {one.kind for one in findings.collected()}
    assert inventory.tracks == ()
