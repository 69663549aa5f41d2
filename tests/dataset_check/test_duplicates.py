"""Images that stand more than once, and what that means for a split."""

import cv2
import numpy as np
import pytest
from PIL import Image

from roadsigns.dataset_check import duplicates as duplicates_module
from roadsigns.dataset_check.duplicates import equal_groups, find_duplicates, find_near_duplicates, units_of
from roadsigns.dataset_check.findings import Findings
from roadsigns.dataset_check.image_stats import ImageStats, compute_image_stats
from roadsigns.dataset_check.inventory import take_inventory

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
TRAINING, TEST = "Final_Training/Images", "Final_Test/Images"


def picture(number, size=40):
    """A picture unlike that of any other number: few coarse patches."""
    coarse = np.random.default_rng(number).uniform(20, 235, (4, 4, 3)).astype(np.float32)
    return cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def looked_through(data):
    """Return {kind: [(paths, detail)]} of all duplicates, and the images that are left."""
    inventory = take_inventory(data, Findings())
    findings = Findings()
    stats = compute_image_stats(inventory, findings)
    among = find_duplicates(inventory, stats, findings)
    find_near_duplicates(inventory, stats, among, findings)
    found = {finding.kind: [(item.paths, item.detail) for item in finding.items] for finding in findings.collected()}
    return found, [inventory.path(index) for index in among.tolist()]


def label_test_images(data, **classes):
    lines = [f"{name}.ppm;40;40;5;6;24;25;{class_id}" for name, class_id in classes.items()]
    (data / "GT-final_test.csv").write_text("\n".join([HEADER, *lines]) + "\n")


@pytest.fixture
def official(tmp_path):
    """GTSRB's own fault: eight images of class 14, track 00023, stand in the test set too. Nothing else is alike."""
    for frame in range(20):
        save(tmp_path / TRAINING / "00014" / f"00023_{frame:05d}.ppm", picture(frame))
        save(tmp_path / TRAINING / "00013" / f"00023_{frame:05d}.ppm", picture(100 + frame))
    for index, frame in enumerate((0, 3, 6, 7, 10, 13, 16, 19)):
        save(tmp_path / TEST / f"{index:05d}.ppm", picture(frame))
    save(tmp_path / TEST / "00008.ppm", picture(200))
    label_test_images(tmp_path, **{f"{index:05d}": 14 for index in range(9)})
    return tmp_path


def test_eight_images_in_both_splits_are_eight_errors(official):
    """Each pair is named, with its class."""
    found, among = looked_through(official)

    pairs = [
        ((f"{TRAINING}/00014/00023_{frame:05d}.ppm", f"{TEST}/{index:05d}.ppm"), "2 images, class 14")
        for index, frame in enumerate((0, 3, 6, 7, 10, 13, 16, 19))
    ]
    assert found == {"duplicate-across-splits": pairs}
    assert len(among) == 41


def test_other_label_in_the_test_set_is_reported_as_both(official):
    """It leaks, and one of the labels is wrong; an image without a label contradicts none."""
    label_test_images(official, **{"00000": 13, "00001": 14})

    found, _ = looked_through(official)

    assert len(found["duplicate-across-splits"]) == 8
    assert [detail for _, detail in found["duplicate-across-classes"]] == ["2 images, class 13, 14"]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("stop/1_0.png", "stop/1_1.png"), "duplicate-within-track"),
        (("stop/1_0.png", "stop/2_0.png"), "duplicate-across-tracks"),
        (("stop/a.png", "stop/b.png"), "duplicate-across-tracks"),
        (("go/1_0.png", "stop/1_0.png"), "duplicate-across-classes"),
        ((f"{TEST}/0.ppm", f"{TEST}/1.ppm"), "duplicate-within-test"),
        ((f"{TRAINING}/00001/1_0.ppm", f"{TRAINING}/00001/1_1.ppm"), "duplicate-within-track"),
    ],
)
def test_equal_images_are_named_by_where_they_stand(tmp_path, names, kind):
    """Track numbers restart in every class; images without a track are tracks of their own."""
    for name in names:
        save(tmp_path / name, picture(0))
    if TEST in names[0]:
        label_test_images(tmp_path, **{"0": 5, "1": 5})

    found, among = looked_through(tmp_path)

    assert [paths for paths, _ in found.pop(kind)] == [names]
    assert not found
    assert among == [names[0]]


def test_large_group_is_one_finding_with_a_few_names(tmp_path, monkeypatch):
    """A folder full of one picture."""
    monkeypatch.setattr(duplicates_module, "MAX_SHOWN", 3)
    for number in range(10):
        save(tmp_path / "stop" / f"{number}.png", picture(0))

    ((paths, detail),) = looked_through(tmp_path)[0]["duplicate-across-tracks"]

    assert paths == ("stop/0.png", "stop/1.png", "stop/2.png")
    assert detail == "10 images, the first 3 named, class 0"


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("stop/1_0.png", "stop/2_0.jpg"), "near-across-tracks"),
        (("stop/a.png", "stop/b.jpg"), "near-across-tracks"),
        (("go/a.png", "stop/a.jpg"), "near-across-classes"),
        ((f"{TRAINING}/00005/1_0.ppm", f"{TEST}/0.ppm"), "near-across-splits"),
        (("stop/1_0.png", "stop/1_1.jpg"), None),
        ((f"{TEST}/0.ppm", f"{TEST}/1.ppm"), None),
    ],
)
def test_saved_again_at_another_size_is_nearly_equal(tmp_path, names, kind):
    """Across tracks, classes and splits it is reported; inside a track, and of a class of the test set, it is not."""
    save(tmp_path / names[0], picture(0))
    save(tmp_path / names[1], picture(0, size=53))
    save(tmp_path / names[0].replace("0", "7").replace("a.", "c."), picture(7))
    label_test_images(tmp_path, **{"0": 5, "1": 5, "7": 5})

    found, _ = looked_through(tmp_path)

    assert list(found) == ([kind] if kind else [])
    if kind:
        ((paths, detail),) = found[kind]
        assert paths == names
        assert detail.startswith("correlation 0.99") or detail.startswith("correlation 1.0")


def test_two_tracks_are_one_finding_for_any_number_of_duplicates(tmp_path):
    """The nearest pair stands for them, the number of pairs beside it."""
    for frame in range(3):
        save(tmp_path / "stop" / f"1_{frame}.png", picture(0, size=40 + frame))
        save(tmp_path / "stop" / f"2_{frame}.png", picture(0, size=50 + frame))

    found, _ = looked_through(tmp_path)

    ((paths, detail),) = found["near-across-tracks"]
    assert [path[:6] for path in paths] == ["stop/1", "stop/2"]
    assert detail.endswith("; 9 such pairs between the two tracks")


def test_stopped_search_is_a_finding(tmp_path, monkeypatch):
    monkeypatch.setattr("roadsigns.dataset_check.near_duplicates.MAX_PAIRS", 1)
    for number in range(3):
        save(tmp_path / "stop" / f"{number}.png", picture(0, size=40 + number))

    assert "near-unfinished" in looked_through(tmp_path)[0]


def test_groups_are_those_of_equal_digests():
    """Beside a dictionary; what did not decode has no digest and is in no group."""
    rng = np.random.default_rng(0)
    stats = ImageStats.empty(300)
    stats.digest[:] = rng.integers(0, 12, (300, 2))
    stats.decoded[:] = rng.random(300) < 0.8
    expected: dict[tuple[int, int], list[int]] = {}
    for index in np.flatnonzero(stats.decoded).tolist():
        expected.setdefault(tuple(stats.digest[index].tolist()), []).append(index)

    groups = [group.tolist() for group in equal_groups(stats)]

    assert groups == [group for group in expected.values() if len(group) > 1]


def test_units_are_tracks_single_images_and_test_classes(official):
    """Two tracks of one number, and the test images of one class."""
    save(official / TRAINING / "00013" / "alone.ppm", picture(300))
    save(official / TRAINING / "00013" / "single.ppm", picture(301))

    units = units_of(take_inventory(official, Findings()))

    assert [len(set(units[part].tolist())) for part in (slice(20), slice(20, 22), slice(22, 42), slice(42, 51))] == [
        1,
        2,
        1,
        1,
    ]
    assert len(set(units.tolist())) == 5


def test_several_signs_in_one_image_are_no_duplicates(tmp_path):
    """A table may give each a row with its box."""
    for number in range(3):
        save(tmp_path / f"{number}.png", picture(number))
    signs = (("a", 0), ("b", 20))
    rows = [f"{number}.png,{label},{left},0,{left + 20},20" for number in range(3) for label, left in signs]
    (tmp_path / "signs.csv").write_text("\n".join(["path,label,x1,y1,x2,y2", *rows]) + "\n")

    found, _ = looked_through(tmp_path / "signs.csv")

    assert found == {}
