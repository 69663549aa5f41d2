"""Statistics of each class and each track."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.dataset_check.class_stats import Spread, TrackStats, class_stats, spread_of, track_stats
from roadsigns.dataset_check.findings import Findings
from roadsigns.dataset_check.image_stats import compute_image_stats
from roadsigns.dataset_check.inventory import take_inventory


@pytest.fixture
def measured(tmp_path):
    """Class 0 with two tracks and an image that does not decode, class 1 empty, class 2 without tracks."""
    images = {
        "0/1_0.png": (20, 30, 10),
        "0/1_1.png": (40, 60, 30),
        "0/2_0.png": (50, 50, 200),
        "2/a.png": (60, 20, 100),
    }
    for name, (width, height, grey) in images.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((height, width, 3), grey, np.uint8)).save(tmp_path / name)
    (tmp_path / "0" / "2_1.png").touch()
    findings = Findings()
    inventory = take_inventory(tmp_path, findings)
    return inventory, compute_image_stats(inventory, findings)


def test_class_has_counts_sizes_and_brightness(measured):
    """Of the images that decode; an empty class has its row and no sizes."""
    first, empty, last = class_stats(*measured, measured[0].is_training)

    assert (first.images, first.undecodable, first.tracks) == (4, 1, 2)
    assert (first.side.least, first.side.median, first.side.largest) == (20, 40, 50)
    assert (first.brightness.least, first.brightness.median, first.brightness.largest) == (10, 30, 200)
    assert (empty.class_id, empty.images, empty.tracks, empty.side, empty.brightness) == (1, 0, 0, None, None)
    assert (last.images, last.tracks, last.side.median, last.brightness.median) == (1, 0, 20, 100)


def test_other_split_is_empty(measured):
    """There is no test set."""
    assert [figures.images for figures in class_stats(*measured, measured[0].is_test)] == [0, 0, 0]


def test_track_has_frames_widths_and_brightness(measured):
    """By class and in order; what does not decode is counted."""
    assert track_stats(*measured) == (
        TrackStats(0, "1", 2, 0, 20, 40, 20.0),
        TrackStats(0, "2", 2, 1, 50, 50, 200.0),
    )


def test_spread_is_of_percentiles():
    """None of nothing."""
    assert spread_of(np.arange(101, dtype=np.int32)) == Spread(0, 5, 25, 50, 75, 95, 100)
    assert spread_of(np.zeros(0, np.float32)) is None
