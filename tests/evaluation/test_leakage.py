"""A model is not evaluated on signs that it was trained on; see test_evaluate.py for whole evaluations."""

from dataclasses import replace
from pathlib import Path

import pytest

from roadsigns.datasets.splits import HoldOutRecord
from roadsigns.errors import DataLeakageError
from roadsigns.evaluation.leakage import check_leakage
from roadsigns.types import DataSet, Sample, TrackKey


def images(tiny_metadata, *tracks, source="drawn"):
    """One image of each track of class 0."""
    samples = tuple(Sample(Path(f"{track}.ppm"), 0, track=track) for track in tracks)
    return DataSet(samples, tiny_metadata.classes, source)


def test_unseen_signs_are_allowed(tiny_metadata):
    """Track 1 of class 0 was learned, track 2 was not, and of class 1 neither."""
    assert check_leakage(images(tiny_metadata, "00002"), "all", tiny_metadata, allow_seen=False) is False


def test_seen_signs_are_counted_and_one_is_named(tiny_metadata):
    """One of two."""
    data = images(tiny_metadata, "00001", "00002")

    with pytest.raises(DataLeakageError) as raised:
        check_leakage(data, "all", tiny_metadata, allow_seen=False)
    assert "1 of these 2 signs, such as track 00001 of 'speed limit 20'" in raised.value.problem
    assert "--allow-seen" in raised.value.hint
    assert check_leakage(data, "all", tiny_metadata, allow_seen=True) is True


def test_equal_tracks_of_another_source_or_class_are_other_signs(tiny_metadata):
    """Numbers start anew in every folder."""
    elsewhere = replace(tiny_metadata, trained_on=frozenset({TrackKey(1, "00001")}))

    assert check_leakage(images(tiny_metadata, "00001", source="own"), "all", tiny_metadata, allow_seen=False) is False
    assert check_leakage(images(tiny_metadata, "00001"), "all", elsewhere, allow_seen=False) is False


def test_images_without_tracks_may_have_been_seen_unless_they_are_the_test_set(tiny_metadata):
    """Nothing tells."""
    data = images(tiny_metadata, None)

    assert check_leakage(data, "all", tiny_metadata, allow_seen=False) is None
    assert check_leakage(data, "test", tiny_metadata, allow_seen=False) is False


@pytest.mark.parametrize(
    ("split", "by", "advice"),
    [
        ("validation", "random", "train with data.split=group"),
        ("validation", "track", "Give the data folder that it was trained on"),
        ("all", "track", "Use --split test or --split validation"),
        ("all", "none", "Use --split test."),
    ],
)
def test_refusal_says_what_to_do_instead(tiny_metadata, split, by, advice):
    """By how the model's own validation was held out."""
    metadata = replace(tiny_metadata, split=HoldOutRecord(by, validation_fraction=0.2, seed=0))

    with pytest.raises(DataLeakageError) as raised:
        check_leakage(images(tiny_metadata, "00001"), split, metadata, allow_seen=False)
    assert advice in raised.value.hint
