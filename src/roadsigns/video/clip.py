"""A video file that is written frame by frame."""

from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from roadsigns.errors import OutputError
from roadsigns.files import check_output_file
from roadsigns.types import UInt8Image
from roadsigns.wording import either

__all__ = ["ClipWriter", "check_clip"]

# OpenCV's wheels have no encoder for H.264. MPEG-4 is written fast and played by VLC, mpv and ffmpeg; VP8 is what
# browsers play.
CODECS = {".mp4": "mp4v", ".mov": "mp4v", ".mkv": "mp4v", ".avi": "XVID", ".webm": "VP80"}
# A frame is repeated as long as it was seen, but not for hours.
LONGEST_STILL = 10.0
FASTEST = 60.0
FREE_SPACE = "Free some space, or name another place with --annotate."


def check_clip(path: Path) -> None:
    """Refuse a place where no video can be written, before the work.

    Raises:
        OutputError: If the name ends in no known suffix, or nothing can be written there.
    """
    if path.suffix.lower() not in CODECS:
        expected = f"a name that ends in {either(CODECS)}"
        raise OutputError("This is not the name of a video file.", expected=expected, subject=str(path))
    check_output_file(path, option="--annotate")


class ClipWriter:
    """Writes a video with a constant number of frames per second, each frame at its time.

    Frames that are far apart are repeated, so that the video is as long as the original. None is left out.

    Attributes:
        count: How many frames were written, repeated ones too.
    """

    def __init__(self, path: Path, frames_per_second: float) -> None:
        """Prepare a file, which begins with the first frame.

        Args:
            path: What to write.
            frames_per_second: At most 60 are written.
        """
        self.count = 0
        self._path = path
        self._rate = min(frames_per_second, FASTEST)
        self._codec = CODECS[path.suffix.lower()]
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._start = 0.0
        self._last: UInt8Image | None = None

    def __enter__(self) -> "ClipWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.release()
            if kind is None and not _is_whole(self._path):
                raise OutputError("The video could not be written whole.", hint=FREE_SPACE, subject=str(self._path))

    def write(self, image: UInt8Image, seconds: float) -> None:
        """Write a frame.

        Args:
            image: RGB, shape (height, width, 3), uint8. One of another size than the first is scaled to that.
            seconds: Its time, not before that of the frame before.

        Raises:
            OutputError: If the file cannot be written.
        """
        if self._writer is None:
            self._open(image)
        if self._last is None:
            self._start = seconds
        else:
            self._repeat(self._last, seconds)
        picture = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), np.uint8)
        if picture.shape[1::-1] != self._size:
            picture = np.asarray(cv2.resize(picture, self._size, interpolation=cv2.INTER_AREA), np.uint8)
        self._last = picture
        self._put(picture)

    def _repeat(self, picture: UInt8Image, until: float) -> None:
        """Write a frame as often as it takes until the next one."""
        missing = round((until - self._start) * self._rate) - self.count
        too_many = missing - round(LONGEST_STILL * self._rate)
        if too_many > 0:
            self._start += too_many / self._rate
            missing -= too_many
        for _ in range(missing):
            self._put(picture)

    def _open(self, image: UInt8Image) -> None:
        # The codecs have colours of half the resolution.
        self._size = max(2, image.shape[1] // 2 * 2), max(2, image.shape[0] // 2 * 2)
        code = cv2.VideoWriter.fourcc(*self._codec)
        self._writer = cv2.VideoWriter(str(self._path), cv2.CAP_FFMPEG, code, self._rate, self._size)
        if not self._writer.isOpened():
            raise OutputError("The video cannot be written.", hint=FREE_SPACE, subject=str(self._path))

    def _put(self, picture: UInt8Image) -> None:
        if self._writer is not None:
            self._writer.write(picture)
            self.count += 1


def _is_whole(path: Path) -> bool:
    """Whether it can be read: OpenCV's writer does not tell when the disk is full."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    whole = bool(capture.isOpened() and capture.grab())
    capture.release()
    return whole
