"""Where a ride was."""

import os
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.video.gpx import Ride, parse_time

HEAD = '<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'
START = datetime(2026, 5, 3, 10, 0, tzinfo=UTC)


def at(seconds):
    """A time after the start."""
    return START + timedelta(seconds=seconds)


def point(seconds, longitude, latitude):
    """A track point; None for one without a time."""
    time = "" if seconds is None else f"<time>{at(seconds):%Y-%m-%dT%H:%M:%S.%fZ}</time>"
    return f'<trkpt lat="{latitude}" lon="{longitude}"><ele>300</ele>{time}<speed>9</speed></trkpt>'


def write(path, *points, head=HEAD, tail="</gpx>"):
    """Write a GPX file with one track."""
    path.write_text(f"{head}<trk><name>ride</name><trkseg>{''.join(points)}</trkseg></trk>{tail}")
    return path


@pytest.fixture
def ride(tmp_path):
    """A ride of 20 seconds to the north-east, whose points are out of order, one of them twice."""
    points = [point(10, 11.001, 48.002), point(0, 11.0, 48.0), point(20, 11.004, 48.003), point(10, 11.001, 48.002)]
    return Ride.read(write(tmp_path / "ride.gpx", *points))


@pytest.mark.parametrize(
    ("seconds", "longitude", "latitude"),
    [(0, 11.0, 48.0), (5, 11.0005, 48.001), (10, 11.001, 48.002), (17.5, 11.00325, 48.00275), (20, 11.004, 48.003)],
)
def test_places_between_points_are_interpolated(ride, seconds, longitude, latitude):
    """In time; at a point it is the point."""
    place = ride.place(at(seconds))

    assert place.time == at(seconds)
    assert (place.longitude, place.latitude) == pytest.approx((longitude, latitude), abs=1e-6)


@pytest.mark.parametrize("seconds", [-1, 20.5])
def test_before_and_after_a_ride_there_is_no_place(ride, seconds):
    """Nothing is guessed."""
    assert ride.place(at(seconds)) == (at(seconds), None, None)


def test_in_a_long_gap_there_is_no_place(tmp_path):
    """Such as a tunnel, in which nobody knows the way; at its ends there is one."""
    ride = Ride.read(write(tmp_path / "ride.gpx", point(0, 11, 48), point(300, 11.1, 48)))

    assert ride.place(at(150)).longitude is None
    assert (ride.place(at(0)).longitude, ride.place(at(300)).longitude) == (11, 11.1)


def test_a_ride_may_cross_the_date_line(tmp_path):
    """It does not go around the earth."""
    ride = Ride.read(write(tmp_path / "ride.gpx", point(0, 179.9, 10), point(10, -179.8, 10)))

    assert ride.place(at(2)).longitude == pytest.approx(179.96)
    assert ride.place(at(8)).longitude == pytest.approx(-179.86)


def test_points_without_time_or_place_are_left_out(tmp_path):
    """The others are enough. Times of the file and of waypoints are none of the ride."""
    points = [
        point(None, 1, 2),
        point(0, 11, 48),
        point(5, "east", 48),
        point(6, 11, 91),
        point(7, "nan", 48),
        '<trkpt lat="1" lon="2"><time>noon</time></trkpt>',
        point(10, 11.1, 48),
    ]
    time = "<time>2020-01-01T00:00:00Z</time>"
    other = f'<metadata>{time}</metadata><wpt lat="1" lon="2">{time}</wpt>'
    ride = Ride.read(write(tmp_path / "ride.gpx", *points, head=HEAD + other))

    assert np.array_equal(ride.seconds, [at(0).timestamp(), at(10).timestamp()])


def test_older_versions_and_offsets_are_read(tmp_path):
    """GPX 1.0, without a namespace, and local times."""
    text = (
        '<gpx><trk><trkseg><trkpt lat="48" lon="11"><time>2026-05-03T12:00:00+02:00</time></trkpt></trkseg></trk></gpx>'
    )
    path = tmp_path / "ride.gpx"
    path.write_text(text)

    assert Ride.read(path).place(START).latitude == 48


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "no XML, or cut off"),
        ("no XML", "no XML"),
        (HEAD + "<trk><trkseg>", "cut off"),
        ("<kml></kml>", "holds <kml>"),
        (HEAD + "</gpx>", "holds no track points"),
        (HEAD + "<trk><trkseg>" + point(None, 1, 2) + "</trkseg></trk></gpx>", "None of its track points has a time"),
        ('<!DOCTYPE gpx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><gpx>&b;</gpx>', "DOCTYPE"),
        ('<!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/passwd">]><gpx>&a;</gpx>', "DOCTYPE"),
    ],
)
def test_what_is_no_recorded_ride_is_an_error(tmp_path, content, problem):
    """Whatever is wrong with it; XML's attacks are refused before they begin."""
    path = tmp_path / "ride.gpx"
    path.write_text(content)

    with raises(DataError, problem=problem, subject="ride.gpx"):
        Ride.read(path)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    """It is not there, a folder, or a pipe."""
    os.mkfifo(tmp_path / "pipe.gpx")
    for name in ("none.gpx", ".", "pipe.gpx"):
        with raises(DataError, problem="cannot be read"):
            Ride.read(tmp_path / name)


def test_a_ride_of_another_day_is_an_error(ride):
    """Both times are told, and what to do about a wrong clock."""
    with raises(DataError, problem="2026-05-03 10:00:00 UTC", hint="--video-start", subject="ride.gpx"):
        ride.require(at(86_400), at(86_500), video="drive.mp4")
    with raises(DataError, problem="but drive.mp4 from 2026-05-02"):
        ride.require(at(-86_400), at(-86_300), video="drive.mp4")


def test_a_ride_may_cover_a_part_of_a_video(ride):
    """A receiver takes a while to find the place."""
    ride.require(at(-50), at(5), video="drive.mp4")
    ride.require(at(19), at(100), video="drive.mp4")


def test_times_without_an_offset():
    """Are those of the file's format, or of this computer."""
    assert parse_time(" 2026-05-03T10:00:00 ", naive="utc") == START
    assert parse_time("2026-05-03T10:00:00", naive="local") == datetime(2026, 5, 3, 10).astimezone()
    assert parse_time("2026-05-03T10:00:00Z", naive="local") == START
    assert parse_time("2026-05-03 12:00+02:00", naive="utc").utcoffset() == timedelta(hours=2)
    assert parse_time("2026-05-03T12:00:00+02:00", naive="utc").tzinfo == timezone(timedelta(hours=2))
    with pytest.raises(ValueError, match="Invalid"):
        parse_time("noon", naive="utc")
