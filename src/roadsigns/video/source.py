"""What a video is read from: a file, a camera or the address of a stream."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from roadsigns.types import UInt8Image

if TYPE_CHECKING:
    from roadsigns.errors import DataError

__all__ = ["SUFFIXES", "Frame", "Video", "is_live", "is_video", "without_password"]

# Of files; whether OpenCV's FFmpeg has the codec is another question.
SUFFIXES = frozenset(
    [
        ".3gp",
        ".asf",
        ".avi",
        ".flv",
        ".h264",
        ".hevc",
        ".m2ts",
        ".m4v",
        ".mjpeg",
        ".mjpg",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpeg",
        ".mpg",
        ".mts",
        ".ogv",
        ".ts",
        ".webm",
        ".wmv",
    ]
)
ADDRESS = re.compile(r"(rtsps?|https?)://", re.IGNORECASE)
# In an address: what stands before the password of its user.
PASSWORD = re.compile(r"^(\w+://[^/:@]*):[^/@]*@")
CAMERA = re.compile(r"\d{1,2}", re.ASCII)


class Frame(NamedTuple):
    """A frame of a video.

    Attributes:
        number: Counted from 0, over all frames, those that are skipped too.
        seconds: Since the video began.
        image: RGB, shape (height, width, 3), uint8.
    """

    number: int
    seconds: float
    image: UInt8Image


class Video(Protocol):
    """A video that is being read.

    Attributes:
        name: The file, the number of the camera, or the address.
        count: How many frames it has, if it says so; perhaps only nearly.
        frames_per_second: On average, as it says.
        read: How many frames came so far.
        used: How many of them were not skipped.
        problem: Why it ended before its end; None if it did not.
    """

    name: str
    count: int | None
    frames_per_second: float
    read: int
    used: int
    problem: "DataError | None"

    def frames(self, *, every: int = 1, stop: Callable[[], bool] = ...) -> Iterator[Frame]:
        """Yield every so many-th frame, until the end, a problem, or `stop` says to."""

    def close(self) -> None:
        """Let the file or the camera go."""


def is_live(name: str) -> bool:
    """Whether a name is that of a camera or a stream: digits that are no file, or an address."""
    return bool(ADDRESS.match(name)) or (bool(CAMERA.fullmatch(name)) and not Path(name).exists())


def without_password(name: str) -> str:
    """Return a name as results and messages show it: an address without its password."""
    return PASSWORD.sub(r"\1:***@", name, count=1)


def is_video(name: str) -> bool:
    """Whether a name is that of a video, live or in a file; the file need not exist."""
    return is_live(name) or (Path(name).suffix.lower() in SUFFIXES and not Path(name).is_dir())
