"""`roadsigns cross-validate`: evaluates a recipe on every labelled image of a data folder."""

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli._output import result_only_on_stdout

if TYPE_CHECKING:
    from roadsigns.cross_validation.metrics import CrossMetrics
    from roadsigns.datasets.folds import FoldUnit

__all__ = ["command"]

SHEET = "misread-tracks.png"


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
@click.option("--sheet", is_flag=True, help=f"Draw the tracks that are mostly misread, as {SHEET} in the --out folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--keep-models", is_flag=True, help="Keep the run folder of each fold.")
@click.option("--no-cache", is_flag=True, help="Do not cache decoded images.")
@click.pass_context
def command(
    context: click.Context,
    *,
    data: Path,
    recipe: str,
    folds: int,
    by: "FoldUnit",
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
) -> None:
    """Evaluate a recipe by cross-validation: for each fold, train a model and predict the images that it holds out.

    The predictions of each finished fold are kept as a small CSV file in the --out folder. After an interruption, the
    same command resumes without repeating finished folds. `roadsigns compare` compares two such folders.
    """
    from roadsigns.cross_validation.store import read_cross_validation

    context.params["corruptions"] = corruptions = corruptions or hard
    try:
        with result_only_on_stdout():
            from roadsigns.cross_validation.run import cross_validate
            from roadsigns.loading.cache import default_cache_folder

            finished = cross_validate(
                data,
                out=out,
                recipe=recipe,
                folds=folds,
                by=by,
                seed=seed,
                overrides=overrides,
                only_fold=only_fold,
                corruptions=corruptions,
                keep_models=keep_models,
                cache_folder=None if no_cache else default_cache_folder(),
            )
    except KeyboardInterrupt:
        _say_how_to_resume(context)
        raise
    if finished or read_cross_validation(out).parts:
        _report(out, data, sheet=sheet and finished, as_json=as_json)
    if not finished:
        _say_how_to_resume(context)
        raise click.Abort


def _report(out: Path, data: Path, *, sheet: bool, as_json: bool) -> None:
    from roadsigns.cross_validation.metrics import compute_cross_metrics
    from roadsigns.cross_validation.store import read_cross_validation
    from roadsigns.cross_validation.table import print_cross_metrics

    result = compute_cross_metrics(read_cross_validation(out))
    if as_json:
        # ASCII: a class is named after its folder, whose name may not be valid text.
        click.echo(json.dumps(result.as_dict(), allow_nan=False))
    else:
        print_cross_metrics(result, sys.stdout)
    if sheet:
        _draw(result, data, out / SHEET)


def _draw(result: "CrossMetrics", data: Path, path: Path) -> None:
    from roadsigns.cross_validation.misread_tracks_sheet import draw_misread_tracks

    with result_only_on_stdout():
        draw_misread_tracks(result, data, path)
    click.echo(f"The mostly misread tracks are drawn in {path}.", err=True)


def _say_how_to_resume(context: click.Context) -> None:
    """Print the command with the same options: only the same cross-validation can be resumed."""
    values = context.params
    words = ["roadsigns", "cross-validate"]
    for name in ("data", "recipe", "folds", "by", "seed", "out"):
        words += [f"--{name}", str(values[name])]
    for override in values["overrides"]:
        words += ["--set", override]
    for name, option in (
        ("corruptions", "--corruptions"),
        ("sheet", "--sheet"),
        ("as_json", "--json"),
        ("keep_models", "--keep-models"),
        ("no_cache", "--no-cache"),
    ):
        words += [option] if values[name] else []
    words += ["--only-fold", str(values["only_fold"])] if values["only_fold"] else []
    click.echo(f"Stopped early. Resume with: {shlex.join(words)}", err=True)
