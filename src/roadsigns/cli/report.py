"""`roadsigns report`: one HTML page that says how good a model is, and the JSON behind it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli._output import result_only_on_stdout

if TYPE_CHECKING:
    from roadsigns.evaluation.leakage import EvaluationSplit

__all__ = ["command"]


@click.command("report")
@click.argument("model", metavar="MODEL")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder, archive or table of labelled images.",
)
@click.option(
    "--out",
    default="report.html",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The HTML file; or a folder, for report.html and report.json.",
)
@click.option(
    "--split",
    default="test",
    show_default=True,
    type=click.Choice(["test", "validation", "all"]),
    help="Test images, images held out from training, or all labelled images outside the test set.",
)
@click.option("--allow-seen", is_flag=True, help="Allow signs that the model was trained on, and mark the results.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object and nothing else.")
@click.option("--no-cache", is_flag=True, help="Do not cache decoded images.")
def command(
    *, model: str, data: Path, out: Path, split: "EvaluationSplit", allow_seen: bool, as_json: bool, no_cache: bool
) -> None:
    """Report on MODEL: a run folder, a model file, or the name of a built-in model.

    Writes one HTML page that needs nothing else, and the figures behind it as a JSON file beside it.
    """
    with result_only_on_stdout():
        from roadsigns.html_report.make import classifier_report
        from roadsigns.html_report.sources.from_model import read_model
        from roadsigns.html_report.write import place_of, write_report
        from roadsigns.loading.cache import default_cache_folder

        files = place_of(out, data=data)
        cache_folder = None if no_cache else default_cache_folder()
        report_input = read_model(model, data, split=split, allow_seen=allow_seen, cache_folder=cache_folder)
        report = classifier_report(report_input)
        write_report(report, files, report_input.images)
    if as_json:
        # ASCII, and so UTF-8 whatever the encoding of standard output.
        click.echo(json.dumps(report.as_dict(), allow_nan=False))
    else:
        click.echo(f"{report.about.title}: {report.parts[0].figures.sentence}")
    click.echo(f"The report is {files.page}, its figures are {files.figures}.", err=True)
