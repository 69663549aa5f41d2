"""Samples and their track keys, and boxes."""

from pathlib import Path

import pytest

from roadsigns.types import Box, LabelledImage, Sample, TrackKey


def test_track_key_holds_the_class():
    """Track numbers restart in every class."""
    assert Sample(Path("a.ppm"), 3, None, "00001").track_key == TrackKey(3, "00001")
    assert Sample(Path("a.ppm"), 4, None, "00001").track_key != TrackKey(3, "00001")


def test_sample_without_a_track_has_no_key():
    """Nothing can be said of which sign it is."""
    assert Sample(Path("a.ppm"), 3).track_key is None


def test_image_without_a_track_counts_as_a_sign_of_its_own():
    assert LabelledImage("a/1.png", 3, "00007").sign_key == (3, "00007")
    assert LabelledImage("a/1.png", 3, None).sign_key == (3, "a/1.png")


@pytest.mark.parametrize(
    ("other", "touching"), [((4, 4, 9, 9), True), ((5, 0, 9, 5), False), ((0, 5, 5, 9), False), ((1, 1, 2, 2), True)]
)
def test_boxes_touch_where_they_share_a_pixel(other, touching):
    """The second corner is exclusive."""
    box = Box(0, 0, 5, 5)

    assert box.touches(Box(*other)) is touching
    assert Box(*other).touches(box) is touching
