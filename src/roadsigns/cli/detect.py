"""`roadsigns detect`: find and name the signs in photographs and videos of streets."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from roadsigns.bulk.detection.output import DETECTION_FORMATS, LABEL_FORMATS
from roadsigns.cli.shared.decision import coverage_option, keep_option, tell_rule, tell_threshold
from roadsigns.cli.shared.number import FiniteFloatRange
from roadsigns.cli.shared.on_ray import cluster_options, refuse_without_ray, run_on_ray
from roadsigns.cli.shared.output_file import STREAMED, as_file
from roadsigns.cli.shared.results import (
    json_option,
    requested_format,
    show_progress,
    threads_option,
    with_progress,
    write,
)
from roadsigns.cli.shared.video_options import GEOJSON, refuse_without_videos, video_options
from roadsigns.wording import counted

if TYPE_CHECKING:
    from roadsigns.detection.detector import Detector
    from roadsigns.errors import DataError


@click.command(name="detect")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--detector",
    "detector_name",
    metavar="MODEL",
    default="detector",
    show_default=True,
    help="What finds signs: run folder, .onnx file, or built-in detector.",
)
@click.option(
    "--model",
    metavar="MODEL",
    default="best",
    show_default=True,
    help="What names them: run folder, model file, or built-in model; see `roadsigns models`.",
)
@click.option(
    "--min-score",
    type=FiniteFloatRange(0, 1, min_open=True, max_open=True),
    help="Lowest score at which a sign is reported; a lower one finds more signs, and more things that are not signs.  "
    "[default: the detector's own]",
)
@keep_option
@coverage_option
@click.option(
    "--top-k", default=3, show_default=True, type=click.IntRange(1), help="Number of classes to list for each sign."
)
@click.option(
    "--format",
    "wanted_format",
    type=click.Choice((*DETECTION_FORMATS, GEOJSON)),
    help="Output format; coco and yolo are labels of images, for people who label; geojson is for videos with --gpx.  "
    "[default: by the suffix of --out, or a table]",
)
@json_option
@click.option(
    "--out",
    "out_name",
    metavar="PATH",
    help="File to write or replace, once all results are there; with --format yolo, a new folder; with --on ray, a "
    "folder, or the address of one.",
)
@click.option(
    "--annotate",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="New folder for a copy of each image with boxes, names and drawings of the signs; for a video, the video to "
    "write or replace.",
)
@threads_option
@video_options
@cluster_options
def command(
    *,
    paths: tuple[str, ...],
    detector_name: str,
    model: str,
    min_score: float | None,
    keep: float | None,
    coverage: float | None,
    top_k: int,
    wanted_format: str | None,
    as_json: bool,
    out_name: str | None,
    annotate: Path | None,
    threads: int | None,
    machines: str | None,
    address: str | None,
    workers: int | None,
    **of_videos: Any,
) -> int:
    """Find the signs in each PATH and name them: a photograph, a folder, a quoted glob pattern, a zip or tar archive, a
    CSV file with paths, or - for a list of paths on standard input. With --on ray: shards.

    A PATH may also be a video file, the number of a camera, or an address such as rtsp://camera/1. Each sign is then
    followed, and reported once, when it has left the picture. Ctrl-C ends it, with all that was seen.

    Boxes in which the model that names signs sees none are left out.

    Images and videos that cannot be read are reported among the results, or left out of labels; the exit status is then
    1.
    """
    if machines:
        return run_on_ray(
            "detect",
            paths,
            out=out_name,
            model=model,
            detector=detector_name,
            top_k=top_k,
            keep=keep,
            coverage=coverage,
            min_score=min_score,
            threads=threads,
            address=address,
            workers=workers,
            others={
                "--json": as_json,
                "--annotate": annotate,
                f"--format {wanted_format}": None if wanted_format == "parquet" else wanted_format,
                **{f"--{name.replace('_', '-')}": value for name, value in of_videos.items()},
            },
        )
    refuse_without_ray(address=address, workers=workers)
    wanted = requested_format(wanted_format, as_json=as_json)
    load = partial(
        _load, detector_name, recognizer=model, threads=threads, min_score=min_score, keep=keep, coverage=coverage
    )
    from roadsigns.video.source import is_video

    if any(map(is_video, paths)):
        from roadsigns.cli.shared.detect_videos import detect_videos

        return detect_videos(
            paths, load=load, top_k=top_k, wanted=wanted, out_name=out_name, annotate=annotate, **of_videos
        )
    refuse_without_videos(wanted, **of_videos)
    return _detect_pictures(paths, load=load, top_k=top_k, wanted=wanted, out_name=out_name, annotate=annotate)


def _detect_pictures(
    paths: tuple[str, ...],
    *,
    load: Callable[..., "Detector"],
    top_k: int,
    wanted: str | None,
    out_name: str | None,
    annotate: Path | None,
) -> int:
    """Find the signs of pictures; see `command`."""
    from roadsigns.bulk.detection.output import Found, detection_layout, each_once
    from roadsigns.bulk.inputs.sources import open_sources
    from roadsigns.bulk.new_folder import check_new_folder
    from roadsigns.bulk.output import choose_format

    folder = _label_folder(out_name, annotate) if wanted == "yolo" else None
    out = as_file(out_name, option="--out", without=STREAMED) if out_name and not folder else None
    chosen = "yolo" if folder else choose_format(wanted, out)
    for new, option in ((folder, "--out"), (annotate, "--annotate")):
        if new is not None:
            check_new_folder(new, paths, option=option)
    sources = open_sources(paths, out=out)
    if sources.has_boxes:
        click.echo("Boxes in tables are not used: detect finds the signs itself.", err=True)

    from roadsigns.bulk.detection.annotated import AnnotatedFolder
    from roadsigns.bulk.detection.yolo import write_yolo
    from roadsigns.bulk.stream import detect_entries

    # Of a table of boxes, how many images it has is not known.
    total = None if sources.has_boxes else sources.count
    detector = load(expected_images=total)
    classes = detector.recognizer.classes
    decides = detector.recognizer.rule.threshold is not None
    found, annotated = Found(once=chosen == "coco"), AnnotatedFolder(annotate, classes) if annotate else None
    labels = None
    entries = each_once(sources.entries()) if sources.has_boxes else sources.entries()
    problems: list[DataError] = []
    with show_progress("Detecting", total, out=folder or out) as advance:
        results = with_progress(found.count(detect_entries(detector, entries, top_k=top_k)), advance)
        if annotated:
            results = annotated.pass_on(results)
        if folder:
            labels = write_yolo(results, folder, classes)
            problems += labels.problems
        else:
            layout = detection_layout(chosen, classes, top_k=top_k, with_decisions=decides, out=out)
            write(results, out, layout)
    problems += annotated.problems if annotated else []
    problems += found.unread if chosen in LABEL_FORMATS else []
    images, signs = (labels.images, labels.signs) if labels else (found.images, found.signs)
    if written := folder or out:
        click.echo(
            f"Wrote {counted(signs, 'sign')} in {counted(images, 'image')} to {written}. "
            f"Images that could not be read: {len(found.unread):,}."
        )
    if found.unknown:
        tell_threshold(detector.recognizer.rule)
    if annotate is not None:
        click.echo(f"Annotated images are in {annotate}.", err=True)
    for problem in problems:
        click.echo(f"roadsigns: Left out: {problem}", err=True)
    return 1 if found.unread or problems else 0


def _load(detector: str, **options: Any) -> "Detector":
    from roadsigns.detection.detector import Detector

    loaded = Detector.load(detector, **options)
    tell_rule(loaded.recognizer.rule, options["keep"])
    return loaded


def _label_folder(out_name: str | None, annotate: Path | None) -> Path:
    """Return the folder that --out names.

    Raises:
        click.UsageError: If there is none, or it is that of annotated images too.
    """
    if out_name is None:
        raise click.UsageError("--format yolo writes a folder of text files. Name one: --out DIR.")
    if annotate is not None and annotate.absolute() == Path(out_name).absolute():
        raise click.UsageError("--out and --annotate are the same folder. Images with boxes drawn in train nothing.")
    return Path(out_name)
