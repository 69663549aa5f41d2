"""Which corruption an image gets follows from the seed, the list and the image's name alone."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fixtures.corruptions import own_corruption

from roadsigns.robustness import corruptions as registry
from roadsigns.robustness.assignment import CorruptionAssignment
from roadsigns.robustness.corruptions import (
    UNRECORDED_CORRUPTIONS,
    CorruptionId,
    corrupt,
    current_corruptions,
)
from roadsigns.robustness.per_image_rng import image_generator
from roadsigns.types import Box, LabelledImage, Sample, labelled_image

IMAGE = np.random.default_rng(0).integers(0, 256, (40, 38, 3), np.uint8)
SAMPLE = Sample(Path("one/00014/00003_00027.ppm"), 14, Box(5, 6, 33, 34), "00003")
ROWS = [LabelledImage(f"00014/{track}_{frame}.ppm", 14, str(track)) for track in range(100) for frame in range(30)]


def assigned(seed=0):
    """The assignment of a folder that records no list."""
    return CorruptionAssignment(UNRECORDED_CORRUPTIONS, seed)


def test_corruptions_are_evenly_spread():
    """Each of the six is given to about a sixth of 3,000 images."""
    counts = Counter(assigned().corruption_of(row) for row in ROWS)

    assert set(counts) == set(UNRECORDED_CORRUPTIONS)
    assert max(abs(count - 500) for count in counts.values()) < 80


def test_corruption_of_an_image_never_changes():
    """Another one would change the meaning of earlier results; Python's own hash must have no part in it."""
    row = labelled_image(SAMPLE)

    names = [assigned(seed).corruption_of(row).name for seed in range(4)]

    assert names == ["low contrast", "tilted", "covered", "covered"]


def test_a_seventh_corruption_changes_nothing_for_a_list_of_six(monkeypatch):
    """Neither the corruption of an image nor its pixels; a list of seven uses all seven."""
    before = [assigned().corruption_of(row) for row in ROWS]
    pixels = assigned().corrupt(IMAGE, SAMPLE)
    hail = own_corruption("hail", drawn=lambda image, box, rng: np.full_like(image, 255))
    monkeypatch.setattr(registry, "CORRUPTIONS", (*registry.CORRUPTIONS, hail))

    assert [assigned().corruption_of(row) for row in ROWS] == before
    np.testing.assert_array_equal(assigned().corrupt(IMAGE, SAMPLE), pixels)
    seven = CorruptionAssignment(current_corruptions(), 0)
    assert Counter(seven.corruption_of(row).name for row in ROWS)["hail"] == pytest.approx(3000 / 7, abs=80)


def test_corruption_that_this_version_does_not_have_is_known_as_such():
    """It may come from a newer package; the images that have it can be counted, but not made again."""
    newer = CorruptionId("dark", 2)
    assignment = CorruptionAssignment((newer, UNRECORDED_CORRUPTIONS[1]), 0)

    assert assignment.unknown == (newer,)
    assert assigned().unknown == ()
    assert {assignment.corruption_of(row) for row in ROWS} == set(assignment.corruptions)


def test_same_image_is_corrupted_equally_wherever_it_lies():
    """In another folder, and after other images; the image itself is not written to."""
    before = IMAGE.copy()
    moved = replace(SAMPLE, path=Path("/other/00014/00003_00027.ppm"), group="00001")
    assigned().corrupt(IMAGE, replace(SAMPLE, track="00004"))

    np.testing.assert_array_equal(assigned().corrupt(IMAGE, SAMPLE), assigned().corrupt(IMAGE, moved))
    np.testing.assert_array_equal(IMAGE, before)


def test_another_seed_corrupts_differently():
    first = assigned().corrupt(IMAGE, SAMPLE)
    frame = replace(SAMPLE, path=Path("one/00014/00003_00028.ppm"))

    assert not np.array_equal(first, assigned(1).corrupt(IMAGE, SAMPLE))
    assert not np.array_equal(first, assigned().corrupt(IMAGE, frame))


def test_image_has_the_corruption_that_is_counted():
    """The images that count as dark are dark, and no others."""
    white = np.full((40, 38, 3), 220, np.uint8)
    for frame in range(60):
        sample = replace(SAMPLE, path=Path(f"00014/00003_{frame:05}.ppm"))
        is_dark = assigned().corrupt(white, sample).mean() < 0.31 * 220
        assert is_dark == (assigned().corruption_of(labelled_image(sample)).name == "dark")


def test_strength_follows_the_choice_from_the_same_generator():
    """Written out here: the pixels of earlier results depend on this order of draws."""
    rng = image_generator(labelled_image(SAMPLE), 0)
    name = UNRECORDED_CORRUPTIONS[rng.integers(6)]

    np.testing.assert_array_equal(assigned().corrupt(IMAGE, SAMPLE), corrupt(IMAGE, SAMPLE.box, name, rng))
