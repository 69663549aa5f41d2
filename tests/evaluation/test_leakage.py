"""A model is not evaluated on signs that it was trained on; see test_evaluate.py for whole evaluations."""

from dataclasses import replace
from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.datasets.image_checksums import checksums_of
from roadsigns.datasets.registry import OWN_SOURCE
from roadsigns.datasets.splits import HoldOutRecord
from roadsigns.errors import DataLeakageError
from roadsigns.evaluation.leakage import EVALUATION_SPLITS, check_leakage
from roadsigns.model_files.metadata import Ancestor
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


def test_images_without_tracks_may_have_been_seen_unless_they_are_a_data_sets_test_images(tiny_metadata):
    """Nothing tells. People's own folder of test images may hold anything."""
    data, own = images(tiny_metadata, None), replace(tiny_metadata, source=OWN_SOURCE)

    assert check_leakage(data, "all", tiny_metadata, allow_seen=False) is None
    assert check_leakage(data, "test", tiny_metadata, allow_seen=False) is False
    assert check_leakage(images(tiny_metadata, None, source=OWN_SOURCE), "test", own, allow_seen=False) is None


@pytest.fixture
def photographs(tiny_metadata, tmp_path):
    """Two image files without tracks, and a model that was trained on the first."""
    paths = [tmp_path / "seen.png", tmp_path / "new.png"]
    for path in paths:
        path.write_bytes(path.name.encode())
    samples = tuple(Sample(path, 0) for path in paths)
    metadata = replace(tiny_metadata, source=OWN_SOURCE, trained_images=checksums_of(samples[:1]))
    return DataSet(samples, tiny_metadata.classes, OWN_SOURCE), metadata


@pytest.mark.parametrize("split", EVALUATION_SPLITS)
def test_images_that_trained_are_refused_whatever_they_are_called(photographs, split):
    """Whichever split they are said to be; they are counted and one is named."""
    data, metadata = photographs

    with raises(DataLeakageError, problem="on 1 of these 2 images, such as", hint="--allow-seen") as raised:
        check_leakage(data, split, metadata, allow_seen=False)
    assert "seen.png" in raised.value.problem
    assert check_leakage(data, split, metadata, allow_seen=True) is True


def test_images_that_did_not_train_are_known_to_be_unseen(photographs):
    """The model remembers all that it saw, except where they were held out from among the frames of their signs."""
    data, metadata = photographs
    unseen = replace(data, samples=data.samples[1:])
    by_image = replace(metadata, split=HoldOutRecord("random", validation_fraction=0.2, seed=0))

    assert [check_leakage(unseen, split, metadata, allow_seen=False) for split in EVALUATION_SPLITS] == [False] * 3
    assert check_leakage(unseen, "validation", by_image, allow_seen=False) is None


def test_images_that_an_ancestor_was_trained_on_are_refused(photographs, tiny_metadata):
    """Also under other classes: the pixels are the same."""
    data, metadata = photographs
    start = Ancestor("first", "", OWN_SOURCE, ("duck",), frozenset(), metadata.trained_images)

    with raises(DataLeakageError, problem="1 of these 2 images"):
        check_leakage(data, "all", replace(tiny_metadata, ancestors=(start,)), allow_seen=False)


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
