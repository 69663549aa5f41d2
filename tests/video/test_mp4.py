"""What MP4 files say of themselves."""

import struct
from datetime import UTC, datetime

import pytest
from fixtures.clips import VIDEOS, moving_noise, write_clip

from roadsigns.video.mp4 import is_unfinished, recorded_at


def part(name, content):
    """A part of an MP4."""
    return struct.pack(">L4s", 8 + len(content), name) + content


def movie(head):
    """An MP4 with this head of the movie, after a part whose size has 64 bits."""
    wide = struct.pack(">L4sQ", 1, b"free", 20) + b"1234"
    return part(b"ftyp", b"isom") + wide + part(b"moov", part(b"trak", b"abc") + part(b"mvhd", head))


def test_the_time_of_a_recording_is_read():
    """As the camera wrote it."""
    assert recorded_at(VIDEOS / "dated.mp4") == datetime(2026, 5, 3, 10, 11, 12, tzinfo=UTC)


def test_the_time_may_have_64_bits(tmp_path):
    """Version 1 of the movie's head."""
    path = tmp_path / "long.mp4"
    path.write_bytes(movie(b"\1\0\0\0" + struct.pack(">Q", 3_600_000_000)))

    assert recorded_at(path) == datetime(2018, 1, 28, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [0, 60, 2_082_844_800])
def test_a_clock_that_was_never_set_is_no_time(tmp_path, seconds):
    """It begins in 1904 or 1970."""
    path = tmp_path / "unset.mp4"
    path.write_bytes(movie(b"\0\0\0\0" + struct.pack(">L", seconds)))

    assert recorded_at(path) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no video at all",
        movie(b"\0\0"),
        movie(b"\1\0\0\0" + b"\xff" * 8),
        struct.pack(">L4s", 4, b"moov") * 3,
        struct.pack(">L4sQ", 1, b"moov", 3),
        struct.pack(">L4s", 0, b"moov"),
    ],
    ids=["empty", "text", "short head", "far time", "size too small", "long size too small", "no content"],
)
def test_nonsense_has_no_time(tmp_path, content):
    """And is no error."""
    path = tmp_path / "odd.mp4"
    path.write_bytes(content)

    assert recorded_at(path) is None


def test_a_recording_that_was_cut_off_is_unfinished(tmp_path):
    """Its index would have been written last."""
    whole = write_clip(tmp_path / "whole.mp4", moving_noise(10))
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[:-1500])
    text = tmp_path / "text.mp4"
    text.write_text("no video")

    assert [is_unfinished(path) for path in (whole, cut, text)] == [False, True, False]
