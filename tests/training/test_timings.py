"""Where the seconds of a training go."""

import time

import pytest

from roadsigns.training.timings import Clock


def test_times_of_a_part_add_up():
    """However often it is entered; parts stand in the order of their first time."""
    clock = Clock()
    for part in ("steps", "saving", "steps"):
        with clock.measure(part):
            time.sleep(0.02)

    seconds = clock.seconds()

    assert list(seconds) == ["steps", "saving"]
    assert seconds["steps"] >= 0.04
    assert 0.02 <= seconds["saving"] < seconds["steps"]


def test_a_part_that_fails_counts_too():
    clock = Clock()

    def fail():
        with clock.measure("saving"):
            time.sleep(0.02)
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail()

    assert clock.seconds()["saving"] >= 0.02
