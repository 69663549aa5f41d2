"""Videos one after the other, with what goes wrong, and the places of their signs."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from fixtures.clips import VIDEOS, KnowingDetector, moving_noise, write_clip
from fixtures.errors import raises

from roadsigns.errors import DataError, ImageError
from roadsigns.video.detect import Following
from roadsigns.video.gpx import Ride
from roadsigns.video.open_video import open_video
from roadsigns.video.results import Way, signs_of

START = datetime(2026, 5, 3, 10, 11, 12, tzinfo=UTC)


@contextmanager
def unwatched(video):
    """Shows nothing."""
    yield lambda frame, signs: None


@pytest.fixture
def clip(tmp_path):
    """Of 12 frames."""
    return str(write_clip(tmp_path / "clip.mp4", moving_noise(12)))


@pytest.fixture
def ride(tmp_path):
    """Along a parallel, a thousandth of a degree in a second, from two seconds before the start on."""
    times = [(second, (START + timedelta(seconds=second)).isoformat()) for second in range(-2, 10)]
    points = "".join(f'<trkpt lat="48" lon="{11 + place / 1000}"><time>{time}</time></trkpt>' for place, time in times)
    path = tmp_path / "ride.gpx"
    path.write_text(f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>")
    return Ride.read(path)


def results_of(*names, **settings):
    """What is told of videos in each frame of which there is one sign."""
    detector = KnowingDetector([[[10, 10, 40, 40]]])
    return list(signs_of(names, detector, Following(), **{"watch": unwatched, **settings}))


def test_videos_are_read_one_after_the_other(clip):
    """What cannot be opened, and what ends too early, is told with its reason; the others are read."""
    damaged = str(VIDEOS / "sound.mp4")
    codec = str(VIDEOS / "av1.mp4")

    results = results_of(damaged, clip, codec, clip)

    assert [result.name for result in results] == [damaged, clip, codec, clip]
    first, second, third, fourth = (result.outcome for result in results)
    assert isinstance(first, ImageError)
    assert "AV01" in third.problem
    assert (second.frames, fourth.frames) == (12, 12)


def test_the_signs_of_a_damaged_video_are_told_first(tmp_path):
    """Nothing that was seen is lost."""
    whole = write_clip(tmp_path / "whole.mkv", moving_noise(60))
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    sign, problem = results_of(str(cut))

    assert sign.outcome.frames > 10
    assert "cut off" in problem.outcome.problem


def test_each_video_is_watched(clip):
    """From its first to its last frame."""
    seen = []

    @contextmanager
    def watch(video):
        seen.append(video.name)
        yield lambda frame, signs: seen.append(frame.number)
        seen.append("end")

    results_of(clip, watch=watch)

    assert seen == [clip, *range(12), "end"]


def test_after_a_stop_no_video_is_opened(clip):
    """The first one is ended, with what was seen of it."""
    seen = []

    @contextmanager
    def watch(video):
        yield lambda frame, signs: seen.append(frame.number)

    results = results_of(clip, clip, watch=watch, stop=lambda: len(seen) >= 5)

    assert [result.outcome.frames for result in results] == [5]


def test_a_sign_has_the_place_where_it_was_last_seen(ride):
    """At the time that the file says, or that is given."""
    dated = str(VIDEOS / "dated.mp4")

    (by_file,) = results_of(dated, way=Way(ride))
    (given,) = results_of(dated, way=Way(ride, START + timedelta(seconds=3)))

    last = 19 / 30
    assert by_file.outcome.place.time == START + timedelta(seconds=by_file.outcome.last_seconds)
    assert by_file.outcome.place.longitude == pytest.approx(11 + last / 1000, abs=1e-6)
    assert given.outcome.place.longitude == pytest.approx(11 + (3 + last) / 1000, abs=1e-6)


def test_a_video_without_a_time_has_no_place_in_a_ride(clip, ride):
    """Unless somebody says when it began."""
    with raises(DataError, problem="does not say when", hint="--video-start", subject="clip.mp4"):
        results_of(clip, way=Way(ride))


def test_a_ride_of_another_day_is_an_error(clip, ride):
    """Before any frame is read."""
    with raises(DataError, problem="2026-06-03", subject="ride.gpx"):
        results_of(clip, way=Way(ride, START + timedelta(days=31)))


def test_all_videos_are_looked_at_before_the_first_is_read(clip, ride):
    """No sign of the others is lost, hours later; what cannot be opened is told in its turn, as without a ride."""
    dated = str(VIDEOS / "dated.mp4")
    watched = []

    @contextmanager
    def watch(video):
        watched.append(video.name)
        yield lambda frame, signs: None

    with raises(DataError, problem="does not say when", subject="clip.mp4"):
        results_of(dated, clip, way=Way(ride), watch=watch)
    assert watched == []

    sign, problem = results_of(dated, str(VIDEOS / "sound.mp4"), way=Way(ride))

    assert sign.outcome.place is not None
    assert isinstance(problem.outcome, ImageError)


def test_a_way_begins_with_the_video(clip, ride):
    """Its time is known."""
    video = open_video(clip)
    start = START + timedelta(seconds=1)

    assert Way(ride, start).begin(video) == start
    video.close()
