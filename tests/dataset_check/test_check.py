"""The check of a data folder: statistics, errors and warnings."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from roadsigns.dataset_check.check import MAX_IMBALANCE, check_folder
from roadsigns.errors import DataError

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
TRAINING = "Final_Training/Images"
# Checks one folder after the other; of each, the number of images and the process's peak so far in bytes.
MEMORY = """
import json, sys
from pathlib import Path
from roadsigns.dataset_check import near_duplicates as near
from roadsigns.dataset_check.check import check_folder
# Blocks as small as the folders are; their full size is 20 MB, whatever the number of files.
near.ROWS, near.COLUMNS = 64, 256

def peak():
    # Not by getrusage, which counts the peak of the process that started this one too.
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])
few, many = sys.argv[1:]
grown = []
for folder in (few, many):
    check = check_folder(Path(folder))
    grown.append((len(check.inventory.names), peak()))
print(json.dumps(grown))
"""


def save(path, seed=0, width=40, height=40):
    """Save an image of noise, unlike that of any other seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(path)


def write_class(data, class_id, *rows):
    """Write an official class of one image for each row (width, height, x1, y1, x2, y2), all of 40x40 pixels."""
    folder = data / TRAINING / f"{class_id:05d}"
    lines = [HEADER]
    for number, row in enumerate(rows):
        name = f"{number:05d}_00000.ppm"
        save(folder / name, seed=100 * class_id + number)
        lines.append(";".join(map(str, (name, *row, class_id))))
    (folder / f"GT-{class_id:05d}.csv").write_text("\n".join(lines) + "\n")


def write_plain(data, **counts):
    """Write so many images of each class."""
    for number, (name, count) in enumerate(counts.items()):
        for index in range(count):
            save(data / name / f"{index}.png", seed=1000 * number + index)


def found(check):
    """{kind: [(paths, detail)]}."""
    return {finding.kind: [(item.paths, item.detail) for item in finding.items] for finding in check.findings}


def state_of(folder):
    """Everything that a change would change."""
    entries = [(entry, entry.stat()) for entry in sorted(folder.rglob("*"))]
    return [(entry, status.st_size, status.st_mtime_ns, status.st_ino) for entry, status in entries]


def test_drawn_folder_has_no_error(drawn_folder):
    """All images counted, in both splits, and nothing in the folder changed."""
    before = state_of(drawn_folder)

    check = check_folder(drawn_folder)

    assert state_of(drawn_folder) == before
    assert check.errors == 0
    assert sum(figures.images for figures in check.training) == 172
    assert sum(figures.images for figures in check.test) == 86
    assert len(check.tracks) == 86
    assert check.image_stats.decoded.all()


@pytest.mark.gtsrb
def test_real_training_set_has_one_warning(gtsrb_folder):
    """All of it decodes and fits; tracks 39 and 40 of class 9 are one sign. The thresholds were chosen by this."""
    before = state_of(gtsrb_folder)

    check = check_folder(gtsrb_folder)

    assert state_of(gtsrb_folder) == before
    assert [figures.images for figures in check.training if figures.images == 0] == []
    assert sum(figures.images for figures in check.training) == 39_209
    assert len(check.training) == 43
    assert check.test == ()
    assert len(check.tracks) == 1_307
    assert sorted(figures.frames for figures in check.tracks)[:2] == [29, 30]
    assert check.image_stats.decoded.all()
    assert (check.errors, check.warnings) == (0, 1)
    ((paths, detail),) = found(check)["near-across-tracks"]
    assert [path[-21:-10] for path in paths] == ["00009/00039", "00009/00040"]
    assert "119 such pairs" in detail


def test_sizes_and_boxes_that_do_not_fit_their_file_are_errors(tmp_path):
    """The reader believes the annotation; the check looks into the file. Corners are inclusive."""
    good = (40, 40, 0, 0, 39, 39)
    rows = [good, (41, 40, 5, 5, 34, 34), (40, 40, 5, 5, 40, 34), (60, 60, 5, 5, 50, 50), (40, 40, 5, 30, 34, 20)]
    write_class(tmp_path, 0, *rows)
    write_class(tmp_path, 1, good, good)

    check = check_folder(tmp_path)

    image = f"{TRAINING}/00000/0000{{}}_00000.ppm"
    assert found(check)["wrong-size"] == [
        ((image.format(1),), "40x40 pixels, annotated 41x40"),
        ((image.format(3),), "40x40 pixels, annotated 60x60"),
    ]
    assert found(check)["box-outside"] == [
        ((image.format(2),), "5,5 to 40,34 in 40x40 pixels"),
        ((image.format(3),), "5,5 to 50,50 in 40x40 pixels"),
        ((image.format(4),), "5,30 to 34,20 in 40x40 pixels"),
    ]
    assert check.errors == 5


def test_pictures_with_little_to_see_are_warnings(tmp_path):
    """Signs below GTSRB's smallest, by the box where there is one, and pictures of one grey."""
    write_class(tmp_path, 0, (40, 40, 5, 5, 18, 34), (40, 40, 5, 5, 19, 34))
    write_class(tmp_path, 1, (40, 40, 5, 5, 34, 34), (40, 40, 5, 5, 34, 34))
    Image.new("RGB", (40, 40), (90, 90, 90)).save(tmp_path / TRAINING / "00001" / "00000_00000.ppm")

    check = check_folder(tmp_path)

    assert found(check)["tiny"] == [((f"{TRAINING}/00000/00000_00000.ppm",), "14 pixels")]
    assert found(check)["blank"] == [((f"{TRAINING}/00001/00000_00000.ppm",), "grey level 90")]
    assert check.errors == 0


def test_official_class_without_an_image_is_a_warning(tmp_path):
    """Forty-one of them here; the labels of the others stay as they are."""
    for class_id in (0, 5):
        write_class(tmp_path, class_id, *[(40, 40, 5, 5, 34, 34)] * 2)

    empty = found(check_folder(tmp_path))["empty-class"]

    assert len(empty) == 41
    assert empty[0] == ((), "class 1, speed limit 30")


def test_class_that_only_the_test_images_lack_is_learned(tmp_path):
    """It is named for that, and a class without any image once."""
    write_plain(tmp_path / "train", go=2, stop=2, none=0)
    (tmp_path / "train" / "none").mkdir()
    write_plain(tmp_path / "test", **{"stop": 1})
    save(tmp_path / "test" / "stop" / "0.png", seed=9)

    classes = found(check_folder(tmp_path))

    assert classes["empty-class"] == [((), "class 1, none")]
    assert classes["class-without-test-images"] == [((), "class 0, go")]


def test_sign_in_several_splits_is_an_error(tmp_path):
    """Of their own folders: the metrics measure memory, as with equal images."""
    for number, name in enumerate(("train/go/1_0", "train/go/2_0", "val/go/1_1", "test/stop/1_0", "train/stop/2_0")):
        save(tmp_path / f"{name}.png", seed=number)

    check = check_folder(tmp_path)

    assert found(check)["track-across-splits"] == [
        (("train/go/1_0.png", "val/go/1_1.png"), "class 0, track 1, in training and validation")
    ]
    assert check.errors == 1


def test_names_with_blanks_around_them_are_warnings(tmp_path):
    """They look like one name in every output."""
    for number, name in enumerate((" a/1", "a /2")):
        save(tmp_path / f"{name}.png", seed=number)

    check = check_folder(tmp_path)

    assert [detail for _, detail in found(check)["blank-name"]] == ["' a'", "'a '"]
    assert check.errors == 0


def test_single_class_is_an_error(tmp_path):
    """There is nothing to tell apart."""
    write_plain(tmp_path, stop=3)

    assert found(check_folder(tmp_path)) == {"one-class": [((), "class 0, stop")]}


@pytest.mark.parametrize("less", [0, 1])
def test_strong_imbalance_is_a_warning(tmp_path, less):
    """Twenty times as many is just not strong: GTSRB's own classes differ eleven-fold."""
    write_plain(tmp_path, large=2 * MAX_IMBALANCE + 1 - less, small=2)

    expected = [((), "class 1, small, has 2 images; class 0, large, has 41")]
    assert found(check_folder(tmp_path)) == ({} if less else {"imbalance": expected})


def test_tracks_that_cannot_be_right_are_warnings(tmp_path):
    """A class of one track, a track of one frame among longer ones, an image without a track among those with one."""
    for number, name in enumerate(("go/1_0", "go/1_1", "stop/1_0", "stop/2_0", "stop/2_1", "stop/a")):
        save(tmp_path / f"{name}.png", seed=number)

    assert found(check_folder(tmp_path)) == {
        "one-track-class": [((), "class 0, go")],
        "no-track": [(("stop/a.png",), "")],
        "one-frame-track": [((), "class 1, track 1")],
    }


def test_folder_of_files_that_do_not_decode_is_checked(tmp_path):
    """Every file is named; there are no sizes, and nothing crashes."""
    for name in ("go/1_0.png", "go/2_0.png", "stop/1_0.png", "stop/2_0.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"no image")

    check = check_folder(tmp_path)

    assert list(found(check)) == ["undecodable"]
    assert check.errors == 4
    assert {figures.side for figures in check.training} == {None}
    assert {figures.brightness for figures in check.tracks} == {None}


def test_many_faults_at_once_are_all_found(tmp_path):
    """One does not hide another: a check is run to see them all."""
    good = (40, 40, 5, 5, 34, 34)
    for class_id in range(5):
        write_class(tmp_path, class_id, *[good] * 3)
    root = tmp_path / TRAINING
    (root / "00000" / "GT-00000.csv").unlink()
    (root / "00001" / "GT-00001.csv").write_text("Filename,Width\n")
    (root / "00002" / "00000_00000.ppm").write_bytes(b"")
    (root / "00002" / "00001_00000.ppm").unlink()
    (root / "00003" / "00002_00000.ppm").write_bytes((root / "00004" / "00002_00000.ppm").read_bytes())
    (root / "mine").mkdir()

    assert set(found(check_folder(tmp_path))) == {
        "not-a-class",
        "no-annotations",
        "bad-annotations",
        "no-file",
        "undecodable",
        "duplicate-across-classes",
        "empty-class",
    }


def test_folder_that_cannot_be_checked_is_an_error(tmp_path):
    """There is nothing to report on."""
    for folder, problem in ((tmp_path / "gone", "does not exist"), (tmp_path, "no images")):
        with pytest.raises(DataError) as raised:
            check_folder(folder)
        assert problem in raised.value.problem


def test_read_only_folder_is_checked(tmp_path):
    """Nothing is written; what cannot be listed is a finding. (Root may read and write everywhere.)"""
    write_plain(tmp_path, go=2, stop=2, secret=2)
    (tmp_path / "secret").chmod(0)
    tmp_path.chmod(0o500)
    try:
        check = check_folder(tmp_path)
    finally:
        tmp_path.chmod(0o700)
        (tmp_path / "secret").chmod(0o700)

    expected = {} if os.getuid() == 0 else {"unreadable-folder": [(("secret",), "Permission denied")]}
    expected |= {} if os.getuid() == 0 else {"empty-class": [((), "class 1, secret")]}
    assert found(check) == expected


def test_memory_grows_little_with_the_number_of_files(tmp_path):
    """Less than 1,700 bytes a file, which is 1.7 GB for a million; 1,350 were measured."""
    rng = np.random.default_rng(0)
    for folder, count in (("few", 2_000), ("many", 10_000)):
        for number in range(count):
            path = tmp_path / folder / ("go", "stop")[number % 2] / f"{number:06d}.ppm"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"P6 15 15 255\n" + rng.bytes(15 * 15 * 3))

    command = [sys.executable, "-c", MEMORY, tmp_path / "few", tmp_path / "many"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)

    (few, before), (many, after) = json.loads(result.stdout)
    assert (few, many) == (2_000, 10_000)
    assert (after - before) / (many - few) < 1_700
