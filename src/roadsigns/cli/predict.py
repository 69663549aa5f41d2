"""`roadsigns predict`: name the signs in images."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.bulk.output import FORMATS
from roadsigns.cli.shared.decision import coverage_option, keep_option, tell_rule, tell_threshold
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
from roadsigns.wording import counted

if TYPE_CHECKING:
    from roadsigns.bulk.explained import ExplainedFolder
    from roadsigns.bulk.inputs.sources import Sources
    from roadsigns.inference.recognizer import Recognizer
    from roadsigns.types import BoxLike


class BoxType(click.ParamType["BoxLike"]):
    """A box: four integers."""

    name = "x1,y1,x2,y2"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "BoxLike":
        """Parse "4,5,40,41"."""
        try:
            x1, y1, x2, y2 = (int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"'{value}' is not a box. Expected four integers such as 5,6,41,42, with x2 and y2 exclusive.")
        return x1, y1, x2, y2


@click.command(name="predict")
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True)
@click.option(
    "--model",
    metavar="MODEL",
    help="Run folder, model file, or built-in model; see `roadsigns models`.  [default: best]",
)
@click.option("--box", type=BoxType(), help="Box of the sign in pixels, for a single image.")
@click.option("--boxes", metavar="CSV", type=click.Path(path_type=Path), help="CSV file with a box for each image.")
@click.option(
    "--top-k", default=3, show_default=True, type=click.IntRange(1), help="Number of classes to list for each image."
)
@click.option(
    "--format",
    "wanted_format",
    type=click.Choice(FORMATS),
    help="Output format.  [default: by the suffix of --out, or a table]",
)
@json_option
@click.option(
    "--out",
    "out_name",
    metavar="PATH",
    help="File to write or replace, once all results are there; with --on ray, a folder, or the address of one.",
)
@click.option(
    "--explain",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="New folder for a picture of each image: the sign as the network sees it, beside a heat map of what decided.",
)
@keep_option
@coverage_option
@threads_option
@cluster_options
def command(
    *,
    images: tuple[str, ...],
    model: str | None,
    box: "BoxLike | None",
    boxes: Path | None,
    top_k: int,
    wanted_format: str | None,
    as_json: bool,
    out_name: str | None,
    explain: Path | None,
    keep: float | None,
    coverage: float | None,
    threads: int | None,
    machines: str | None,
    address: str | None,
    workers: int | None,
) -> int:
    """Recognise the sign in each IMAGE: an image file, a folder, a quoted glob pattern, a zip or tar archive, a CSV
    file with paths and boxes, or - for a list of paths or such a CSV file on standard input. With --on ray: shards.

    Images that cannot be read are reported among the results; the exit status is then 1.
    """
    if machines:
        from roadsigns.model_files.builtin import DEFAULT_MODEL as BEST

        return run_on_ray(
            "predict",
            images,
            out=out_name,
            model=model or BEST,
            top_k=top_k,
            keep=keep,
            coverage=coverage,
            threads=threads,
            address=address,
            workers=workers,
            others={
                "--box": box,
                "--boxes": boxes,
                "--json": as_json,
                "--explain": explain,
                f"--format {wanted_format}": None if wanted_format == "parquet" else wanted_format,
            },
        )
    refuse_without_ray(address=address, workers=workers)
    _refuse_videos(images)
    from roadsigns.bulk.output import choose_format

    out = as_file(out_name, option="--out", without=STREAMED) if out_name else None
    chosen = choose_format(requested_format(wanted_format, as_json=as_json), out)
    sources = _open_sources(images, box=box, boxes=boxes, out=out, explain=explain)

    from roadsigns.bulk.explained import ExplainedFolder
    from roadsigns.inference.recognizer import Recognizer
    from roadsigns.model_files.model_file import DEFAULT_MODEL

    recognizer = Recognizer.load(
        model or DEFAULT_MODEL, threads=threads, expected_images=sources.count, keep=keep, coverage=coverage
    )
    tell_rule(recognizer.rule, keep)
    explained = ExplainedFolder(explain, recognizer, model=str(model or DEFAULT_MODEL)) if explain else None
    failures = _write_predictions(recognizer, sources, out, chosen, top_k=top_k, explained=explained)
    if explained:
        _tell(explained, explain)
    return 1 if failures or (explained and explained.problems) else 0


def _open_sources(
    images: tuple[str, ...],
    *,
    box: "BoxLike | None",
    boxes: Path | None,
    out: Path | None,
    explain: Path | None,
) -> "Sources":
    """Open what is to be predicted; refuse options that do not go together, and places that results cannot go to."""
    from roadsigns.bulk.inputs.sources import open_sources
    from roadsigns.bulk.new_folder import check_new_folder

    if explain is not None:
        check_new_folder(explain, images, option="--explain")
    if box is not None and boxes is not None:
        raise click.UsageError("--box and --boxes cannot be combined.")
    sources = open_sources(images, box=box, boxes=boxes, out=out, whole_list=explain is not None)
    if box is not None and sources.count != 1:
        given = f"there are {sources.count}" if sources.count else "there may be several"
        raise click.UsageError(f"--box is for a single image, but {given}.")
    if explain is not None:
        sources.require_outside(explain, option="--explain")
        _refuse_too_many(sources.count)
    return sources


def _write_predictions(
    recognizer: "Recognizer",
    sources: "Sources",
    out: Path | None,
    chosen: str,
    *,
    top_k: int,
    explained: "ExplainedFolder | None",
) -> int:
    """Predict all images and write the results. Returns how many images could not be read."""
    from roadsigns.bulk.fields import PredictionFields
    from roadsigns.bulk.output import Layout
    from roadsigns.bulk.photographs import warn_of_photographs
    from roadsigns.bulk.result_table import TableWriter
    from roadsigns.bulk.sign_cells import UnknownCount, threshold_line
    from roadsigns.bulk.stream import predict_entries

    table = partial(
        TableWriter,
        classes=recognizer.classes,
        with_boxes=sources.has_boxes,
        with_decisions=recognizer.rule.threshold is not None,
        below_unknown=threshold_line(recognizer.rule),
    )
    layout = Layout(chosen, PredictionFields(recognizer.classes, top_k), table)
    unknown = UnknownCount()
    with show_progress("Predicting", sources.count, out=out) as advance:
        results = unknown.count(predict_entries(recognizer, warn_of_photographs(sources.entries()), top_k=top_k))
        if explained:
            results = explained.pass_on(results)
        tally = write(with_progress(results, advance), out, layout)
    if out is not None:
        written = counted(tally.count, "result")
        click.echo(f"Wrote {written} to {out}. Images that could not be read: {tally.failures:,}.")
    if chosen != "table" and unknown.signs:
        # A table says so below its rows.
        tell_threshold(recognizer.rule)
    return tally.failures


def _refuse_videos(names: tuple[str, ...]) -> None:
    """Refuse files of videos, and name the command that reads them. Raises a UsageError."""
    from roadsigns.video.source import is_video

    for name in names:
        if Path(name).suffix and Path(name).is_file() and is_video(name):
            raise click.UsageError(f"{name} is a video, and predict reads images of one sign. Use `roadsigns detect`.")


def _refuse_too_many(count: int | None) -> None:
    """Refuse to write more pictures than anybody looks at, where their number is known.

    Raises:
        click.UsageError: If they are too many.
    """
    from roadsigns.bulk.explained import MAX_PICTURES

    if count is not None and count > MAX_PICTURES:
        raise click.UsageError(
            f"--explain would write {count:,} pictures. Expected at most {MAX_PICTURES:,}. Explain some of the images."
        )


def _tell(explained: "ExplainedFolder", folder: Path | None) -> None:
    from roadsigns.bulk.explained import MAX_PICTURES

    pictures = counted(explained.written, "picture")
    if explained.written:
        click.echo(f"Wrote {pictures} of what decided each prediction to {folder}: see {explained.overview}.", err=True)
    if explained.left_out:
        left_out = counted(explained.left_out, "image")
        click.echo(f"Predicted, but not explained: {left_out}. {MAX_PICTURES:,} pictures are the most.", err=True)
    for problem in explained.problems:
        click.echo(f"roadsigns: Not explained: {problem}", err=True)
