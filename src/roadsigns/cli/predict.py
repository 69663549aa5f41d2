"""`roadsigns predict`: name the signs in images."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.bulk.output import FORMATS
from roadsigns.cli._decision import coverage_option, keep_option
from roadsigns.cli._output_file import OutputFile
from roadsigns.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roadsigns.bulk.output import Layout, Tally
    from roadsigns.bulk.stream import Result
    from roadsigns.progress import Advance
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
@click.option("--json", "as_json", is_flag=True, help="The same as --format json: one JSON object per line.")
@click.option("--out", metavar="FILE", type=OutputFile(), help="File to write or replace, when all results are there.")
@keep_option
@coverage_option
@click.option("--threads", type=click.IntRange(1), help="Number of worker threads.  [default: one per core]")
def command(
    *,
    images: tuple[str, ...],
    model: str | None,
    box: "BoxLike | None",
    boxes: Path | None,
    top_k: int,
    wanted_format: str | None,
    as_json: bool,
    out: Path | None,
    keep: float | None,
    coverage: float | None,
    threads: int | None,
) -> int:
    """Recognise the sign in each IMAGE: an image file, a folder, a quoted glob pattern, a zip or tar archive, a CSV
    file with paths and boxes, or - for a list of paths or such a CSV file on standard input.

    Images that cannot be read are reported among the results; the exit status is then 1.
    """
    from roadsigns.bulk.output import Layout, choose_format
    from roadsigns.bulk.sources import open_sources

    if as_json and wanted_format not in (None, "json"):
        raise click.UsageError(f"--json and --format {wanted_format} cannot be combined.")
    chosen = choose_format("json" if as_json else wanted_format, out)
    if box is not None and boxes is not None:
        raise click.UsageError("--box and --boxes cannot be combined.")
    sources = open_sources(images, box=box, boxes=boxes, out=out)
    if box is not None and sources.count != 1:
        given = f"there are {sources.count}" if sources.count else "there may be several"
        raise click.UsageError(f"--box is for a single image, but {given}.")

    from roadsigns.bulk.stream import predict_entries
    from roadsigns.inference.recognizer import Recognizer
    from roadsigns.model_files.model_file import DEFAULT_MODEL

    recognizer = Recognizer.load(
        model or DEFAULT_MODEL, threads=threads, expected_images=sources.count, keep=keep, coverage=coverage
    )
    decides = recognizer.rule.threshold is not None
    if not decides:
        click.echo("The model has no thresholds: it names a class for any image, whatever it shows.", err=True)
    layout = Layout(chosen, recognizer.classes, top_k, sources.has_boxes, decides)
    with _progress(sources.count, shown=out is None) as advance:
        results = _counted(predict_entries(recognizer, sources.entries(), top_k=top_k), advance)
        tally = _write(results, out, layout)
    if out is not None:
        written = counted(tally.count, "result")
        click.echo(f"Wrote {written} to {out}. Images that could not be read: {tally.failures:,}.")
    return 1 if tally.failures else 0


def _write(results: "Iterator[Result]", out: Path | None, layout: "Layout") -> "Tally":
    from roadsigns.bulk.output import write_file, write_stream

    if out is not None:
        return write_file(results, out, layout)
    return write_stream(results, sys.stdout, layout)


def _counted(results: "Iterator[Result]", advance: "Advance") -> "Iterator[Result]":
    for result in results:
        advance()
        yield result


def _progress(total: int | None, *, shown: bool) -> AbstractContextManager["Advance"]:
    """Return a progress bar; none where the results appear on the same terminal, which it would break up."""
    from roadsigns.progress import progress

    return nullcontext(_no_advance) if shown and sys.stdout.isatty() else progress("Predicting", total=total)


def _no_advance(steps: int = 1, *, note: str = "") -> None:
    """Show no progress."""
