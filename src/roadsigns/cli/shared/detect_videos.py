"""`roadsigns detect` of videos: its options, and what they do."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli.shared.decision import tell_threshold
from roadsigns.cli.shared.output_file import STREAMED, as_file
from roadsigns.cli.shared.video_options import GEOJSON, check_video_options, choose_video_format
from roadsigns.wording import counted

if TYPE_CHECKING:
    from roadsigns.bulk.output import Layout
    from roadsigns.bulk.stream import Result
    from roadsigns.detection.detector import Detector
    from roadsigns.video.detect import Following
    from roadsigns.video.results import Show, Way
    from roadsigns.video.signs import VideoSign
    from roadsigns.video.source import Video

__all__ = ["detect_videos"]


def detect_videos(
    names: Sequence[str],
    *,
    load: "Callable[[], Detector]",
    top_k: int,
    wanted: str | None,
    out_name: str | None,
    annotate: Path | None,
    every: int | None,
    min_frames: int | None,
    gpx: Path | None,
    video_start: datetime | None,
) -> int:
    """Find, follow and name the signs in videos.

    Args:
        names: Files, numbers of cameras and addresses.
        load: Loads the detector, once all else is known to be right.
        top_k: How many classes to list for each sign.
        wanted: The format; None for that of the suffix of `out_name`, or a table.
        out_name: The file to write; None for standard output.
        annotate: The video to write.
        every: See `_video_options`, as for the rest.
        min_frames: See there.
        gpx: See there.
        video_start: See there.

    Returns:
        The exit status: 1 if a video could not be read to its end.

    Raises:
        click.UsageError: If options contradict each other.
        RoadsignsError: If something cannot be read or written.
        KeyboardInterrupt: After Ctrl-C, when all that was seen is written.
    """
    from roadsigns.cli.shared.process import interruption, make_video_quiet
    from roadsigns.training.graceful_stop import stop_on_interrupt
    from roadsigns.video.detect import MIN_FRAMES, Following
    from roadsigns.video.results import signs_of

    check_video_options(names, wanted=wanted, annotate=annotate, gpx=gpx, video_start=video_start)
    make_video_quiet()
    out = as_file(out_name, option="--out", without=STREAMED) if out_name else None
    chosen = choose_video_format(wanted, out, with_places=gpx is not None)
    _check_files(names, out, annotate)
    way = _way(gpx, video_start)
    detector = load()
    following = Following(every=every or 1, min_frames=min_frames or MIN_FRAMES, top_k=top_k)
    layout = _layout(chosen, detector, top_k=top_k, with_places=way is not None)
    with stop_on_interrupt() as stop:

        @contextmanager
        def watch(video: "Video") -> "Iterator[Show]":
            with _watched(video, detector, annotate, shown=out is None) as show:
                yield show
            _tell_frames(video, following)

        results = signs_of(names, detector, following, watch=watch, way=way, stop=stop.is_set)
        told, failures = _write(results, out, layout)
        stopped = stop.is_set()
    if not told and not failures:
        click.echo("No sign was found.", err=True)
    if told:
        tell_threshold(detector.recognizer.rule)
    if annotate is not None and annotate.exists():
        click.echo(f"The annotated video is {annotate}.", err=True)
    if stopped:
        raise interruption()
    return 1 if failures else 0


def _check_files(names: Sequence[str], out: Path | None, annotate: Path | None) -> None:
    """Refuse videos that are not there, and outputs that would replace them."""
    from roadsigns.errors import DataError
    from roadsigns.files import require_other_file
    from roadsigns.video.clip import check_clip
    from roadsigns.video.source import is_live

    files = [Path(name) for name in names if not is_live(name)]
    for file in files:
        if not file.exists():
            raise DataError("No such file.", hint="Check the path.", subject=str(file))
    if annotate is not None:
        check_clip(annotate)
        require_other_file(annotate, *files, hint="Name another place with --annotate.")
    if out is not None:
        require_other_file(out, *files, hint="Name another place with --out.")
        if annotate is not None and out.absolute() == annotate.absolute():
            raise click.UsageError("--out and --annotate are the same file.")


def _way(gpx: Path | None, start: datetime | None) -> "Way | None":
    from roadsigns.video.gpx import Ride
    from roadsigns.video.results import Way

    return None if gpx is None else Way(Ride.read(gpx), start)


def _layout(chosen: str, detector: "Detector", *, top_k: int, with_places: bool) -> "Layout[VideoSign]":
    from roadsigns.bulk.output import Layout
    from roadsigns.video.fields import VideoFields
    from roadsigns.video.geojson import GeoJsonWriter
    from roadsigns.video.table import VideoTableWriter

    classes = detector.recognizer.classes
    decides = detector.recognizer.rule.threshold is not None
    fields = VideoFields(classes, top_k, with_places)
    if chosen == GEOJSON:
        return Layout(chosen, fields, lambda file: GeoJsonWriter(file, fields))
    return Layout(chosen, fields, lambda file: VideoTableWriter(file, classes, with_decisions=decides))


@contextmanager
def _watched(video: "Video", detector: "Detector", annotate: Path | None, *, shown: bool) -> "Iterator[Show]":
    """Yield what is called with each frame: it shows progress, and writes the annotated video."""
    from roadsigns.progress import progress
    from roadsigns.video.annotate import annotated

    with ExitStack() as stack:
        calls: list[Show] = []
        if annotate is not None:
            calls.append(stack.enter_context(annotated(annotate, video, detector.recognizer.classes)))
        # Where the signs appear on the same terminal, a bar would break them up.
        if not (shown and sys.stdout.isatty()):
            advance = stack.enter_context(progress("Reading", total=video.count, unit="frames"))
            done = 0

            def count(*_: object) -> None:
                nonlocal done
                advance(video.read - done)
                done = video.read

            calls.append(count)

        def show(*frame_and_signs: object) -> None:
            for call in calls:
                call(*frame_and_signs)  # type: ignore[arg-type]

        yield show


def _tell_frames(video: "Video", following: "Following") -> None:
    """Say which frames were skipped, and whether there were too few."""
    from roadsigns.video.follow import LOST_SECONDS
    from roadsigns.video.source import is_live

    every = following.every
    if video.used < following.min_frames:
        click.echo(
            f"{video.name}: {counted(video.used, 'frame')} to look at, and a sign counts once it was found in "
            f"{following.min_frames}. Ask for fewer with --min-frames.",
            err=True,
        )
    elif following.min_frames > 1 and (apart := video.read / video.used / video.frames_per_second) > LOST_SECONDS:
        click.echo(
            f"{video.name}: the used frames are {apart:.1f} seconds apart, and a sign is followed over {LOST_SECONDS} "
            f"seconds at most, so no sign was found in {following.min_frames} of them. Use more frames (--every), or "
            "ask for --min-frames 1.",
            err=True,
        )
    if video.used == video.read:
        return
    if is_live(video.name):
        why = "the newest one each time"
    else:
        why = f"one in {every}" if every > 1 else "the others cannot be decoded"
    click.echo(f"{video.name}: used {video.used:,} of {counted(video.read, 'frame')}: {why}.", err=True)


def _write(results: "Iterator[Result[VideoSign]]", out: Path | None, layout: "Layout[VideoSign]") -> tuple[int, int]:
    """Write results; to standard output each at once.

    Returns:
        How many signs there are, and how many videos could not be read to their end.
    """
    from roadsigns.bulk.output import write_file, write_stream

    if out is None:
        tally = write_stream(_each_at_once(results), sys.stdout, layout)
        return tally.count - tally.failures, tally.failures
    tally = write_file(results, out, layout)
    click.echo(f"Wrote {counted(tally.count - tally.failures, 'sign')} to {out}.")
    return tally.count - tally.failures, tally.failures


def _each_at_once(results: "Iterator[Result[VideoSign]]") -> "Iterator[Result[VideoSign]]":
    for result in results:
        yield result
        sys.stdout.flush()
