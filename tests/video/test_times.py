"""Times of frames."""

import math

import pytest

from roadsigns.video.times import Clock


def times(stamps, frames_per_second=10.0):
    """The times of frames with these stamps."""
    clock = Clock(frames_per_second)
    return [clock.next(stamp) for stamp in stamps], clock


def test_time_stamps_are_used():
    """As they are, however irregular."""
    assert times([0, 0.04, 0.3, 2.0])[0] == [0, 0.04, 0.3, 2.0]


def test_a_video_may_begin_late():
    """As one that was cut out of another."""
    assert times([3.0, 3.1])[0] == [3.0, 3.1]


@pytest.mark.parametrize("nothing", [0.0, -1.0, math.nan, math.inf])
def test_missing_time_stamps_follow_from_the_frame_rate(nothing):
    """And are counted."""
    found, clock = times([nothing, nothing, nothing])

    assert found == pytest.approx([0, 0.1, 0.2])
    # A first frame at 0 has one.
    assert clock.missing == (2 if nothing in {0.0, -1.0} else 3)


def test_time_never_goes_back():
    """Frames that are told out of order, and two at the same time, follow each other."""
    assert times([0, 0.2, 0.1, 0.3, 0.3])[0] == [0, 0.2, 0.2, 0.3, 0.3]


def test_time_goes_on_where_a_recording_begins_anew():
    """As in files that were put together."""
    assert times([0, 5.0, 10.0, 0.05, 0.15])[0] == pytest.approx([0, 5.0, 10.0, 10.1, 10.2])
