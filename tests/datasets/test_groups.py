"""Tracks of one place are joined whatever their light and size; the package's table is what comes out for GTSRB."""

from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.groups import (
    Grouping,
    TrackPair,
    group_tracks,
    groups_of,
    join_tracks,
    parse_groups,
    write_groups,
)
from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.errors import DataError, ImageError, OutputError
from roadsigns.types import Sample, TrackKey

KNOWN_TWINS = {26: ("00006", "00016"), 10: ("00012", "00049"), 2: ("00001", "00068")}


def place(seed, *, size=40, light=1.0):
    """A picture of a place: the same seed is the same place."""
    coarse = np.random.default_rng(seed).uniform(40, 140, (5, 5, 3)).astype(np.float32)
    return (cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC) * light).clip(0, 255).astype(np.uint8)


def frames_of(class_id, track, count=3):
    return [Sample(Path(f"{class_id}/{track}_{frame:05d}.ppm"), class_id, None, track) for frame in range(count)]


def pair_of(class_id, first, second, distance):
    return TrackPair(Sample(Path("a"), class_id, None, first), Sample(Path("b"), class_id, None, second), distance)


@pytest.fixture
def group():
    """Group tracks that are given as {(class, track): images of its frames}; an error stands for a broken image."""

    def group(tracks, **options):
        images = {}
        for (class_id, track), frames in tracks.items():
            images.update(zip(frames_of(class_id, track, len(frames)), frames, strict=True))

        def read(sample):
            image = images[sample]
            if isinstance(image, ImageError):
                raise image
            return image

        return group_tracks(list(images), read=read, **options)

    return group


def test_one_place_in_another_light_and_size_is_one_group(group):
    """Named after the lowest of its tracks; another place is a group of its own."""
    grouping = group(
        {
            (3, "00002"): [place(1, size=30), place(1, size=50)],
            (3, "00005"): [place(2)],
            (3, "00009"): [place(1, size=90, light=0.4)],
        }
    )

    assert grouping.groups == {(3, "00002"): "00002", (3, "00005"): "00005", (3, "00009"): "00002"}
    assert grouping.members() == [((3, "00002"), (3, "00009")), ((3, "00005"),)]


def test_two_classes_are_never_joined(group):
    """Two signs on one post are two classes; a split keeps classes apart anyway."""
    grouping = group({(3, "00000"): [place(1)], (4, "00000"): [place(1)]})

    assert len(grouping.members()) == 2


def test_one_frame_that_is_similar_is_enough(group):
    """The distance is the least among all frames, and the pair says which frames these are."""
    grouping = group(
        {(0, "00000"): [place(1), place(2), place(3)], (0, "00001"): [place(7), place(8)], (0, "00002"): [place(8)]}
    )

    (pair,) = grouping.joins
    assert (pair.first.path.name, pair.second.path.name) == ("00001_00001.ppm", "00002_00000.ppm")
    assert pair.distance == pytest.approx(0, abs=1e-3)


def test_distance_is_the_root_mean_square_of_standardised_pictures(group):
    """As written down plainly; a threshold a hair above it joins, one a hair below does not."""
    images = [place(seed, size=16) for seed in (1, 2)]
    pictures = [(image - image.mean()) / (image.std() + 0.255) for image in images]
    distance = np.sqrt(((pictures[0] - pictures[1]) ** 2).mean())
    tracks = {(0, "00000"): [images[0]], (0, "00001"): [images[1]]}

    above, below = (group(tracks, threshold=threshold) for threshold in (distance + 1e-4, distance - 1e-4))

    assert above.joins[0].distance == pytest.approx(distance, abs=1e-5)
    assert below.joins == ()


def test_long_tracks_are_compared_by_ten_frames_and_short_ones_by_all(group):
    """Every third of GTSRB's 30: what stands between is nearly the same picture."""
    many = [place(seed) for seed in range(30)]

    assert len(group({(0, "00000"): many, (0, "00001"): [many[4]]}).members()) == 2
    assert len(group({(0, "00000"): many, (0, "00001"): [many[6]]}).members()) == 1
    assert len(group({(0, "00000"): many[:10], (0, "00001"): [many[4]]}).members()) == 1


def test_broken_images_are_left_out_and_named(group):
    """The rest of their track is compared; a track of which nothing is left stays alone."""
    broken = ImageError("x.ppm does not decode.")
    tracks = {
        (0, "00000"): [broken, broken],
        (0, "00001"): [broken, place(1)],
        (0, "00002"): [place(1)],
    }

    with pytest.warns(UserWarning, match=r"Left out: x\.ppm"):
        grouping = group(tracks)

    assert grouping.groups == {(0, "00000"): "00000", (0, "00001"): "00001", (0, "00002"): "00001"}


def test_images_without_a_track_are_passed_over_and_some_are_needed():
    """The way out is reported."""
    loose = Sample(Path("holiday.png"), 0)

    grouping = group_tracks([*frames_of(0, "1"), loose], read=lambda _: place(0))
    with pytest.raises(DataError) as raised:
        group_tracks([loose])

    assert "None of the 1 images has a track" in raised.value.problem
    assert "TRACK_FRAME" in raised.value.expected
    assert grouping.groups == {(0, "1"): "1"}


TRACKS = st.integers(0, 9).map("{:05d}".format)
EDGES = st.lists(st.tuples(st.integers(0, 1), TRACKS, TRACKS, st.floats(0, 1)).filter(lambda edge: edge[1] != edge[2]))


@given(EDGES, st.randoms(use_true_random=False))
def test_groups_are_what_hangs_together(edges, random):
    """Whatever the order of the pairs: two tracks are in one group if a chain of pairs leads from one to the other."""
    pairs = [pair_of(*edge) for edge in edges]
    keys = [TrackKey(class_id, f"{track:05d}") for class_id in range(2) for track in range(10)]
    reached = {key: {key} for key in keys}
    for _ in keys:
        for class_id, first, second, _distance in edges:
            union = reached[TrackKey(class_id, first)] | reached[TrackKey(class_id, second)]
            for key in union:
                reached[key] = union

    grouping = join_tracks(keys, pairs)
    random.shuffle(pairs)

    assert grouping.groups == {key: min(reached[key]).track for key in keys}
    assert join_tracks(keys, pairs).groups == grouping.groups
    assert len(grouping.joins) == len(keys) - len(grouping.members())
    assert [pair.distance for pair in grouping.joins] == sorted(pair.distance for pair in grouping.joins)


@given(st.dictionaries(st.tuples(st.integers(0, 99), TRACKS).map(lambda key: TrackKey(*key)), st.none()))
def test_table_is_read_as_it_was_written(tmp_path_factory, keys):
    """A line for each track, in order."""
    path = tmp_path_factory.mktemp("groups") / "groups.csv"
    groups = {key: min(other.track for other in keys if other.class_id == key.class_id) for key in keys}

    write_groups(groups, path)

    assert parse_groups(path.read_text()) == groups
    assert path.read_text().splitlines()[1:] == [
        f"{id_};{track};{group}" for (id_, track), group in sorted(groups.items())
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "class_id,track,group\n0,00000,00000\n",
        "0;00000;00000\n",
        "class_id;track;group\n0;00000\n",
        "class_id;track;group\nstop;00000;00000\n",
        "class_id;track;group\n0;00001;00000\n",
        "class_id;track;group\n0;00000;00001\n0;00001;00000\n",
    ],
)
def test_table_that_is_none_is_refused(text):
    """Other columns, half a line, a group that is no track or belongs to another group."""
    with pytest.raises(DataError) as raised:
        parse_groups(text)

    assert "class_id;track;group" in raised.value.expected
    assert "roadsigns group" in raised.value.hint


def test_table_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(OutputError) as raised:
        write_groups({}, tmp_path / "no" / "groups.csv")

    assert raised.value.subject == str(tmp_path / "no" / "groups.csv")
    assert "--out" in raised.value.hint
    assert list(tmp_path.iterdir()) == []


def test_packages_table_holds_gtsrb():
    """1,307 tracks of 43 classes in 1,059 groups. Another table parts other images: metrics would not compare."""
    groups = groups_of(GTSRB)
    sizes = Counter((key.class_id, group) for key, group in groups.items())

    assert (len(groups), len(sizes), max(sizes.values())) == (1307, 1059, 30)
    assert {key.class_id for key in groups} == set(range(43))
    assert all(
        groups[TrackKey(class_id, b)] == groups[TrackKey(class_id, a)] for class_id, (a, b) in KNOWN_TWINS.items()
    )


@pytest.mark.gtsrb
def test_packages_table_is_what_the_real_images_give(gtsrb_data):
    """For the classes of the known twins, and a few small ones."""
    classes = {*KNOWN_TWINS, 6, 32}
    samples = gtsrb_data.samples
    expected = {key: group for key, group in groups_of(GTSRB).items() if key.class_id in classes}

    grouping = group_tracks([sample for sample in samples if sample.class_id in classes])

    assert isinstance(grouping, Grouping)
    assert grouping.groups == expected
    assert {sample.track_key: sample.group for sample in samples} == groups_of(GTSRB)


@pytest.mark.parametrize("threshold", [float("nan"), float("inf"), -0.1])
def test_threshold_that_is_no_distance_is_refused(threshold):
    with raises(DataError, problem=f"The threshold is {threshold}.", expected="from 0 to 2"):
        group_tracks([], threshold=threshold)
