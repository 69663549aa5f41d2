"""`roadsigns evaluate`: metrics of a model on images that it has not seen."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli._output import result_only_on_stdout
from roadsigns.errors import MissingExtraError, OutputError

if TYPE_CHECKING:
    from roadsigns.evaluation.evaluation import Evaluation
    from roadsigns.evaluation.leakage import EvaluationSplit
    from roadsigns.robustness.box_noise import BoxUse

__all__ = ["command"]


@click.command("evaluate")
@click.argument("model", metavar="MODEL")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder, archive or table of labelled images.",
)
@click.option(
    "--split",
    default="test",
    show_default=True,
    type=click.Choice(["test", "validation", "all"]),
    help="Test images, images held out from training, or all labelled images outside the test set.",
)
@click.option(
    "--boxes",
    default="given",
    show_default=True,
    type=click.Choice(["given", "none", "jittered"]),
    help="Boxes given to the model: as annotated, none, or with each edge moved by up to 10 %.",
)
@click.option("--allow-seen", is_flag=True, help="Allow signs that the model was trained on, and mark the results.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for tables and plots.  [default: RUN/evaluation-SPLIT[-BOXES] if MODEL is a run folder, else none]",
)
@click.option("--no-cache", is_flag=True, help="Do not cache decoded images.")
def command(
    *,
    model: str,
    data: Path,
    split: "EvaluationSplit",
    boxes: "BoxUse",
    allow_seen: bool,
    as_json: bool,
    out: Path | None,
    no_cache: bool,
) -> None:
    """Evaluate MODEL: a run folder, a model file, or the name of a built-in model.

    Prints the accuracy with confidence intervals, for GTSRB also the accuracy of people on its six subsets, and the
    hardest classes. Writes the confusion matrix, the recall of each class and the misread images as files. Refuses
    images of signs that the model was trained on, if their tracks are known; if not, it says so.
    """
    with result_only_on_stdout():
        from roadsigns.evaluation.evaluate import evaluate
        from roadsigns.evaluation.table import print_report
        from roadsigns.files import check_output_folder
        from roadsigns.loading.cache import default_cache_folder

        if out:
            check_output_folder(out, data=data)
        evaluation = evaluate(
            model,
            data,
            split=split,
            boxes=boxes,
            allow_seen=allow_seen,
            cache_folder=None if no_cache else default_cache_folder(),
        )
    if as_json:
        # ASCII, and so UTF-8 whatever the encoding of standard output.
        click.echo(json.dumps(evaluation.as_dict(), allow_nan=False))
    else:
        print_report(evaluation, sys.stdout)
    with result_only_on_stdout():
        _write(evaluation, out)


def _write(evaluation: "Evaluation", out: Path | None) -> None:
    from roadsigns.evaluation.report import write_report

    run = Path(evaluation.model)
    folder = out or (run / _folder_name(evaluation) if run.is_dir() else None)
    if folder is None:
        return
    try:
        write_report(evaluation, folder)
    except (OutputError, MissingExtraError) as error:
        if out:
            raise
        # These files are written by default only, and the metrics are printed: a read-only run folder is no failure.
        click.echo(f"roadsigns: {error}", err=True)
        return
    click.echo(f"Tables and plots are in {folder}.", err=True)


def _folder_name(evaluation: "Evaluation") -> str:
    return f"evaluation-{evaluation.split}" + ("" if evaluation.boxes == "given" else f"-{evaluation.boxes}")
