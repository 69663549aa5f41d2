"""Tracks in a model file."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.model_files.track_ranges import as_ranges, from_ranges
from roadsigns.types import TrackKey

NUMBERS = st.integers(0, 120).map("{:05}".format) | st.integers(0, 120).map(str)
TRACKS = st.frozensets(st.builds(TrackKey, st.integers(0, 4), NUMBERS | st.text(max_size=4)), max_size=60)


@given(TRACKS)
def test_the_same_tracks_come_back_from_json(tracks):
    """Whatever they are called."""
    assert from_ranges(json.loads(json.dumps(as_ranges(tracks)))) == tracks


def test_consecutive_numbers_become_a_range():
    """A gap, another length, and a name end it."""
    names = ["00007", "00008", "00009", "00011", "00099", "00100", "9", "10", "9a"]

    ranges = as_ranges(TrackKey(3, name) for name in names)

    assert ranges == {"3": [["00007", "00009"], "00011", ["00099", "00100"], "10", "9", "9a"]}


def test_files_of_earlier_versions_list_each_track():
    assert from_ranges([[0, "00000"], [1, "00002"]]) == {TrackKey(0, "00000"), TrackKey(1, "00002")}


@pytest.mark.parametrize(
    "damaged", [{"x": ["1"]}, {"0": [["1"]]}, {"0": [["0", "99999999999999"]]}, {"0": [["a", "b"]]}, {"0": 3}, [[1]], 3]
)
def test_damaged_values_are_refused(damaged):
    """As damage of the file, which its reader reports."""
    with pytest.raises((TypeError, ValueError)):
        from_ranges(damaged)
