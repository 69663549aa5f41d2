"""The images of an int8 export: balanced training images calibrate, held-out ones count errors."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from roadsigns.datasets.splits import tracks_of
from roadsigns.errors import DataError
from roadsigns.exports import int8_calibration as calibration
from roadsigns.exports.int8_calibration import choose_calibration
from roadsigns.model_files.metadata import Ancestor
from roadsigns.types import DataSet, Sample, SignClass, TrackKey

CLASSES = tuple(SignClass(number, f"sign {number}") for number in range(3))


def samples_of(class_id, tracks, frames=5):
    """Frames of so many tracks of a class."""
    return [
        Sample(Path(f"{class_id}/{track:05d}_{frame:05d}.ppm"), class_id, None, f"{track:05d}")
        for track in range(tracks)
        for frame in range(frames)
    ]


@pytest.fixture
def data():
    """Three classes of very unequal size."""
    samples = (*samples_of(0, 40), *samples_of(1, 8), *samples_of(2, 2))
    return DataSet(samples, CLASSES, "somewhere")


@pytest.fixture
def metadata(tiny_metadata, data):
    """A model that was trained on all but the first track of each class."""
    trained = frozenset(key for key in tracks_of(data.samples) if key.track != "00000")
    return replace(tiny_metadata, classes=CLASSES, source="somewhere", trained_on=trained)


def test_training_images_calibrate_and_held_out_ones_evaluate(data, metadata):
    """None does both, and none is missed."""
    choice = choose_calibration(data, metadata)

    assert tracks_of(choice.calibration) == metadata.trained_on
    assert {sample.track for sample in choice.evaluation} == {"00000"}
    assert not choice.seen


def test_calibration_is_balanced_over_the_classes(data, metadata, monkeypatch):
    """As many of each, until a class has no more."""
    monkeypatch.setattr(calibration, "CALIBRATION_IMAGES", 45)

    chosen = Counter(sample.class_id for sample in choose_calibration(data, metadata).calibration)

    assert chosen == {0: 20, 1: 20, 2: 5}


def test_choice_is_the_same_each_time(data, metadata, monkeypatch):
    monkeypatch.setattr(calibration, "CALIBRATION_IMAGES", 20)

    first = choose_calibration(data, metadata)

    assert first == choose_calibration(data, metadata)
    assert list(first.calibration) == sorted(first.calibration, key=lambda sample: sample.path)


@pytest.mark.parametrize("source", ["somewhere", "elsewhere"])
def test_images_that_were_or_may_have_been_seen_are_marked(data, metadata, source, monkeypatch):
    """All trained on, or from another source: images not used in the calibration evaluate, and it is said."""
    monkeypatch.setattr(calibration, "CALIBRATION_IMAGES", 30)
    everything = replace(metadata, source=source, trained_on=tracks_of(data.samples))

    choice = choose_calibration(data, everything)

    assert choice.seen
    assert not set(choice.calibration) & set(choice.evaluation)
    assert len(choice.calibration) + len(choice.evaluation) == len(data.samples)


def test_few_images_do_for_both(data, metadata):
    """Fewer than a calibration takes: better evaluated on the same ones than not at all."""
    few = DataSet(data.samples[:10], CLASSES, "elsewhere")

    choice = choose_calibration(few, metadata)

    assert choice.calibration == choice.evaluation == few.samples
    assert choice.seen


def test_no_more_images_evaluate_than_take_a_minute(data, metadata, monkeypatch):
    """A random part."""
    monkeypatch.setattr(calibration, "EVALUATION_IMAGES", 7)

    assert len(choose_calibration(data, metadata).evaluation) == 7


def test_data_of_other_classes_are_refused(data, metadata):
    """Ranges seen on other things are of no use."""
    with pytest.raises(DataError) as raised:
        choose_calibration(data, replace(metadata, classes=CLASSES[:2]))

    assert "2 in the model" in raised.value.problem
    assert "3 in the data set" in raised.value.problem


def test_signs_that_an_ancestor_learned_are_not_held_out(data, metadata):
    """A model that was fine-tuned has seen those of the first one, too."""
    first = frozenset(key for key in tracks_of(data.samples) if key.track == "00000" and key.class_id != 0)
    names = tuple(sign.name for sign in CLASSES)
    tuned = replace(metadata, ancestors=(Ancestor("first", "0" * 64, "somewhere", names, first),))

    choice = choose_calibration(data, tuned)

    assert tracks_of(choice.evaluation) == {TrackKey(0, "00000")}
    assert not choice.seen


def test_images_without_a_track_are_not_held_out(data, metadata):
    """Nobody knows whether they trained."""
    alone = tuple(replace(sample, track=None) for sample in data.samples[:5])

    choice = choose_calibration(replace(data, samples=(*data.samples, *alone)), metadata)

    assert not set(alone) & set(choice.evaluation)
