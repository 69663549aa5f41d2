"""`roadsigns cross-validate`: a recipe judged on every labelled image of a data folder."""

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

SHEET = "wrong-tracks.png"


@click.command("cross-validate")
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Folder with the labelled images.")
@click.option("--recipe", default="tutorial-augmented", show_default=True, help="Name of a recipe, or a .toml file.")
@click.option("--folds", default=5, show_default=True, type=click.IntRange(2), help="In how many parts.")
@click.option(
    "--by",
    default="track",
    show_default=True,
    type=click.Choice(["track", "group"]),
    help="What stays together: the frames of a sign, or all look-alike signs.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Decides all chance.")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a value: training.epochs=5.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to make, or to go on with.")
@click.option("--only-fold", type=click.IntRange(1), help="Train this fold alone.")
@click.option("--hard", is_flag=True, help="Read every image under a hard condition too: dark, blurred, covered, ...")
@click.option("--sheet", is_flag=True, help=f"Draw the wrong tracks: {SHEET} in the --out folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--keep-models", is_flag=True, help="Keep the run folder of each fold.")
@click.option("--no-cache", is_flag=True, help="Read the image files; keep no decoded copy.")
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
    hard: bool,
    sheet: bool,
    as_json: bool,
    keep_models: bool,
    no_cache: bool,
) -> None:
    """Judge a recipe on every labelled image: train once for each fold, and read what that fold holds out.

    What is read in a finished fold is kept as a small CSV file in the --out folder. The same command goes on after
    Ctrl-C or a kill, and trains no fold that is there. Two such folders are compared with `roadsigns compare`.
    """
    from roadsigns.cross_validation.store import read_cross_validation

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
                hard=hard,
                keep_models=keep_models,
                cache_folder=None if no_cache else default_cache_folder(),
            )
    except KeyboardInterrupt:
        _tell_how_to_go_on(context)
        raise
    if finished or read_cross_validation(out).parts:
        _report(out, data, sheet=sheet and finished, as_json=as_json)
    if not finished:
        _tell_how_to_go_on(context)
        raise click.Abort


def _report(out: Path, data: Path, *, sheet: bool, as_json: bool) -> None:
    from roadsigns.cross_validation.metrics import compute_cross_metrics, cross_figures_of
    from roadsigns.cross_validation.store import read_cross_validation
    from roadsigns.cross_validation.table import print_cross_metrics

    figures = compute_cross_metrics(read_cross_validation(out))
    if as_json:
        # ASCII: a class is named after its folder, whose name may be no text.
        click.echo(json.dumps(cross_figures_of(figures), allow_nan=False))
    else:
        print_cross_metrics(figures, sys.stdout)
    if sheet:
        _draw(figures, data, out / SHEET)


def _draw(figures: "CrossMetrics", data: Path, path: Path) -> None:
    from roadsigns.cross_validation.misread_tracks_sheet import draw_misread_tracks

    with result_only_on_stdout():
        draw_misread_tracks(figures, data, path)
    click.echo(f"The wrong tracks are in {path}.", err=True)


def _tell_how_to_go_on(context: click.Context) -> None:
    """Repeat what decides: only the same is gone on with."""
    values = context.params
    words = ["roadsigns", "cross-validate"]
    for name in ("data", "recipe", "folds", "by", "seed", "out"):
        words += [f"--{name}", str(values[name])]
    for override in values["overrides"]:
        words += ["--set", override]
    for name, option in (
        ("hard", "--hard"),
        ("sheet", "--sheet"),
        ("as_json", "--json"),
        ("keep_models", "--keep-models"),
        ("no_cache", "--no-cache"),
    ):
        words += [option] if values[name] else []
    words += ["--only-fold", str(values["only_fold"])] if values["only_fold"] else []
    click.echo(f"Stopped early. Go on with: {shlex.join(words)}", err=True)
