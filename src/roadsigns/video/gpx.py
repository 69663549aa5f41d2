"""Where a ride was at a time, out of a GPX file."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from xml.etree.ElementTree import ParseError, XMLParser

import numpy as np
import numpy.typing as npt

from roadsigns.errors import DataError
from roadsigns.files import require_file
from roadsigns.video.signs import Place
from roadsigns.wording import reason

__all__ = ["Ride", "parse_time"]

# Between two points farther apart in time, such as in a tunnel, the way is not known.
LONGEST_GAP = 60.0
LONGEST_TIME_TEXT = 64
CHUNK = 1 << 16
START_HINT = "Give the time with --video-start, such as 2026-05-03T10:11:12+02:00."


@dataclass(frozen=True, slots=True)
class Ride:
    """The points of a GPX file that have a time, in the order of time.

    Attributes:
        path: The file.
        seconds: Since 1970, UTC, shape (points,), rising.
        longitudes: In degrees; beyond 180 where the way crosses the date line.
        latitudes: In degrees.
    """

    path: Path
    seconds: npt.NDArray[np.float64]
    longitudes: npt.NDArray[np.float64]
    latitudes: npt.NDArray[np.float64]

    @classmethod
    def read(cls, path: Path) -> "Ride":
        """Read a GPX file: the points of its tracks.

        Raises:
            DataError: If it cannot be read, is no GPX, or holds no points with a time.
        """
        points = _parse(path)
        timed = sorted({time: place for time, *place in points.timed}.items())
        if not timed:
            problem = (
                "None of its track points has a time and a place." if points.count else "It holds no track points."
            )
            hint = "Export the ride anew, as a track with times."
            raise DataError(problem, expected="a GPX file of a recorded ride", hint=hint, subject=str(path))
        longitudes = np.unwrap([place[0] for _, place in timed], period=360)
        return cls(path, np.array([time for time, _ in timed]), longitudes, np.array([place[1] for _, place in timed]))

    def require(self, start: datetime, end: datetime, *, video: str) -> None:
        """Refuse a video that was recorded at another time.

        Raises:
            DataError: If no moment of the video lies in the ride.
        """
        first, last = (datetime.fromtimestamp(self.seconds[place], UTC) for place in (0, -1))
        if end < first or start > last:
            raise DataError(
                f"The ride was from {_shown(first)} to {_shown(last)}, but {video} "
                f"from {_shown(start)} to {_shown(end)}.",
                expected="the GPX file of this drive",
                hint=f"If the camera's clock is wrong: {START_HINT[0].lower()}{START_HINT[1:]}",
                subject=str(self.path),
            )

    def place(self, time: datetime) -> Place:
        """Return where the ride was at a time; without degrees before its start, after its end, and in long gaps."""
        seconds = time.timestamp()
        after = int(np.searchsorted(self.seconds, seconds))
        known = after < len(self.seconds) and (
            self.seconds[after] == seconds
            or (after > 0 and self.seconds[after] - self.seconds[after - 1] <= LONGEST_GAP)
        )
        if not known:
            return Place(time, None, None)
        longitude = float(np.interp(seconds, self.seconds, self.longitudes))
        latitude = float(np.interp(seconds, self.seconds, self.latitudes))
        # A tenth of a metre.
        return Place(time, round((longitude + 180) % 360 - 180, 6), round(latitude, 6))


def parse_time(text: str, *, naive: str) -> datetime:
    """Parse a time such as 2026-05-03T10:11:12Z.

    Args:
        text: As ISO 8601 has it.
        naive: What a time without an offset is: "utc" or "local", that of this computer.

    Raises:
        ValueError: If it is none.
    """
    time = datetime.fromisoformat(text.strip())
    if time.tzinfo is None:
        return time.replace(tzinfo=UTC) if naive == "utc" else time.astimezone()
    return time


def _shown(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


class _HasDoctype(Exception):  # noqa: N818 - never leaves this file
    pass


class _Points:
    """Collects the track points of a file while it is parsed."""

    def __init__(self) -> None:
        self.root = ""
        self.count = 0
        # Seconds, longitude, latitude.
        self.timed: list[tuple[float, float, float]] = []
        self._place: tuple[float, float] | None = None
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        name = _local(tag)
        self.root = self.root or name
        if name == "trkpt":
            self.count += 1
            self._place = _degrees(attributes)
        elif name == "time" and self._place is not None:
            self._text = []

    def data(self, text: str) -> None:
        """Take text."""
        if self._text is not None and sum(map(len, self._text)) < LONGEST_TIME_TEXT:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        name = _local(tag)
        if name == "trkpt":
            self._place = None
        elif name == "time" and self._text is not None:
            if self._place is not None:
                self._add("".join(self._text), *self._place)
            self._text = None

    def doctype(self, *_: object) -> NoReturn:
        """Refuse what entities, with which XML attacks, come from: no GPX has one."""
        raise _HasDoctype

    def close(self) -> None:
        """End the document."""

    def _add(self, text: str, longitude: float, latitude: float) -> None:
        try:
            self.timed.append((parse_time(text, naive="utc").timestamp(), longitude, latitude))
        except (ValueError, OverflowError, OSError):
            # As a point without a time.
            return


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _degrees(attributes: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        longitude, latitude = float(attributes["lon"]), float(attributes["lat"])
    except (KeyError, ValueError):
        return None
    return (longitude, latitude) if math.isfinite(longitude) and abs(latitude) <= 90 else None  # noqa: PLR2004


def _parse(path: Path) -> _Points:
    points = _Points()
    parser = XMLParser(target=points)
    expected = "a GPX file"
    try:
        require_file(path)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.feed(chunk)
        parser.close()
    except _HasDoctype as error:
        problem = "It has a DOCTYPE, which GPX files have not and which may be an attack."
        raise DataError(problem, expected=expected, hint="Export the ride anew.", subject=str(path)) from error
    except ParseError as error:
        problem = f"It is no XML, or cut off ({error})."
        raise DataError(problem, expected=expected, hint="Export the ride anew.", subject=str(path)) from error
    except OSError as error:
        hint = "Check the path and its permissions."
        raise DataError(f"It cannot be read ({reason(error)}).", hint=hint, subject=str(path)) from error
    if points.root != "gpx":
        raise DataError(f"It holds <{points.root}>, not <gpx>.", expected=expected, subject=str(path))
    return points
