"""Frames of a video file."""

import logging
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from roadsigns.errors import DataError
from roadsigns.files import require_file
from roadsigns.video.mp4 import is_unfinished
from roadsigns.video.source import Frame
from roadsigns.video.times import Clock
from roadsigns.wording import counted, reason

__all__ = ["VideoFile"]

logger = logging.getLogger(__name__)

USUAL_FRAMES_PER_SECOND, MAX_FRAMES_PER_SECOND = 25.0, 1000.0
# Many files say how many frames they have only nearly. Fewer are missing at the end of a damaged one.
MISSING_SHARE, MISSING_FRAMES = 0.02, 3
CONVERT = "Convert it to H.264, for instance with `ffmpeg -i IN -c:v libx264 OUT.mp4`."


class VideoFile:
    """A video file; see `roadsigns.video.source.Video`. Frames are upright, as the file says how the camera was held.

    OpenCV scales frames of another size than the first one to that of the first.
    """

    def __init__(self, path: Path) -> None:
        """Open a file.

        Raises:
            DataError: If there is none, it is no video, or it was never finished.
        """
        self.name = str(path)
        try:
            require_file(path)
        except OSError as error:
            hint = "Check the path and its permissions."
            raise DataError(f"The video cannot be read ({reason(error)}).", hint=hint, subject=self.name) from error
        # A whole path: FFmpeg takes a name such as "concat:..." for something else than a file.
        self._capture = cv2.VideoCapture(os.path.abspath(path), cv2.CAP_FFMPEG)  # noqa: PTH100 - links stay
        if not self._capture.isOpened():
            raise _not_opened(path)
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self.frames_per_second = rate if 0 < rate <= MAX_FRAMES_PER_SECOND else USUAL_FRAMES_PER_SECOND
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.count = round(count) if math.isfinite(count) and count > 0 else None
        self._clock = Clock(self.frames_per_second)
        self.read = self.used = 0
        self.problem: DataError | None = None

    def frames(self, *, every: int = 1, stop: Callable[[], bool] = lambda: False) -> Iterator[Frame]:
        """See `Video.frames`."""
        while not stop():
            if not self._capture.grab():
                self.problem = self._why_ended()
                break
            seconds = self._clock.next(self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
            number = self.read
            self.read += 1
            if number % every:
                continue
            decoded, picture = self._capture.retrieve()
            if decoded:
                self.used += 1
                yield Frame(number, seconds, np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))
        if self._clock.missing:
            without, rate = counted(self._clock.missing, "frame"), f"{self.frames_per_second:g} frames per second"
            logger.info("%s: %s without a time; times follow from %s.", self.name, without, rate)

    def close(self) -> None:
        """See `Video.close`."""
        self._capture.release()

    def _why_ended(self) -> DataError | None:
        if not self.read:
            return _no_frames(self.name, self._capture)
        if self.count is None or self.count - self.read <= max(MISSING_FRAMES, MISSING_SHARE * self.count):
            return None
        return DataError(
            f"The video ends after {self.read:,} of {self.count:,} frames, at {self._clock.seconds:.1f} s: "
            "it is cut off or damaged.",
            hint="The signs up to there are told. Copy the file again if another one is whole.",
            subject=self.name,
        )


def _not_opened(path: Path) -> DataError:
    if path.is_dir():
        return DataError("This is a folder.", expected="a video file", subject=str(path))
    if not path.stat().st_size:
        return DataError("The file is empty.", hint="Copy it again.", subject=str(path))
    if is_unfinished(path):
        return DataError(
            "The recording was never finished, as when a camera loses its power: its index (moov) is missing.",
            hint="Repair it with the software of the camera, or with a program such as untrunc.",
            subject=str(path),
        )
    return DataError(
        "The file holds no video that can be read.", expected="a video file", hint=CONVERT, subject=str(path)
    )


def _no_frames(name: str, capture: cv2.VideoCapture) -> DataError:
    """Tell a codec that is missing from a video without frames: whether there is anything to decode."""
    code = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    codec = "".join(chr(byte) if chr(byte).isalnum() else "?" for byte in code.to_bytes(4, "little"))
    packets = cv2.VideoCapture(os.path.abspath(name), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1])  # noqa: PTH100
    holds_some = packets.isOpened() and packets.grab()
    packets.release()
    if holds_some:
        problem = f"No frame can be decoded: OpenCV has no decoder for this codec ({codec}), or the video is damaged."
        return DataError(problem, hint=CONVERT, subject=name)
    return DataError("The video holds no frames.", hint="Record it again, or copy it again.", subject=name)
