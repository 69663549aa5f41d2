"""Folds of a cross-validation: each image is evaluated once, by a model that has not seen its sign."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.folds import Fold, split_folds
from roadsigns.datasets.splits import tracks_of
from roadsigns.errors import DataError
from roadsigns.types import Sample

SEEDS = st.integers(0, 2**32)
UNITS = st.sampled_from(["track", "group"])


def make_samples(groups_per_class, frames=2):
    """Samples of classes: for each class the number of tracks in each of its groups. Numbers restart in every class."""
    samples = []
    for class_id, groups in enumerate(groups_per_class):
        tracks = [(group, track) for group, size in enumerate(groups) for track in range(size)]
        for number, (group, _) in enumerate(tracks):
            samples += [
                Sample(Path(f"{class_id}/{number}_{frame}.ppm"), class_id, None, f"{number:05d}", f"{group:05d}")
                for frame in range(frames)
            ]
    return tuple(samples)


def tracks_by_class(samples):
    return Counter(key.class_id for key in tracks_of(samples))


# One class has at least as many groups as there are folds at most.
GROUPS = st.lists(st.integers(1, 4), max_size=9)
DATA_SETS = st.tuples(st.lists(GROUPS, max_size=5), st.lists(st.integers(1, 4), min_size=5, max_size=9)).map(
    lambda classes: make_samples([*classes[0], classes[1]])
)
FOLDS = st.integers(2, 5)


@given(DATA_SETS, FOLDS, SEEDS, UNITS)
def test_every_sample_is_evaluated_once_and_trains_in_all_other_folds(samples, folds, seed, by):
    """Both sides in the order of the data set."""
    splits = split_folds(samples, folds=folds, by=by, seed=seed)

    assert len(splits) == folds
    assert Counter(sample for split in splits for sample in split.validation) == Counter(samples)
    for split in splits:
        held_out = set(split.validation)
        assert split.validation == tuple(sample for sample in samples if sample in held_out)
        assert split.train == tuple(sample for sample in samples if sample not in held_out)
        assert held_out
        assert split.train


@given(DATA_SETS, FOLDS, SEEDS, UNITS)
def test_no_fold_parts_a_track(samples, folds, seed, by):
    """No evaluated image has a frame of its sign in training."""
    for split in split_folds(samples, folds=folds, by=by, seed=seed):
        assert tracks_of(split.train).isdisjoint(tracks_of(split.validation))


@given(DATA_SETS, FOLDS, SEEDS)
def test_folds_by_group_part_no_group(samples, folds, seed):
    for split in split_folds(samples, folds=folds, by="group", seed=seed):
        trained, judged = (
            {(sample.class_id, sample.group) for sample in side} for side in (split.train, split.validation)
        )
        assert trained.isdisjoint(judged)


@given(DATA_SETS, FOLDS, SEEDS)
def test_folds_by_track_share_every_class_equally(samples, folds, seed):
    """To the nearest track; and over all classes too, so that small ones do not all come to one fold."""
    splits = split_folds(samples, folds=folds, by="track", seed=seed)

    of_fold = [tracks_by_class(split.validation) for split in splits]
    for class_id in tracks_by_class(samples):
        counts = [counts[class_id] for counts in of_fold]
        assert max(counts) - min(counts) <= 1
    totals = [counts.total() for counts in of_fold]
    assert max(totals) - min(totals) <= 1


@given(DATA_SETS, FOLDS, SEEDS)
def test_folds_by_group_differ_by_no_more_than_a_group(samples, folds, seed):
    """Within each class."""
    splits = split_folds(samples, folds=folds, by="group", seed=seed)

    for class_id in tracks_by_class(samples):
        tracks = {(sample.group, sample.track) for sample in samples if sample.class_id == class_id}
        largest = max(Counter(group for group, _ in tracks).values())
        counts = [tracks_by_class(split.validation)[class_id] for split in splits]
        assert max(counts) - min(counts) <= largest


def test_classes_of_one_track_are_spread():
    """Ten of them over five folds: two each."""
    splits = split_folds(make_samples([[1]] * 10), folds=5, by="track", seed=0)

    assert [len(tracks_of(split.validation)) for split in splits] == [2] * 5


@given(DATA_SETS, FOLDS, SEEDS, UNITS)
def test_order_of_the_samples_makes_no_difference(samples, folds, seed, by):
    """Two file systems may list in two orders; and the same seed gives the same folds."""
    forwards = split_folds(samples, folds=folds, by=by, seed=seed)
    backwards = split_folds(samples[::-1], folds=folds, by=by, seed=seed)

    assert [set(split.validation) for split in forwards] == [set(split.validation) for split in backwards]


@pytest.mark.parametrize("by", ["track", "group"])
def test_other_seeds_give_other_folds(by):
    """Of ten seeds no two agree."""
    samples = make_samples([[1, 2] * 10] * 3)

    assert len({split_folds(samples, folds=5, by=by, seed=seed) for seed in range(10)}) == 10


def test_seed_0_stays_what_it_was():
    """A cross-validation is gone on with, and compared, by later versions."""
    splits = split_folds(make_samples([[1, 2, 1, 1]], frames=1), folds=2, by="group", seed=0)

    tracks = [sorted(key.track for key in tracks_of(split.validation)) for split in splits]
    assert tracks == [["00001", "00002", "00004"], ["00000", "00003"]]


def test_without_groups_folds_are_those_by_track():
    """A track in no group stays alone, also where a group has its number."""
    samples = (
        *(Sample(Path(f"a/{track}_0.ppm"), 0, None, f"{track:05d}", "00001") for track in (2, 3)),
        *(Sample(Path(f"a/{track}_0.ppm"), 0, None, f"{track:05d}") for track in (0, 1)),
    )

    splits = split_folds(samples, folds=3, by="group", seed=0)

    assert sorted(len(split.validation) for split in splits) == [1, 1, 2]


def test_samples_without_a_track_are_tracks_of_their_own():
    """People's own pictures: each is dealt alone."""
    samples = tuple(Sample(Path(f"stop/{index}.png"), 0) for index in range(10))

    assert [len(split.validation) for split in split_folds(samples, folds=5, by="track", seed=0)] == [2] * 5


def test_images_of_one_name_in_several_folders_are_tracks_of_their_own():
    """A folder for each object: once, all of a class went to one fold, and no fold knew the others' classes."""
    samples = tuple(Sample(Path(f"{c}/object{index}/crop.png"), c) for c in range(3) for index in range(10))

    for split in split_folds(samples, folds=2, by="track", seed=0):
        for side in (split.train, split.validation):
            assert Counter(sample.class_id for sample in side) == {0: 5, 1: 5, 2: 5}


@pytest.mark.parametrize("folds", [-1, 0, 1])
def test_fewer_than_two_folds_are_refused(folds):
    """One would leave nothing to train on."""
    with pytest.raises(DataError) as raised:
        split_folds(make_samples([[1, 1]]), folds=folds, by="track", seed=0)

    assert raised.value.problem.startswith(f"{folds} fold")
    assert raised.value.expected == "at least 2"


@pytest.mark.parametrize(
    ("groups", "by", "empty"), [([[1, 1]], "track", 1), ([[3], [2]], "group", 1), ([], "track", 3)]
)
def test_fold_that_would_be_empty_is_refused(groups, by, empty):
    """There are fewer tracks, or groups, than folds."""
    with pytest.raises(DataError) as raised:
        split_folds(make_samples(groups), folds=3, by=by, seed=0)

    assert f"leave {empty} fold" in raised.value.problem
    assert f"fewer {by}s than folds" in raised.value.problem


def test_a_fold_is_found_again_by_its_record():
    """A model file's record leads back to the images."""
    samples = make_samples([[1, 2, 1, 1], [1, 1, 3]])
    split = split_folds(samples, folds=3, by="group", seed=7)[1]
    fold = Fold(2, 3, "group", 7, split)

    assert fold.record.split(samples) == split
    assert fold.record.as_dict() == {"by": "group", "folds": 3, "fold": 2, "seed": 7}
    assert fold.label == fold.record.label(split.validation)
    assert fold.label.endswith("look-alike tracks together, fold 2 of 3")


@pytest.mark.gtsrb
@pytest.mark.parametrize("by", ["track", "group"])
def test_real_folds_are_balanced(gtsrb_data, by):
    """39,209 images in five folds that differ by few tracks; every class is evaluated in each."""
    samples = gtsrb_data.samples

    splits = split_folds(samples, folds=5, by=by, seed=0)

    counts = [len(tracks_of(split.validation)) for split in splits]
    assert sum(counts) == 1307
    assert max(counts) - min(counts) <= (1 if by == "track" else 45)
    if by == "track":
        assert all({sample.class_id for sample in split.validation} == set(range(43)) for split in splits)
