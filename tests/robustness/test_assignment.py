"""Which hard condition an image is read under follows from seed and name alone."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from roadsigns.robustness.assignment import condition_of, worsening
from roadsigns.robustness.corruptions import CONDITIONS
from roadsigns.types import Box, LabelledImage, Sample, labelled_image

IMAGE = np.random.default_rng(0).integers(0, 256, (40, 38, 3), np.uint8)
SAMPLE = Sample(Path("one/00014/00003_00027.ppm"), 14, Box(5, 6, 33, 34), "00003")


def test_conditions_are_evenly_spread():
    """Over the frames of tracks as well as over all."""
    rows = [LabelledImage(f"00014/{track}_{frame}.ppm", 14, str(track)) for track in range(100) for frame in range(30)]

    counts = Counter(condition_of(row, seed=0) for row in rows)

    assert set(counts) == set(CONDITIONS)
    assert max(abs(count - 500) for count in counts.values()) < 80


def test_condition_of_a_name_stays_for_ever():
    """Another would make earlier figures of other images, so it does not hang on Python's own hash either."""
    row = labelled_image(SAMPLE)

    assert [condition_of(row, seed=seed) for seed in range(4)] == ["low contrast", "tilted", "covered", "covered"]


def test_same_image_is_worsened_alike_wherever_it_lies():
    """In another folder, another process, after other images; the image itself stays."""
    before = IMAGE.copy()
    moved = replace(SAMPLE, path=Path("/other/00014/00003_00027.ppm"), group="00001")
    worsening(0)(IMAGE, replace(SAMPLE, track="00004"))

    np.testing.assert_array_equal(worsening(0)(IMAGE, SAMPLE), worsening(0)(IMAGE, moved))
    np.testing.assert_array_equal(IMAGE, before)


def test_another_seed_worsens_otherwise():
    """And so does another frame of the sign."""
    first = worsening(0)(IMAGE, SAMPLE)
    frame = replace(SAMPLE, path=Path("one/00014/00003_00028.ppm"))

    assert not np.array_equal(first, worsening(1)(IMAGE, SAMPLE))
    assert not np.array_equal(first, worsening(0)(IMAGE, frame))


def test_image_is_under_the_condition_that_is_counted():
    """Darkened ones are dark."""
    white = np.full((40, 38, 3), 220, np.uint8)
    for frame in range(60):
        sample = replace(SAMPLE, path=Path(f"00014/00003_{frame:05}.ppm"))
        is_dark = worsening(0)(white, sample).mean() < 0.31 * 220
        assert is_dark == (condition_of(labelled_image(sample), seed=0) == "dark")
