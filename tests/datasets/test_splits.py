"""Which images train and which validate."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from fixtures.errors import raises
from hypothesis import assume, given
from hypothesis import strategies as st

from roadsigns.datasets.splits import split_label, split_samples, tracks_of
from roadsigns.errors import DataError
from roadsigns.types import Box, Sample, TrackKey

FRACTIONS = st.floats(0.05, 0.9)
SEEDS = st.integers(0, 2**32)


def make_samples(tracks_per_class, frames=3):
    """Samples of classes with so many tracks each; track numbers restart in every class."""
    return tuple(
        Sample(Path(f"{class_id}/{track}_{frame}.ppm"), class_id, track=f"{track:05d}")
        for class_id, tracks in enumerate(tracks_per_class)
        for track in range(tracks)
        for frame in range(frames)
    )


# At least one class has two tracks, so that something can be held out.
DATA_SETS = st.lists(st.integers(0, 8), min_size=1, max_size=6).filter(lambda tracks: max(tracks) > 1).map(make_samples)


@st.composite
def grouped_data_sets(draw):
    """Some of their tracks are in groups; a group is named after the lowest of its tracks."""
    samples = draw(DATA_SETS)
    starts = draw(st.lists(st.booleans(), min_size=8, max_size=8).map(lambda starts: [True, *starts[1:]]))
    # A run of tracks is a group; a track that starts and ends one is in no group.
    group_of = {f"{track:05d}": f"{max(t for t in range(track + 1) if starts[t]):05d}" for track in range(8)}
    sizes = Counter(group_of.values())
    return tuple(
        replace(sample, group=group_of[sample.track] if sizes[group_of[sample.track]] > 1 else None)
        for sample in samples
    )


def groups_of(samples):
    """How many tracks each (class, group) has, where a track without a group is one."""
    tracks = {(sample.class_id, sample.group or sample.track, sample.track) for sample in samples}
    return Counter((class_id, group) for class_id, group, _ in tracks)


@given(DATA_SETS, FRACTIONS, SEEDS)
def test_split_by_track_keeps_tracks_whole(samples, fraction, seed):
    """No (class, track) appears in both train and validation."""
    split = split_samples(samples, by="track", validation_fraction=fraction, seed=seed)

    assert tracks_of(split.train).isdisjoint(tracks_of(split.validation))


@given(grouped_data_sets(), FRACTIONS, SEEDS)
def test_split_by_group_keeps_groups_whole(samples, fraction, seed):
    """No (class, group) appears on both sides; one of each class trains, one of two or more validates."""
    classes = Counter(class_id for class_id, _ in groups_of(samples))
    assume(max(classes.values()) > 1)

    split = split_samples(samples, by="group", validation_fraction=fraction, seed=seed)

    train, validation = groups_of(split.train), groups_of(split.validation)
    assert train.keys().isdisjoint(validation.keys())
    for class_id, groups in classes.items():
        assert class_id in {id_ for id_, _ in train}
        assert (class_id in {id_ for id_, _ in validation}) == (groups > 1)


@given(grouped_data_sets(), FRACTIONS, SEEDS)
def test_split_by_group_comes_near_the_share_of_every_classs_tracks(samples, fraction, seed):
    """Not farther off than half of its largest group, unless one group alone is too much or only one is left."""
    groups = groups_of(samples)
    assume(max(Counter(class_id for class_id, _ in groups).values()) > 1)

    split = split_samples(samples, by="group", validation_fraction=fraction, seed=seed)

    held_out = groups_of(split.validation)
    for class_id in {class_id for class_id, _ in held_out}:
        sizes = [size for (id_, _), size in groups.items() if id_ == class_id]
        taken = [size for (id_, _), size in held_out.items() if id_ == class_id]
        wanted = min(max(1, round(fraction * sum(sizes))), sum(sizes) - 1)
        near = abs(sum(taken) - wanted) <= max(sizes) / 2
        assert near or len(taken) == 1 or len(taken) == len(sizes) - 1


@given(DATA_SETS, FRACTIONS, SEEDS)
def test_without_groups_the_split_by_group_is_the_one_by_track(samples, fraction, seed):
    """Your own signs, and drawn ones: nothing is grouped, so nothing changes."""
    assert split_samples(samples, by="group", validation_fraction=fraction, seed=seed) == split_samples(
        samples, by="track", validation_fraction=fraction, seed=seed
    )


def test_large_group_is_evaluated_by_some_seed():
    """Not by all seeds: eight of eleven tracks are similar, and too many beside one of the others."""
    samples = tuple(replace(sample, group="00000" if sample.track < "00008" else None) for sample in make_samples([11]))

    counts = {
        len(tracks_of(split_samples(samples, by="group", validation_fraction=0.2, seed=seed).validation))
        for seed in range(20)
    }

    assert counts == {2, 8}


@given(grouped_data_sets(), FRACTIONS, SEEDS, st.sampled_from(["group", "track", "random"]))
def test_split_is_disjoint_and_complete(samples, fraction, seed, by):
    """Every sample is on exactly one side, in the order of the data set."""
    assume(by != "group" or len(groups_of(samples)) > len({sample.class_id for sample in samples}))
    assume(by != "random" or 0 < round(fraction * len(samples)) < len(samples))

    split = split_samples(samples, by=by, validation_fraction=fraction, seed=seed)

    held_out = set(split.validation)
    assert len(split.train) + len(split.validation) == len(samples)
    assert split.train == tuple(sample for sample in samples if sample not in held_out)
    assert split.validation == tuple(sample for sample in samples if sample in held_out)


@given(DATA_SETS, FRACTIONS, SEEDS)
def test_split_by_track_holds_out_the_same_share_of_every_class(samples, fraction, seed):
    """To the nearest whole track; at least one where a class has two, and never a class's last."""
    split = split_samples(samples, by="track", validation_fraction=fraction, seed=seed)

    held_out = Counter(key.class_id for key in tracks_of(split.validation))
    for class_id, tracks in Counter(key.class_id for key in tracks_of(samples)).items():
        assert held_out[class_id] == min(max(1, round(fraction * tracks)), tracks - 1)


@given(grouped_data_sets(), FRACTIONS, SEEDS, st.sampled_from(["group", "track", "random"]))
def test_same_seed_gives_the_same_split(samples, fraction, seed, by):
    """On every machine and in every run."""
    assume(by != "group" or len(groups_of(samples)) > len({sample.class_id for sample in samples}))
    assume(by != "random" or 0 < round(fraction * len(samples)) < len(samples))

    assert split_samples(samples, by=by, validation_fraction=fraction, seed=seed) == split_samples(
        samples, by=by, validation_fraction=fraction, seed=seed
    )


@pytest.mark.parametrize("by", ["group", "track", "random"])
def test_other_seeds_give_other_splits(by):
    """Of ten seeds no two agree on this data set."""
    samples = make_samples([20] * 5)

    splits = {split_samples(samples, by=by, validation_fraction=0.2, seed=seed).validation for seed in range(10)}

    assert len(splits) == 10


def test_seed_0_stays_what_it_was():
    """Metrics of earlier versions were measured on it: a change of the split is a change of every comparison."""
    split = split_samples(make_samples([5, 5], frames=1), by="track", validation_fraction=0.2, seed=0)

    assert tracks_of(split.validation) == {TrackKey(0, "00002"), TrackKey(1, "00004")}


def test_seed_0_by_group_stays_what_it_was():
    joined = {(0, "00001"): "00000", (0, "00000"): "00000", (1, "00002"): "00001", (1, "00001"): "00001"}
    samples = tuple(
        replace(sample, group=joined.get((sample.class_id, sample.track))) for sample in make_samples([6, 6], frames=1)
    )

    split = split_samples(samples, by="group", validation_fraction=0.4, seed=0)

    assert sorted((key.class_id, int(key.track)) for key in tracks_of(split.validation)) == [
        (0, 3),
        (0, 5),
        (1, 1),
        (1, 2),
        (1, 5),
    ]


def test_split_by_track_does_not_depend_on_the_order_of_samples():
    """Two file systems may list in two orders."""
    samples = make_samples([4, 5])

    forwards = split_samples(samples, by="track", validation_fraction=0.3, seed=0)
    backwards = split_samples(samples[::-1], by="track", validation_fraction=0.3, seed=0)

    assert set(forwards.validation) == set(backwards.validation)


def test_sample_without_a_track_is_a_track_of_its_own():
    """People's own pictures: each can be held out alone."""
    samples = tuple(Sample(Path(f"stop/{index}.png"), 0) for index in range(10))

    split = split_samples(samples, by="track", validation_fraction=0.3, seed=0)

    assert len(split.validation) == 3
    assert tracks_of(split.train) == frozenset()


@pytest.mark.parametrize("by", ["track", "group"])
def test_images_of_one_name_in_several_folders_can_be_held_out_alone(by):
    samples = tuple(Sample(Path(f"stop/object{index}/crop.png"), 0) for index in range(10))

    assert len(split_samples(samples, by=by, validation_fraction=0.3, seed=0).validation) == 3


def test_random_split_holds_out_the_share_of_images():
    """Of 300 images 60."""
    split = split_samples(make_samples([50, 50]), by="random", validation_fraction=0.2, seed=0)

    assert len(split.validation) == 60


def test_random_split_leaks_and_says_so():
    """Nearly every held-out image has a frame of the same sign among the training images."""
    split = split_samples(make_samples([20], frames=30), by="random", validation_fraction=0.2, seed=0)

    assert tracks_of(split.validation) <= tracks_of(split.train)
    assert split_label("random", split.validation).startswith("LEAKY")


@pytest.mark.parametrize(
    ("by", "tracks_and_groups", "label"),
    [
        ("group", [("1", "a"), ("2", None)], "validation by (class, track), look-alike tracks together"),
        ("group", [("1", None), ("2", None)], "validation by (class, track)"),
        ("group", [(None, None)], "validation by image, as no track is known"),
        ("track", [("1", "a")], "validation by (class, track)"),
        ("track", [(None, None)], "validation by image, as no track is known"),
        ("track", [("1", "a"), (None, None)], "validation by (class, track), and by image where the track is unknown"),
        ("none", [], "no validation: every image trains"),
    ],
)
def test_label_says_what_was_kept_together(by, tracks_and_groups, label):
    """Not what would have been, had the tracks and groups been known."""
    validation = [Sample(Path("a.png"), 0, track=track, group=group) for track, group in tracks_and_groups]

    assert split_label(by, validation) == label


def test_without_validation_every_image_trains():
    """For the model that is shipped."""
    samples = make_samples([1, 2])

    split = split_samples(samples, by="none", validation_fraction=0.2, seed=0)

    assert split.train == samples
    assert split.validation == ()


@pytest.mark.parametrize(
    ("samples", "by"),
    [
        ((), "group"),
        ((), "track"),
        ((), "random"),
        (make_samples([1, 1]), "track"),
        (tuple(replace(sample, group="00000") for sample in make_samples([3, 2])), "group"),
        (make_samples([1], frames=2), "random"),
    ],
)
def test_split_that_leaves_nothing_is_refused(samples, by):
    """Single tracks, or too few images for the share; the way out is reported."""
    with pytest.raises(DataError) as raised:
        split_samples(samples, by=by, validation_fraction=0.2, seed=0)

    assert f"{len(samples)} images by {by}" in raised.value.problem
    assert "--set data.split=none" in raised.value.hint


def test_tracks_of_counts_class_and_track_together():
    """Track 0 of class 0 and track 0 of class 1 are two signs; an unknown track is none."""
    samples = (*make_samples([1, 1]), Sample(Path("x.png"), 0))

    assert tracks_of(samples) == {TrackKey(0, "00000"), TrackKey(1, "00000")}


@pytest.mark.gtsrb
def test_real_tracks_are_split_whole(gtsrb_data):
    """About a fifth of 1,307 tracks, some of every class."""
    split = split_samples(gtsrb_data.samples, by="track", validation_fraction=0.2, seed=0)

    assert tracks_of(split.train).isdisjoint(tracks_of(split.validation))
    assert len(tracks_of(split.validation)) == pytest.approx(1307 / 5, abs=10)
    assert {key.class_id for key in tracks_of(split.validation)} == set(range(43))


@pytest.mark.gtsrb
def test_real_groups_are_split_whole(gtsrb_data):
    """About a fifth of the tracks, some of every class, and no twins on both sides."""
    split = split_samples(gtsrb_data.samples, by="group", validation_fraction=0.2, seed=0)

    assert groups_of(split.train).keys().isdisjoint(groups_of(split.validation))
    assert len(tracks_of(split.validation)) == pytest.approx(1307 / 5, abs=30)
    assert {key.class_id for key in tracks_of(split.validation)} == set(range(43))


@pytest.mark.parametrize("fraction", [float("nan"), float("inf"), -0.1, 1.1])
@pytest.mark.parametrize("by", ["group", "track", "random"])
def test_fraction_that_is_none_is_refused(by, fraction):
    with raises(DataError, problem=f"The validation fraction is {fraction}.", expected="from 0 to 1"):
        split_samples((), by=by, validation_fraction=fraction, seed=0)


def test_own_validation_samples_validate_and_no_others():
    """Whatever the fraction; a random split and none do as they say."""
    samples = tuple(replace(one, held_out=one.track == "00007") for one in make_samples([8], frames=1))

    for by in ("group", "track"):
        split = split_samples(samples, by=by, validation_fraction=0.5, seed=0)
        assert [one.track for one in split.validation] == ["00007"]
        assert split_label(by, split.validation) == "validation on the data's own validation images"
    assert len(split_samples(samples, by="random", validation_fraction=0.5, seed=0).validation) == 4
    assert len(split_samples(samples, by="none", validation_fraction=0.5, seed=0).train) == 8


@given(st.integers(0, 200), st.sampled_from(["group", "track", "random"]), st.booleans())
def test_image_of_several_signs_is_never_divided(seed, by, tracked):
    """Not even between classes; tracks stay whole too."""
    samples = tuple(
        Sample(Path(f"photos/{photo}.jpg"), class_id, Box(9 * class_id, 0, 9 * class_id + 8, 8), track)
        for photo in range(24)
        for class_id in range(2)
        for track in ([f"{photo // (2 + class_id)}"] if tracked else [None])
    )
    try:
        split = split_samples(samples, by=by, validation_fraction=0.3, seed=seed)
    except DataError:
        return

    assert not {one.path for one in split.train} & {one.path for one in split.validation}
    if by != "random":
        assert not tracks_of(split.train) & tracks_of(split.validation)
