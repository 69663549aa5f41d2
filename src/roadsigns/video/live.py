"""Frames of a camera or a stream, which do not wait: always the newest one, and how many were skipped."""

import threading
import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError
from roadsigns.video.source import Frame, without_password

__all__ = ["LiveVideo", "open_capture"]

# Seconds without a frame after which a stream has stalled; and how often to look whether to stop.
STALLED, LOOK = 10.0, 0.2
USUAL_FRAMES_PER_SECOND = 25.0


class LiveVideo:
    """A camera or a stream; see `roadsigns.video.source.Video`. A frame's time is when it came."""

    def __init__(
        self, name: str, *, stalled: float = STALLED, opened: Callable[[str, float], cv2.VideoCapture] | None = None
    ) -> None:
        """Open a camera or a stream.

        Args:
            name: The number of a camera, or an address.
            stalled: Seconds without a frame after which to give up.
            opened: Opens it; `open_capture` unless given.

        Raises:
            DataError: If there is none.
        """
        self.name = without_password(name)
        self.count: int | None = None
        self.read = self.used = 0
        self.problem: DataError | None = None
        self._stalled = stalled
        self._capture = (opened or open_capture)(name, stalled)
        if not self._capture.isOpened():
            raise _not_opened(name)
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self.frames_per_second = rate if 0 < rate < 1000 else USUAL_FRAMES_PER_SECOND  # noqa: PLR2004
        self._changed = threading.Condition()
        self._newest: tuple[int, float, npt.NDArray[np.uint8]] | None = None
        self._ended = self._closed = False
        self._reader = threading.Thread(target=self._read_all, daemon=True)

    def frames(self, *, every: int = 1, stop: Callable[[], bool] = lambda: False) -> Iterator[Frame]:
        """See `Video.frames`. Frames that come while the one before is worked on are skipped, but for the newest."""
        self._reader.start()
        start = last = time.monotonic()
        after = 0
        while not stop():
            with self._changed:
                newest, ended = self._wait(after), self._ended
            if newest is not None:
                number, came, picture = newest
                if not self.used:
                    start = came
                last, after = time.monotonic(), number + every
                self.used += 1
                yield Frame(number, came - start, np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))
                # Time that others spend on a frame does not count.
                last = time.monotonic()
            elif ended or time.monotonic() - last > self._stalled:
                self.problem = self._why_ended(time.monotonic() - start, ended=ended)
                return

    def close(self) -> None:
        """See `Video.close`."""
        self._closed = True
        if self._reader.is_alive():
            # One that hangs in a read ends with the process.
            self._reader.join(timeout=1)
        if not self._reader.is_alive():
            self._capture.release()

    def _wait(self, after: int) -> tuple[int, float, npt.NDArray[np.uint8]] | None:
        """Return the newest frame, once its number is high enough; None if that takes long or none comes any more."""

        def is_due() -> bool:
            return self._newest is not None and self._newest[0] >= after

        self._changed.wait_for(lambda: self._ended or is_due(), timeout=LOOK)
        if not is_due():
            return None
        newest, self._newest = self._newest, None
        return newest

    def _read_all(self) -> None:
        while not self._closed:
            came, picture = self._capture.read()
            with self._changed:
                if came:
                    self._newest = self.read, time.monotonic(), np.asarray(picture, np.uint8)
                    self.read += 1
                else:
                    self._ended = True
                self._changed.notify()
            if not came:
                return

    def _why_ended(self, seconds: float, *, ended: bool) -> DataError:
        when = f"after {seconds:.1f} s and {self.read:,} frames"
        camera = self.name.isdigit()
        hint = "Check its plug." if camera else "Check the network and the address."
        if ended:
            problem = "The camera gives no more frames" if camera else "The stream ended or broke off"
        else:
            problem = f"The {'camera' if camera else 'stream'} stalled: no frame came for {self._stalled:g} s,"
        told = "The signs up to there are told. " if self.used else ""
        return DataError(f"{problem} {when}.", hint=told + hint, subject=self.name)


def open_capture(name: str, stalled: float) -> cv2.VideoCapture:
    """Open the camera of a number, or an address: it has to answer within so many seconds."""
    if name.isdigit():
        return cv2.VideoCapture(int(name))
    wait = int(1000 * stalled)
    settings = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, wait, cv2.CAP_PROP_READ_TIMEOUT_MSEC, wait]
    return cv2.VideoCapture(name, cv2.CAP_FFMPEG, settings)


def _not_opened(name: str) -> DataError:
    if name.isdigit():
        hint = "Look for it with `ls /dev/video*`; another program may be using it."
        return DataError(f"There is no camera {name}, or it cannot be opened.", hint=hint, subject=name)
    return DataError(
        "The stream cannot be opened: nothing answers there, or it is no video.",
        hint="Check the address, its user and password, and the network.",
        subject=without_password(name),
    )
