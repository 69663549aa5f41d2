"""Cameras and streams, played by something that acts like OpenCV's capture."""

import socket
import threading
import time

import cv2
import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.video.live import LiveVideo


class PlayedCapture:
    """A camera that gives a frame for each turn it gets, and then ends or hangs.

    Attributes:
        given: How many frames it gave.
        turns: Released once for each frame that may come.
        released: Set when it is let go.
    """

    def __init__(self, frames, *, turns=1, hangs=False, opened=True):
        self.given = 0
        self.turns = threading.Semaphore(turns)
        self.released = threading.Event()
        self._left = frames
        self._hangs = hangs
        self._opened = opened

    def isOpened(self):  # noqa: N802 - OpenCV's name
        return self._opened

    def get(self, prop):
        return 20.0 if prop == cv2.CAP_PROP_FPS else 0.0

    def read(self):
        if self.given == self._left:
            if self._hangs:
                self.released.wait(30)
            return False, None
        assert self.turns.acquire(timeout=30)
        self.given += 1
        return True, np.full((8, 8, 3), self.given, np.uint8)

    def release(self):
        self.released.set()


def live(capture, name="0", stalled=10.0):
    """A live video of a played capture."""
    return LiveVideo(name, stalled=stalled, opened=lambda *_: capture)


def frames_in_turn(video, capture, **settings):
    """Yield frames, each of which comes when the one before was taken."""
    for frame in video.frames(**settings):
        yield frame
        capture.turns.release()


def test_a_slow_camera_loses_no_frame():
    """Its frames come one after the other, with the time since the first."""
    capture = PlayedCapture(5)
    video = live(capture)

    frames = list(frames_in_turn(video, capture))

    assert [frame.number for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.image[0, 0, 0] for frame in frames] == [1, 2, 3, 4, 5]
    seconds = [frame.seconds for frame in frames]
    assert seconds[0] == 0
    assert seconds == sorted(seconds)
    assert (video.read, video.used, video.frames_per_second) == (5, 5, 20.0)
    video.close()


def test_a_machine_that_is_too_slow_takes_the_newest_frame():
    """What it skips is counted."""
    capture = PlayedCapture(41)
    video = live(capture)

    numbers = []
    for frame in video.frames():
        numbers.append(frame.number)
        # Ten frames come while it works.
        capture.turns.release(10)
        while video.read < min(frame.number + 11, 41):
            time.sleep(0.001)

    assert numbers == [0, 10, 20, 30, 40]
    assert (video.read, video.used) == (41, 5)
    video.close()


def test_frames_can_be_skipped():
    """As those of a file."""
    capture = PlayedCapture(7, turns=7)
    video = live(capture)

    numbers = [frame.number for frame in video.frames(every=100)]

    assert len(numbers) == 1
    video.close()


def test_a_camera_that_is_unplugged_is_told():
    """After how long, and what to do."""
    capture = PlayedCapture(3)
    video = live(capture)

    assert len(list(frames_in_turn(video, capture))) == 3
    assert "gives no more frames after" in video.problem.problem
    assert "plug" in video.problem.hint
    video.close()


def test_a_stream_that_stalls_is_told():
    """Although its read never returns."""
    capture = PlayedCapture(3, hangs=True)
    video = live(capture, "rtsp://camera/1", stalled=2.0)

    frames = list(frames_in_turn(video, capture))

    assert len(frames) == 3
    assert "stalled: no frame came for 2 s" in video.problem.problem
    assert video.problem.subject == "rtsp://camera/1"
    capture.released.set()
    video.close()


def test_time_spent_on_a_frame_is_no_stall():
    """Only the camera's own silence is."""
    capture = PlayedCapture(2)
    video = live(capture, stalled=1.0)
    for _ in frames_in_turn(video, capture):
        time.sleep(1.5)

    assert video.used == 2
    assert "gives no more frames" in video.problem.problem
    video.close()


def test_a_live_video_can_be_stopped():
    """Also while it waits for a frame, and then it lets the camera go."""
    capture = PlayedCapture(2, hangs=True)
    video = live(capture)
    end = time.monotonic() + 0.5

    list(video.frames(stop=lambda: time.monotonic() > end))
    assert video.problem is None
    capture.turns.release()
    capture.released.set()
    video.close()
    assert capture.released.is_set()


def test_a_camera_that_is_not_there_is_an_error():
    """With where to look."""
    with raises(DataError, problem="no camera 7", hint="/dev/video", subject="7"):
        live(PlayedCapture(0, opened=False), "7")


@pytest.mark.parametrize("answers", [False, True])
def test_an_address_without_a_stream_is_an_error(answers):
    """Nothing listens there, or what listens says nothing: that is waited for as long as a stall."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not answers:
            server.close()
        began = time.monotonic()
        with raises(DataError, problem="cannot be opened", hint="Check the address"):
            LiveVideo(f"rtsp://127.0.0.1:{port}/stream", stalled=1.0)
    assert time.monotonic() - began < 20
