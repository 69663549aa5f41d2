"""A part of the images: whole tracks, spread over classes, the same for a seed."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.evaluation.corruptions.subset import choose_subset
from roadsigns.types import Sample

SAMPLES = tuple(
    Sample(Path(f"{class_id}/{track}_{frame:05}.png"), class_id, track=str(track))
    for class_id, tracks in enumerate([9, 3, 1])
    for track in range(tracks)
    for frame in range(10)
)


def tracks_in(samples):
    return Counter(sample.track_key for sample in samples)


def test_without_limits_all_stay():
    assert choose_subset(SAMPLES, frames=None, limit=None, seed=0) == SAMPLES


@given(st.integers(1, 150), st.integers(0, 99))
def test_tracks_are_whole_and_no_more_than_the_limit(limit, seed):
    """At least one track, also where it has more images; in the order of the data."""
    chosen = choose_subset(SAMPLES, frames=None, limit=limit, seed=seed)

    assert set(tracks_in(chosen).values()) == {10}
    assert len(chosen) == min(max(limit // 10 * 10, 10), len(SAMPLES))
    assert [*chosen] == [sample for sample in SAMPLES if sample in set(chosen)]


def test_classes_take_turns():
    """Six tracks of classes with nine, three and one: three, two and one."""
    chosen = choose_subset(SAMPLES, frames=None, limit=60, seed=0)

    assert Counter(class_id for class_id, _ in tracks_in(chosen)) in ({0: 3, 1: 2, 2: 1}, {0: 2, 1: 3, 2: 1})


def test_seed_decides_which_tracks():
    chosen = {choose_subset(SAMPLES, frames=None, limit=30, seed=seed) for seed in range(8)}

    assert len(chosen) > 2
    assert choose_subset(SAMPLES, frames=None, limit=30, seed=3) in chosen


@pytest.mark.parametrize(("frames", "expected"), [(1, [5]), (2, [2, 7]), (5, [1, 3, 5, 7, 9]), (20, list(range(10)))])
def test_frames_are_spread_over_the_track(frames, expected):
    """Near and far ones alike; of every track."""
    chosen = choose_subset(SAMPLES, frames=frames, limit=None, seed=0)

    assert len(tracks_in(chosen)) == 13
    assert [int(sample.path.stem[-5:]) for sample in chosen[: len(expected)]] == expected


def test_both_together_take_a_few_frames_of_many_tracks():
    chosen = choose_subset(SAMPLES, frames=1, limit=8, seed=0)

    assert len(chosen) == len(tracks_in(chosen)) == 8


def test_images_without_tracks_are_chosen_one_by_one():
    alone = tuple(replace(sample, track=None) for sample in SAMPLES)

    assert len(choose_subset(alone, frames=1, limit=7, seed=0)) == 7


def test_images_without_tracks_are_told_apart_by_more_than_their_names():
    """Files of one name in two folders, or two signs of one picture."""
    alone = [replace(sample, track=None, path=Path(f"{folder}/1.png")) for folder in "ab" for sample in SAMPLES[:1]]

    assert choose_subset([*alone, alone[0]], frames=1, limit=None, seed=0) == (*alone, alone[0])
