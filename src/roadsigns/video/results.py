"""Videos to results: one for each sign, and one for what went wrong with a video."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from roadsigns.bulk.entries import Entry
from roadsigns.bulk.stream import Result
from roadsigns.detection.detected import DetectedSign
from roadsigns.errors import DataError, ImageError
from roadsigns.video.detect import Finder, Following, detect_signs
from roadsigns.video.gpx import START_HINT, Ride
from roadsigns.video.mp4 import recorded_at
from roadsigns.video.open_video import open_video
from roadsigns.video.signs import VideoSign
from roadsigns.video.source import Frame, Video, is_live, without_password

__all__ = ["Show", "Way", "signs_of"]

Show: TypeAlias = Callable[[Frame, Sequence[DetectedSign]], None]


@dataclass(frozen=True, slots=True)
class Way:
    """Where a video was recorded.

    Attributes:
        ride: Where the camera was at each time.
        start: When the video began; None for the time that its file says.
    """

    ride: Ride
    start: datetime | None = None

    def begin(self, video: Video) -> datetime:
        """Return when a video began.

        Raises:
            DataError: If nobody knows, or the ride was at another time.
        """
        start = self.start or (None if is_live(video.name) else recorded_at(Path(video.name)))
        if start is None:
            problem = "The file does not say when it was recorded, so its signs have no places in the ride."
            raise DataError(problem, hint=START_HINT, subject=video.name)
        # Of a video whose length nobody knows, it is a day's recording at most.
        length = timedelta(days=1) if video.count is None else timedelta(seconds=video.count / video.frames_per_second)
        self.ride.require(start, start + length, video=video.name)
        return start

    def place(self, sign: VideoSign, start: datetime) -> VideoSign:
        """Return a sign with the place where it was last seen."""
        return replace(sign, place=self.ride.place(start + timedelta(seconds=sign.last_seconds)))


def signs_of(
    names: Iterable[str],
    detector: Finder,
    following: Following,
    *,
    watch: Callable[[Video], AbstractContextManager[Show]],
    way: Way | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Result[VideoSign]]:
    """Yield the signs of videos, and for each video that cannot be read to its end why.

    Args:
        names: See `open_video`.
        detector: Finds the signs.
        following: How they are followed.
        watch: Called with each video; what it yields is called with each frame.
        way: Where they were recorded; None for no places.
        stop: Asked before each frame and each video.

    Raises:
        DataError: If a video was not recorded on the way, before the first frame of any.
    """
    names = tuple(names)
    if way:
        _require_on_way(names, way)
    for name in names:
        if stop():
            return
        entry = Entry(without_password(name), b"")
        try:
            video = open_video(name)
        except DataError as error:
            yield Result(entry, _as_image_error(error))
            continue
        with closing(video):
            start = way.begin(video) if way else None
            with watch(video) as show:
                for sign in detect_signs(detector, video, following, stop=stop, show=show):
                    yield Result(entry, way.place(sign, start) if way and start else sign)
        if video.problem is not None:
            yield Result(entry, _as_image_error(video.problem))


def _require_on_way(names: Sequence[str], way: Way) -> None:
    """Refuse files that were not recorded on the way; those that cannot be opened are told in their turn."""
    for name in names:
        # A camera may have to be opened once only.
        if is_live(name):
            continue
        try:
            video = open_video(name)
        except DataError:
            continue
        video.close()
        way.begin(video)


def _as_image_error(error: DataError) -> ImageError:
    return ImageError(error.problem, expected=error.expected, hint=error.hint, subject=error.subject)
