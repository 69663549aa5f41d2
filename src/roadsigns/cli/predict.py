"""`roadsigns predict`: the names of the signs in images."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.bulk.output import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roadsigns.bulk.output import Layout, Tally
    from roadsigns.bulk.stream import Result
    from roadsigns.progress import Advance


class BoxType(click.ParamType["tuple[int, int, int, int]"]):
    """Four whole numbers."""

    name = "x1,y1,x2,y2"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int, int, int]:
        """Parse "4,5,40,41"."""
        try:
            x1, y1, x2, y2 = (int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"'{value}' is no box. Expected four whole numbers such as 5,6,41,42, x2 and y2 exclusive.")
        return x1, y1, x2, y2


@click.command(name="predict")
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True)
@click.option("--model", metavar="MODEL", help="Run folder, model file, or built-in model; see `roadsigns models`.")
@click.option("--box", type=BoxType(), help="Where the sign is, in pixels; for a single image.")
@click.option("--boxes", metavar="CSV", type=click.Path(path_type=Path), help="Where the signs are, image by image.")
@click.option("--top-k", default=3, show_default=True, type=click.IntRange(1), help="How many classes to list.")
@click.option(
    "--format", "wanted_format", type=click.Choice(FORMATS), help="Default: by the suffix of --out, or a table."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line and image: --format json.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write a file, whole or not at all.")
def command(
    *,
    images: tuple[str, ...],
    model: str | None,
    box: tuple[int, int, int, int] | None,
    boxes: Path | None,
    top_k: int,
    wanted_format: str | None,
    as_json: bool,
    out: Path | None,
) -> int:
    """Name the sign in each IMAGE: a file, a folder, a quoted pattern, a zip or tar archive, a CSV file with paths and
    boxes, or - for a list of paths or such a CSV on standard input.

    An image that cannot be read is reported in its place; the exit status is then 1.
    """
    from roadsigns.bulk.output import Layout, choose_format
    from roadsigns.bulk.sources import open_sources

    if as_json and wanted_format not in (None, "json"):
        raise click.UsageError(f"--json and --format {wanted_format} exclude each other.")
    chosen = choose_format("json" if as_json else wanted_format, out)
    if box is not None and boxes is not None:
        raise click.UsageError("--box and --boxes exclude each other.")
    sources = open_sources(images, box=box, boxes=boxes)
    if box is not None and sources.count != 1:
        raise click.UsageError(f"--box is for a single image, and there are {sources.count or 'perhaps many'}.")

    from roadsigns.bulk.stream import predict_entries
    from roadsigns.inference.recognizer import Recognizer
    from roadsigns.model_files.model_file import DEFAULT_MODEL

    recognizer = Recognizer.load(model or DEFAULT_MODEL, expected_images=sources.count)
    layout = Layout(chosen, recognizer.classes, top_k, sources.has_boxes)
    with _progress(sources.count, shown=out is None) as advance:
        results = _counted(predict_entries(recognizer, sources.entries(), top_k=top_k), advance)
        tally = _write(results, out, layout)
    if out is not None:
        click.echo(f"Wrote {tally.count} results to {out}, {tally.failures} of them images that could not be read.")
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
    """A bar, unless the results appear on a terminal: they show how far it is, and a bar would cut them up."""
    from roadsigns.progress import progress

    return nullcontext(_no_advance) if shown and sys.stdout.isatty() else progress("Predicting", total=total)


def _no_advance(steps: int = 1, *, note: str = "") -> None:
    """Show nothing."""
