"""Counts of each split, and sizes from a few images."""

import shutil

from fixtures.sign_folders import write_classes

from roadsigns.dataset_check import plan_counts
from roadsigns.dataset_check.findings import Findings
from roadsigns.dataset_check.inventory import take_inventory
from roadsigns.dataset_check.plan_counts import SAMPLED_IMAGES, ClassCounts, count_classes, sample_sizes


def test_images_are_counted_by_split_and_signs_by_track(tmp_path):
    """Two frames of a track are one sign, and images without a track one each."""
    for split, count in (("train", 4), ("val", 2), ("test", 1)):
        write_classes(tmp_path / split, {"go": count, "stop": count}, name="0000{number}_00000.png")
    shutil.copy(tmp_path / "train/go/00000_00000.png", tmp_path / "train/go/00000_00001.png")
    shutil.copy(tmp_path / "train/go/00000_00000.png", tmp_path / "train/go/photo.png")

    counts = count_classes(take_inventory(tmp_path, Findings()))

    assert counts[0] == ClassCounts(0, "go", training=6, validation=2, test=1, signs=5)
    assert counts[1] == ClassCounts(1, "stop", training=4, validation=2, test=1, signs=4)


def test_only_a_few_images_are_opened(tmp_path, monkeypatch):
    """Of any number, spread over all classes."""
    inventory = take_inventory(write_classes(tmp_path, {"go": 40, "stop": 40}), Findings())
    opened = []
    monkeypatch.setattr(plan_counts, "_side", lambda inventory, index: opened.append(index) or 30)

    sizes = sample_sizes(inventory)

    assert sizes.images == len(opened) == SAMPLED_IMAGES
    assert {min(opened), max(opened)} == {0, 79}


def test_sizes_are_those_of_signs_and_broken_images_are_counted(tmp_path):
    """The shorter side; the example is an image that decodes."""
    write_classes(tmp_path, {"go": 2})
    write_classes(tmp_path, {"stop": 2}, side=50)
    (tmp_path / "stop" / "z.png").touch()

    sizes = sample_sizes(take_inventory(tmp_path, Findings()))

    assert (sizes.images, sizes.undecodable, sizes.least, sizes.largest) == (5, 1, 30, 50)
    assert sizes.example == str(tmp_path / "stop" / "1.png")


def test_box_is_the_sign(drawn_folder):
    """Not its image, which is a tenth larger on each side."""
    inventory = take_inventory(drawn_folder, Findings())

    boxed = sample_sizes(inventory)
    inventory.annotated[:] = False

    assert boxed.least < sample_sizes(inventory).least


def test_images_that_all_fail_have_no_sizes(tmp_path):
    """Nothing is known of them."""
    (tmp_path / "go").mkdir()
    (tmp_path / "go" / "1.png").touch()

    assert sample_sizes(take_inventory(tmp_path, Findings())) is None
