"""The options of `roadsigns detect` for videos, and which of them go together."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click

__all__ = ["GEOJSON", "check_video_options", "choose_video_format", "refuse_without_videos", "video_options"]

Command = TypeVar("Command", bound=Callable[..., object])
GEOJSON = "geojson"
GEOJSON_SUFFIX = ".geojson"
# What signs of videos can be written as.
FORMATS = ("table", "json", "csv", "parquet", GEOJSON)


class TimeType(click.ParamType[datetime]):
    """A time."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse "2026-05-03T10:11:12"."""
        from roadsigns.video.gpx import parse_time

        try:
            return parse_time(str(value), naive="local")
        except ValueError:
            self.fail(f"'{value}' is not a time. Expected one such as 2026-05-03T10:11:12 or 2026-05-03T08:11:12Z.")


OPTIONS = (
    click.option("--every", type=click.IntRange(1), help="Videos: use every Nth frame only.  [default: 1]"),
    click.option(
        "--min-frames", type=click.IntRange(1), help="Videos: in how many frames a sign has to be found.  [default: 3]"
    ),
    click.option(
        "--gpx",
        metavar="GPX",
        type=click.Path(path_type=Path),
        help="Videos: the recorded ride. Each sign gets the place and time where it was last seen.",
    ),
    click.option(
        "--video-start",
        metavar="TIME",
        type=TimeType(),
        help="With --gpx: when the video began, in local time unless it ends in Z or such as +02:00.  [default: as the "
        "file says]",
    ),
)


def video_options(command: Command) -> Command:
    """Add the options to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def refuse_without_videos(wanted: str | None, **given: object) -> None:
    """Refuse options that would do nothing, and a format that is for videos.

    Raises:
        click.UsageError: If one has a value.
    """
    if wanted == GEOJSON:
        raise click.UsageError("--format geojson is for videos only.")
    for name, value in given.items():
        if value is not None:
            raise click.UsageError(f"--{name.replace('_', '-')} is for videos only. Leave it out.")


def check_video_options(
    names: Sequence[str], *, wanted: str | None, annotate: Path | None, gpx: Path | None, video_start: datetime | None
) -> None:
    """Refuse options that contradict each other or the videos.

    Raises:
        click.UsageError: With what to do instead.
    """
    from roadsigns.video.source import is_live, is_video

    for name in names:
        if not is_video(name):
            raise click.UsageError(f"{name} is not a video. Give images and videos in separate calls.")
    if wanted not in (None, *FORMATS):
        raise click.UsageError(f"--format {wanted} is for images, not for videos.")
    if wanted == GEOJSON and gpx is None:
        raise click.UsageError("GeoJSON needs places: give the recorded ride with --gpx.")
    if video_start is not None and gpx is None:
        raise click.UsageError("--video-start is for --gpx only. Add that, or leave it out.")
    one_only = {"--annotate": annotate, "--video-start": video_start}
    for option, value in one_only.items():
        if value is not None and len(names) > 1:
            raise click.UsageError(f"{option} is for a single video, but there are {len(names)}.")
    if gpx is not None and any(map(is_live, names)):
        raise click.UsageError("--gpx is for recorded videos, not for a camera or a stream.")


def choose_video_format(wanted: str | None, out: Path | None, *, with_places: bool) -> str:
    """Return the requested format, or the one that a file's suffix names.

    Raises:
        click.UsageError: If it is GeoJSON, and there are no places.
        RoadsignsError: As `roadsigns.bulk.output.choose_format`.
    """
    from roadsigns.bulk.output import choose_format
    from roadsigns.files import check_output_file

    if wanted != GEOJSON and (wanted or out is None or out.suffix.lower() != GEOJSON_SUFFIX):
        return choose_format(wanted, out)
    if not with_places:
        raise click.UsageError("GeoJSON needs places: give the recorded ride with --gpx.")
    if out is not None:
        check_output_file(out)
    return GEOJSON
