"""Boxes that an evaluation gives: annotated, none, or moved, the same for every model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.robustness.box_noise import JITTER, box_source
from roadsigns.types import Box, Sample

SAMPLE = Sample(Path("one/00014/00003_00027.ppm"), 14, Box(10, 12, 110, 92), "00003")
IMAGE = np.zeros((120, 130, 3), np.uint8)


def test_given_boxes_and_no_boxes():
    """The sample's own where nothing is requested; otherwise none, though there is one."""
    assert box_source("given") is None
    assert box_source("none")(IMAGE, SAMPLE) is None


def test_jittered_boxes_spread_over_a_tenth_of_each_side():
    """Frames of a sign each get their own."""
    moved = np.array(
        [
            box_source("jittered")(IMAGE, replace(SAMPLE, path=Path(f"00014/00003_{frame:05}.ppm")))
            for frame in range(300)
        ]
    )

    offsets = (moved - np.array(SAMPLE.box)) / (100, 80, 100, 80)
    assert np.abs(offsets).max() <= JITTER + 0.5 / 80
    assert (offsets.max(axis=0) > 0.08).all()
    assert (offsets.min(axis=0) < -0.08).all()
    assert np.abs(np.corrcoef(offsets.T) - np.eye(4)).max() < 0.2


def test_jitter_of_an_image_is_the_same_wherever_it_lies():
    """So two models see the same boxes."""
    elsewhere = replace(SAMPLE, path=Path("/other/00014/00003_00027.ppm"))

    assert box_source("jittered")(IMAGE, SAMPLE) == box_source("jittered")(IMAGE, elsewhere) != SAMPLE.box


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60), st.integers(1, 60), st.integers(0, 99))
def test_jittered_box_lies_in_its_image_and_is_not_empty(left, top, across, down, frame):
    """Also a box of a pixel, or one that fills its image."""
    image = np.zeros((top + down, left + across, 3), np.uint8)
    sample = Sample(Path(f"0/{frame}.ppm"), 0, Box(left, top, left + across, top + down), "0")

    x1, y1, x2, y2 = box_source("jittered")(image, sample)

    assert 0 <= x1 < x2 <= left + across
    assert 0 <= y1 < y2 <= top + down


def test_what_has_no_box_gets_none():
    """Custom crops."""
    assert box_source("jittered")(IMAGE, replace(SAMPLE, box=None)) is None
