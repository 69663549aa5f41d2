"""`roadsigns cross-validate`: evaluates a recipe on every labelled image of a data folder."""

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from roadsigns.cli.shared.on_ray import refuse_without_ray
from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.process import interruption
from roadsigns.cli.shared.trainings_on_ray import name_failed, training_cluster_options

if TYPE_CHECKING:
    from roadsigns.cross_validation.fold_task import FoldTask
    from roadsigns.cross_validation.metrics import CrossMetrics
    from roadsigns.datasets.folds import FoldUnit
    from roadsigns.distributed.tasks import TaskOutcome

__all__ = ["command"]

SHEET = "misread-tracks.png"
LEFT_OUT_PICTURE = "left-out.png"


@click.command("cross-validate")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder, archive or table of labelled images.",
)
@click.option("--recipe", default="tutorial-augmented", show_default=True, help="Name of a recipe, or a .toml file.")
@click.option("--folds", default=5, show_default=True, type=click.IntRange(2), help="Number of folds.")
@click.option(
    "--by",
    default="track",
    show_default=True,
    type=click.Choice(["track", "group"]),
    help="What stays in one fold: all frames of one sign (track), or all tracks that look alike (group).",
)
@click.option(
    "--leave-classes-out",
    is_flag=True,
    help="Train each fold without a part of the classes, and say how well these are told from the others.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Random seed.")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a recipe value, such as training.epochs=5."
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Folder for the results, new or to be resumed."
)
@click.option("--only-fold", type=click.IntRange(1), help="Train only this fold.")
@click.option(
    "--corruptions", is_flag=True, help="Also predict a corrupted copy of every image: dark, blurred, covered, ..."
)
@click.option("--hard", is_flag=True, hidden=True, help="The former name of --corruptions.")
@click.option(
    "--sheet",
    is_flag=True,
    help=f"Draw the tracks that are mostly misread, as {SHEET} in the --out folder; "
    f"with --leave-classes-out, the scores as {LEFT_OUT_PICTURE}.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--keep-models", is_flag=True, help="Keep the run folder of each fold.")
@click.option("--no-cache", is_flag=True, help="Do not cache decoded images.")
@click.option(
    "--on",
    "machines",
    type=click.Choice(["ray"]),
    help="Train the folds side by side on a Ray cluster, whose machines share the folders of data and results.",
)
@training_cluster_options
@click.pass_context
def command(
    context: click.Context,
    *,
    data: Path,
    recipe: str,
    folds: int,
    by: "FoldUnit",
    leave_classes_out: bool,
    seed: int,
    overrides: tuple[str, ...],
    out: Path,
    only_fold: int | None,
    corruptions: bool,
    hard: bool,
    sheet: bool,
    as_json: bool,
    keep_models: bool,
    no_cache: bool,
    machines: str | None,
    address: str | None,
    workers: int | None,
    threads: int | None,
) -> None:
    """Evaluate a recipe by cross-validation: for each fold, train a model and predict the images that it holds out.

    The predictions of each finished fold are kept as a small CSV file in the --out folder. After an interruption, the
    same command resumes without repeating finished folds. `roadsigns compare` compares two such folders.

    With --leave-classes-out, each of four folds trains without a quarter of the classes, on groups of look-alike tracks
    that are not in the fold, and predicts all images of the fold: the omitted classes are unknown signs.
    """
    if leave_classes_out:
        _refuse_beside_left_out(context)
    if machines is None:
        refuse_without_ray(address=address, workers=workers, threads=threads)
    from roadsigns.cross_validation.store import read_cross_validation

    context.params["corruptions"] = corruptions = corruptions or hard
    failed: Sequence[TaskOutcome[FoldTask]] = ()
    try:
        with result_only_on_stdout():
            from roadsigns.cross_validation.on_ray import Cluster, cross_validate_on_ray
            from roadsigns.cross_validation.run import cross_validate
            from roadsigns.cross_validation.settings import CrossSettings
            from roadsigns.loading.cache import default_cache_folder

            settings = CrossSettings(
                data=data,
                out=out,
                recipe=recipe,
                folds=folds,
                by=by,
                seed=seed,
                overrides=overrides,
                corruptions=corruptions,
                leave_classes_out=leave_classes_out,
                keep_models=keep_models,
                cache_folder=None if no_cache else default_cache_folder(),
            )
            if machines is None:
                finished = cross_validate(settings, only_fold=only_fold)
            else:
                failed = cross_validate_on_ray(settings, Cluster(address, workers, threads), only_fold=only_fold)
                finished = not failed
    except KeyboardInterrupt:
        _say_how_to_resume(context)
        raise
    if finished or read_cross_validation(out, left_out=leave_classes_out).parts:
        report = _report_left_out if leave_classes_out else _report
        report(out, data, sheet=sheet and finished, as_json=as_json)
    if failed:
        name_failed(failed)
        context.exit(1)
    if not finished:
        _say_how_to_resume(context)
        raise interruption()


def _report(out: Path, data: Path, *, sheet: bool, as_json: bool) -> None:
    from roadsigns.cross_validation.metrics import compute_cross_metrics
    from roadsigns.cross_validation.store import read_cross_validation
    from roadsigns.cross_validation.table import print_cross_metrics

    result = compute_cross_metrics(read_cross_validation(out))
    if as_json:
        # ASCII, which also holds names of files and folders that are not valid text.
        click.echo(json.dumps(result.as_dict(), allow_nan=False))
    else:
        print_cross_metrics(result, sys.stdout)
    if sheet:
        _draw(result, data, out / SHEET)


def _refuse_beside_left_out(context: click.Context) -> None:
    """Refuse what the classes that are left out decide, or what would need all of them."""
    for name in ("folds", "by", "corruptions", "hard"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} cannot be used with --leave-classes-out.", context)


def _report_left_out(out: Path, data: Path, *, sheet: bool, as_json: bool) -> None:
    from roadsigns.cross_validation.left_out.metrics import compute_left_out_metrics
    from roadsigns.cross_validation.left_out.table import draw_left_out, print_left_out_metrics
    from roadsigns.cross_validation.store import read_cross_validation

    result = compute_left_out_metrics(read_cross_validation(out, left_out=True))
    if as_json:
        click.echo(json.dumps(result.as_dict(), allow_nan=False))
    else:
        print_left_out_metrics(result, sys.stdout)
    if sheet:
        with result_only_on_stdout():
            draw_left_out(result, out / LEFT_OUT_PICTURE)
        click.echo(f"The scores are drawn in {out / LEFT_OUT_PICTURE}.", err=True)


def _draw(result: "CrossMetrics", data: Path, path: Path) -> None:
    from roadsigns.cross_validation.misread_tracks_sheet import draw_misread_tracks

    with result_only_on_stdout():
        draw_misread_tracks(result, data, path)
    click.echo(f"The mostly misread tracks are drawn in {path}.", err=True)


def _say_how_to_resume(context: click.Context) -> None:
    """Print the command with the same options: only the same cross-validation can be resumed."""
    values = context.params
    words = ["roadsigns", "cross-validate"]
    decided = ("folds", "by") if values["leave_classes_out"] else ()
    for name in ("data", "recipe", "folds", "by", "seed", "out"):
        words += [] if name in decided else [f"--{name}", str(values[name])]
    for override in values["overrides"]:
        words += ["--set", override]
    for name, option in (
        ("leave_classes_out", "--leave-classes-out"),
        ("corruptions", "--corruptions"),
        ("sheet", "--sheet"),
        ("as_json", "--json"),
        ("keep_models", "--keep-models"),
        ("no_cache", "--no-cache"),
    ):
        words += [option] if values[name] else []
    for name, option in (
        ("only_fold", "--only-fold"),
        ("machines", "--on"),
        ("address", "--address"),
        ("workers", "--workers"),
        ("threads", "--threads"),
    ):
        words += [option, str(values[name])] if values[name] else []
    click.echo(f"Stopped early. Resume with: {shlex.join(words)}", err=True)
