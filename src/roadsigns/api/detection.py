"""Finding signs in videos; in photographs `roadsigns.Detector` finds them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roadsigns.detection.detector import Detector
    from roadsigns.video.detect import Following
    from roadsigns.video.signs import VideoSign
    from roadsigns.video.source import Video

__all__ = ["detect_video"]


def detect_video(
    video: str | Path, *, detector: "Detector | None" = None, every: int = 1, min_frames: int = 3, top_k: int = 1
) -> "Iterator[VideoSign]":
    """Find, follow and read the signs of a video, in memory that does not grow with its length.

    Args:
        video: A file, the number of a camera such as "0", or the address of a stream, such as "rtsp://camera/1".
        detector: What finds and reads signs; the built-in ones unless given.
        every: Use every so many-th frame, at least 1.
        min_frames: In how many used frames a sign has to be found, at least 1.
        top_k: How many classes to list for each sign, at least 1.

    Returns:
        An iterator: each sign once, when it has left the picture, with one decision of all its frames. A video that
        cannot be read to its end gives its signs up to there, then the error.

    Raises:
        DataError: If the video cannot be opened, a number is too small, or, from the iterator, the video cannot be read
            to its end.
        TypeError: If a number is no whole number, or the video no path.

    Examples:
        >>> import roadsigns
        >>> signs = list(roadsigns.detect_video("drive.mp4"))
        >>> all(sign.frames >= 3 and sign.last_seconds > sign.first_seconds for sign in signs)
        True
    """
    from roadsigns.arguments import as_int, as_path, require_type
    from roadsigns.detection.detector import Detector
    from roadsigns.video.detect import Following
    from roadsigns.video.open_video import open_video

    following = Following(
        every=as_int(every, "every", least=1),
        min_frames=as_int(min_frames, "min_frames", least=1),
        top_k=as_int(top_k, "top_k", least=1),
    )
    if detector is not None:
        require_type(detector, "detector", Detector, expected="a roadsigns.Detector")
    address = video if isinstance(video, str) else str(as_path(video, "video"))
    # Before the camera is opened, which nobody would close if this failed.
    detector = detector or Detector.load()
    return _signs(open_video(address), detector, following)


def _signs(video: "Video", detector: "Detector", following: "Following") -> "Iterator[VideoSign]":
    from roadsigns.video.detect import detect_signs

    with closing(video):
        yield from detect_signs(detector, video, following)
        if video.problem is not None:
            raise video.problem
