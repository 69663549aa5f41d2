"""Tracks in file names, and whether they are believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.tracks import doubt_tracks, names_its_class, track_of

NUMBERS = st.integers(0, 99_999)


@given(track=NUMBERS, frame=NUMBERS, class_id=NUMBERS, width=st.integers(1, 5))
def test_track_is_the_last_number_but_one(track, frame, class_id, width):
    """As GTSRB and Kaggle name their images, with zeros before the numbers or without."""
    track, frame, class_name = (f"{number:0{width}d}" for number in (track, frame, class_id))

    assert track_of(f"{track}_{frame}.ppm", class_name) == track
    assert track_of(f"{class_name}_{track}_{frame}.png", str(class_id)) == track
    assert track_of(f"{class_name}_{track}_{frame}.png", class_name) == track


@pytest.mark.parametrize(
    ("name", "class_name"),
    [
        ("holiday.png", "14"),
        ("00001.ppm", "14"),
        ("a_00001.ppm", "14"),
        ("00001_b.ppm", "14"),
        ("00001-00002.ppm", "14"),
        ("00001_00002", "14"),
        ("1_2_3_4.ppm", "14"),
        ("IMG_20240519_101500.jpg", "14"),
        # The first of three numbers is not the class.
        ("00013_00003_00027.png", "14"),
        ("00014_00003_00027.png", "stop"),
        ("00014_00003_00027.png", ""),
    ],
)
def test_other_names_have_no_track(name, class_name):
    assert track_of(name, class_name) is None


@pytest.mark.parametrize(
    ("name", "class_name", "does"),
    [
        ("00014_00003_00027.png", "14", True),
        ("14_3_27.png", "00014", True),
        ("00003_00027.png", "3", False),
        ("00014_00003_00027.png", "15", False),
        ("00014_00003_00027.png", "stop", False),
    ],
)
def test_class_is_repeated_in_kaggles_names(name, class_name, does):
    assert names_its_class(name, class_name) is does


@pytest.mark.parametrize("tracks", [["20240519"], ["20240519", "20240520", "19991231"]])
def test_dates_are_no_tracks(tracks):
    """A camera's names: date and time. Two signs are photographed on one day."""
    assert "dates" in doubt_tracks([(0, track) for track in tracks] * 2)


@pytest.mark.parametrize("tracks", [["20241301", "20240230"], ["00000000"], ["20240519", "00003"], ["18991231"]])
def test_numbers_that_are_no_dates_may_be_tracks(tracks):
    """One that is none is enough."""
    assert not doubt_tracks((0, track) for track in tracks)


def test_one_track_for_each_class_is_none():
    """`5_1.png`, `5_2.png`: the class and a running number."""
    assert "single sign" in doubt_tracks([(0, "0"), (0, "0"), (1, "1"), (1, "1"), (2, "2")])
    assert "single sign" in doubt_tracks([(0, "0"), (0, "0"), (1, "0"), (1, "0")])


def test_one_class_with_two_tracks_is_enough_to_believe_them():
    assert not doubt_tracks([(0, "0"), (0, "0"), (1, "1"), (1, "1"), (1, "2")])


def test_single_track_of_a_single_class_is_believed():
    """Somebody may well have filmed one sign, or one image of each."""
    assert not doubt_tracks([(0, "3"), (0, "3")])
    assert not doubt_tracks([(0, "3"), (1, "4")])
    assert not doubt_tracks([])


@given(tracks=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["00001", "20240519", "7", "x"]))))
def test_order_makes_no_difference(tracks):
    assert doubt_tracks(tracks) == doubt_tracks(reversed(tracks))
