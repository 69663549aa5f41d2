"""Which boxes show the same sign, on simulated drives whose signs are known."""

from collections import Counter

import numpy as np
import pytest
from fixtures.drives import detect_badly, simulate_drive
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.video.follow import Follower

DRIVES = 12
MIN_FRAMES = 3


def follow(drive, rng, *, every=1, **mistakes):
    """Follow the signs of a drive. Returns of each track of enough frames how often it showed which sign."""
    follower, shown = Follower(), {}
    shift = np.zeros(2)
    for number, (seconds, boxes, moved) in enumerate(zip(drive.seconds, drive.boxes, drive.shifts, strict=True)):
        shift += moved
        if number % every:
            continue
        found, signs = detect_badly(boxes, rng, **mistakes)
        # It is measured in the picture, to about half a pixel.
        tracks, _ = follower.update(seconds, found, shift=tuple(shift + rng.normal(0, 0.5, 2)))
        shift[:] = 0
        for track, sign in zip(tracks, signs, strict=True):
            if track is not None:
                shown.setdefault(track.number, []).append(sign)
    return [Counter(signs) for signs in shown.values() if len(signs) >= MIN_FRAMES]


def count(drives, *, every=1, **mistakes):
    """Count signs, and those missed, told twice and invented, over some drives."""
    counts = Counter()
    for seed, drive in enumerate(drives):
        tracks = follow(drive, np.random.default_rng(seed), every=every, **mistakes)
        told = Counter(track.most_common(1)[0][0] for track in tracks)
        counts["signs"] += len(drive.signs)
        counts["missed"] += len(drive.signs - set(told))
        counts["twice"] += sum(number - 1 for sign, number in told.items() if sign is not None)
        counts["invented"] += told[None]
    return counts


def test_each_sign_is_told_once():
    """However the detector drops, moves, doubles and invents boxes, and the camera shakes and turns."""
    counts = count([simulate_drive(seed) for seed in range(DRIVES)])

    assert counts["signs"] > 60
    assert counts["missed"] <= 0.01 * counts["signs"]
    assert counts["twice"] <= 0.01 * counts["signs"]
    assert counts["invented"] == 0


@pytest.mark.parametrize("roads", [{"shake": 10.0}, {"irregular": True}, {"fps": 15.0}], ids=str)
def test_each_sign_is_told_once_on_worse_roads(roads):
    """Strong bumps, frames at irregular times, few frames per second."""
    counts = count([simulate_drive(100 + seed, **roads) for seed in range(DRIVES)])

    assert counts["missed"] + counts["twice"] <= 0.03 * counts["signs"]
    assert counts["invented"] == 0


def test_each_sign_is_told_once_by_a_bad_detector():
    """A third of the boxes is missing, and there are many that show nothing."""
    drives = [simulate_drive(200 + seed) for seed in range(DRIVES)]

    counts = count(drives, missed=0.35, jitter=0.1, invented=0.1, twice=0.1)

    assert counts["missed"] <= 0.02 * counts["signs"]
    assert counts["twice"] <= 0.1 * counts["signs"]
    assert counts["invented"] <= 1


def test_frames_may_be_skipped():
    """At 10 used frames in a second nearly every sign is still told once."""
    counts = count([simulate_drive(seed) for seed in range(DRIVES)], every=3)

    assert counts["missed"] + counts["twice"] <= 0.03 * counts["signs"]


def test_two_signs_on_a_post_stay_two():
    """Although they look alike, and the whole picture jumps by more than a sign."""
    follower = Follower()
    numbers = []
    for frame in range(30):
        jump = 25 * (frame % 2)
        upper, lower = 100 + jump, 122 + jump
        boxes = np.array([[100, upper, 120, upper + 20], [100, lower, 120, lower + 20]], np.float32)
        shift = (0.0, float(jump - 25 * ((frame - 1) % 2))) if frame else (0.0, 0.0)
        tracks, _ = follower.update(frame / 30, boxes, shift=shift)
        numbers.append([track.number for track in tracks])

    assert numbers == [[0, 1]] * 30


def test_gaps_are_bridged():
    """A sign that a lorry hides for half a second is the same one, and one that is gone for longer is lost."""
    follower = Follower()
    box = np.array([[100, 100, 130, 130]], np.float32)
    nothing = np.zeros((0, 4), np.float32)
    for frame in range(10):
        follower.update(frame / 30, box)
    for frame in range(10, 25):
        assert follower.update(frame / 30, nothing) == ([], [])

    (again,), _ = follower.update(25 / 30, box)
    lost = [track for frame in range(26, 60) for track in follower.update(frame / 30, nothing)[1]]

    assert (again.number, again.found) == (0, 11)
    assert lost == [again]
    assert follower.finish() == []


@pytest.mark.parametrize("found", [1, 10])
@pytest.mark.parametrize("gap", [0.5, 1.0, 2.0, 5.0, 600.0])
def test_after_a_gap_another_sign_is_another(found, gap):
    """However little is known of where the old one would be by then."""
    follower = Follower()
    old, other = (np.array([box], np.float32) for box in ([100, 100, 180, 180], [740, 40, 940, 240]))
    for frame in range(found):
        follower.update(frame / 30, old)

    (track,), lost = follower.update((found - 1) / 30 + gap, other)

    assert track.number == 1
    assert sorted(one.number for one in (*lost, *follower.finish())) == [0, 1]


@settings(max_examples=50)
@given(st.lists(st.integers(0, 40), min_size=2, max_size=8), st.floats(0.75, 60))
def test_a_video_of_few_frames_has_no_signs_in_common(places, step):
    """One of two is not taken for the other, even at the same place: nobody can know."""
    follower = Follower()
    numbers = []
    for frame, place in enumerate(places):
        (track,), _ = follower.update(frame * step, np.array([[30 * place, 100, 30 * place + 30, 130]], np.float32))
        numbers.append(track.number)

    assert numbers == list(range(len(places)))


def test_a_sign_is_expected_where_it_drives_to():
    """Its speed and growth are learned, and carry it over a gap."""
    follower = Follower()

    def box(frame):
        side = 20 * 1.05**frame
        centre = 600 + 6 * frame
        return np.array([[centre - side / 2, 300 - side / 2, centre + side / 2, 300 + side / 2]], np.float32)

    for frame in (*range(15), *range(22, 30)):
        (track,), _ = follower.update(frame / 30, box(frame))

    assert (track.number, track.found) == (0, 23)
    assert track.speed[0] == pytest.approx(180, rel=0.1)
    assert track.speed[2] == pytest.approx(30 * np.log(1.05), rel=0.1)


def test_a_box_in_another_sign_is_no_sign():
    """The detector found one twice."""
    follower = Follower()

    tracks, _ = follower.update(0.0, np.array([[10, 10, 50, 50], [12, 14, 36, 40], [60, 10, 100, 50]], np.float32))

    assert [track and track.number for track in tracks] == [0, None, 1]


def test_signs_that_are_still_there_are_given_up_at_the_end():
    """And nothing is followed afterwards."""
    follower = Follower()
    tracks, _ = follower.update(0.0, np.array([[10, 10, 50, 50]], np.float32))

    assert follower.finish() == tracks
    assert follower.finish() == []
