"""`roadsigns evaluate`: figures of a model on images that it has not seen."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli._output import result_only_on_stdout
from roadsigns.errors import MissingExtraError, RunError

if TYPE_CHECKING:
    from roadsigns.evaluation.evaluate import Evaluation, EvaluationSplit
    from roadsigns.robustness.box_noise import BoxUse

__all__ = ["command"]


@click.command("evaluate")
@click.argument("model", metavar="MODEL")
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Folder with the labelled images.")
@click.option(
    "--split",
    default="test",
    show_default=True,
    type=click.Choice(["test", "validation", "all"]),
    help="Test images, those held out in training, or every labelled image outside the test set.",
)
@click.option(
    "--boxes",
    default="given",
    show_default=True,
    type=click.Choice(["given", "none", "jittered"]),
    help="What the model is told: the annotated boxes, none, or boxes whose edges are moved by up to 10 %.",
)
@click.option("--allow-seen", is_flag=True, help="Judge also on signs that the model was trained on, and say so.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for tables and pictures.  [default: RUN/evaluation-SPLIT[-BOXES] if MODEL is a run folder, else none]",
)
@click.option("--no-cache", is_flag=True, help="Read the image files; keep no decoded copy.")
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
    """Measure MODEL: a run folder, a model file, or the name of a built-in model.

    Accuracy with an interval, the six subsets of Stallkamp et al. beside human figures, the hardest classes; confusion
    matrix, recall of each class and the misread images as files. Refuses images of signs that the model was trained on.
    """
    with result_only_on_stdout():
        from roadsigns.evaluation.evaluate import evaluate
        from roadsigns.evaluation.report import figures_of
        from roadsigns.evaluation.table import print_report
        from roadsigns.loading.cache import default_cache_folder

        evaluation = evaluate(
            model,
            data,
            split=split,
            boxes=boxes,
            allow_seen=allow_seen,
            cache_folder=None if no_cache else default_cache_folder(),
        )
    if as_json:
        click.echo(json.dumps(figures_of(evaluation), ensure_ascii=False, allow_nan=False))
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
    except (RunError, MissingExtraError) as error:
        if out:
            raise
        # Nobody asked for these files, and the figures are out: a run folder on a read-only disk is no failure.
        click.echo(f"roadsigns: {error}", err=True)
        return
    click.echo(f"Tables and pictures are in {folder}.", err=True)


def _folder_name(evaluation: "Evaluation") -> str:
    return f"evaluation-{evaluation.split}" + ("" if evaluation.boxes == "given" else f"-{evaluation.boxes}")
