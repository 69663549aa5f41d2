"""`roadsigns report`: one HTML page that says how good a model is, and the JSON behind it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli.shared.class_names import class_names_option
from roadsigns.cli.shared.detector import is_detector, recognizer_option, refuse_without_detector
from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.report_detector import report_found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roadsigns.evaluation.leakage import EvaluationSplit

__all__ = ["command"]


@click.command("report")
@click.argument("source", metavar="MODEL|CROSS|CSV")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder, archive or table of labelled images. A model needs it; without it, a page on predictions shows no "
    "images. A detector needs street scenes.",
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
    help="What a model reads: test images, images held out from training, or all labelled images outside the test set. "
    "For a detector: scenes held out from training, or all.",
)
@recognizer_option
@click.option(
    "--against",
    metavar="MODEL|CROSS|CSV",
    help="Another one with predictions for the same images: which signs were won, which lost?",
)
@class_names_option("Class names of a CSV file: a data set such as gtsrb, or a text file with one name per line.")
@click.option("--unknown", type=click.Path(path_type=Path), help="Folder of signs that the model does not know.")
@click.option("--background", type=click.Path(path_type=Path), help="Folder of street scenes with gt.txt, as GTSDB's.")
@click.option(
    "--corruptions", is_flag=True, help="Also read one frame of each sign in noise, blur, snow, ... That takes a while."
)
@click.option(
    "--figures",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Figures of an earlier `roadsigns evaluate --unknown` or `--corruptions`: its folder or JSON file. May be "
    "given several times.",
)
@click.option("--allow-seen", is_flag=True, help="Allow signs that the model was trained on, and mark the results.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object and nothing else.")
@click.option("--no-cache", is_flag=True, help="Do not cache decoded images.")
def command(
    *,
    source: str,
    data: Path | None,
    out: Path,
    split: "EvaluationSplit",
    recognizer: str,
    against: str | None,
    classes: list[str] | None,
    unknown: Path | None,
    background: Path | None,
    corruptions: bool,
    figures: tuple[Path, ...],
    allow_seen: bool,
    as_json: bool,
    no_cache: bool,
) -> None:
    """Report on a model, a cross-validation, or anybody's predictions.

    MODEL is a run folder, a model file or the name of a built-in model, and reads the images of --data. CROSS is a
    folder that `roadsigns cross-validate` wrote. CSV is a file of predictions with the columns image, truth,
    prediction, probability and track.

    MODEL may also be a detector, and --data street scenes (GTSDB's layout, YOLO, COCO): how many signs it finds, of
    which size and class, what is named right, and each missed, misread and false sign as a picture.

    Writes one HTML page that needs nothing else, and its figures as a JSON file beside it.
    """
    with result_only_on_stdout():
        from roadsigns.datasets.layouts.table_images import require_outside_of_table
        from roadsigns.html_report.make import classifier_report
        from roadsigns.html_report.sources.open_source import Measure, kind_of_source, open_source
        from roadsigns.html_report.write import place_of, write_report
        from roadsigns.loading.cache import default_cache_folder
        from roadsigns.printable import printable

        if kind_of_source(source) != "model" and (unknown or background or corruptions):
            raise click.UsageError("--unknown, --background and --corruptions need a model: predictions read nothing.")
        files = place_of(
            out,
            data=data,
            folders=[folder for folder in (unknown, background) if folder],
            read=_read(source, against, figures),
        )
        if data is not None:
            require_outside_of_table(out, data)
        if is_detector(source):
            report = report_found(source, data, files=files, recognizer=recognizer, split=split, allow_seen=allow_seen)
        else:
            refuse_without_detector()
            report_input = open_source(
                source,
                data,
                split=split,
                classes=classes,
                against=against,
                measure=Measure(unknown, background, corruptions, figures),
                allow_seen=allow_seen,
                cache_folder=None if no_cache else default_cache_folder(),
            )
            report = classifier_report(report_input)
            write_report(report, files, report_input.images)
    if as_json:
        # ASCII, and so UTF-8 whatever the encoding of standard output.
        click.echo(json.dumps(report.as_dict(), allow_nan=False))
    else:
        click.echo(printable(f"{report.about.title}: {report.parts[0].figures.sentence}"))
    click.echo(printable(f"The report is {files.page}, its figures are {files.figures}."), err=True)


def _read(source: str, against: str | None, figures: "Sequence[Path]") -> list[Path]:
    """Return the files that a report is made of: those that are named, and the figures in folders that are."""
    from roadsigns.html_report.measured import FILE

    return [*map(Path, filter(None, (source, against))), *figures, *(folder / FILE for folder in figures)]
