"""`roadsigns sweep`: cross-validates every combination of recipes, values and seeds on a Ray cluster."""

import itertools
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.trainings_on_ray import name_failed, training_cluster_options
from roadsigns.errors import MissingExtraError, OutputError

if TYPE_CHECKING:
    from roadsigns.datasets.folds import FoldUnit
    from roadsigns.sweep.results import SweepResult

__all__ = ["command"]

SEEDS = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


class SeedsType(click.ParamType[tuple[int, ...]]):
    """Seeds such as 0,3 or 0-4."""

    name = "seeds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Parse "0-2,7"."""
        from roadsigns.sweep.grid import MOST

        ranges: list[range] = []
        for part in str(value).split(","):
            match = SEEDS.fullmatch(part.strip())
            if match is None or int(match[2] or match[1]) < int(match[1]):
                self.fail(f"'{value}' are no seeds. Expected whole numbers such as 0,3 or 0-4.")
            ranges.append(range(int(match[1]), int(match[2] or match[1]) + 1))
        count = sum(map(len, ranges))
        if count > MOST:
            self.fail(f"These are {count:,} seeds. Expected {MOST:,} at most.")
        return tuple(dict.fromkeys(itertools.chain(*ranges)))


@click.command("sweep")
@click.option(
    "--data", required=True, type=click.Path(path_type=Path), help="Folder, archive or table of labelled images."
)
@click.option(
    "--recipe", "recipes", multiple=True, required=True, help="Name of a recipe, or a .toml file; may be repeated."
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE[,VALUE...]",
    help="Override a recipe value. Each of several values, such as training.learning_rate=0.001,0.003, makes a setting "
    "of its own.",
)
@click.option(
    "--seeds", type=SeedsType(), default="0", show_default=True, help="Random seeds of folds and training: 0,3 or 0-4."
)
@click.option("--folds", default=2, show_default=True, type=click.IntRange(2), help="Number of folds.")
@click.option(
    "--by",
    default="group",
    show_default=True,
    type=click.Choice(["track", "group"]),
    help="What stays in one fold: all frames of one sign (track), or all tracks that look alike (group).",
)
@click.option("--only-fold", type=click.IntRange(1), help="Train only this fold of each setting and seed.")
@click.option(
    "--halving",
    is_flag=True,
    help="After a quarter and after half of the epochs, end settings that are not among the better half of those that "
    "have come as far.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder, new or to be resumed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--no-cache", is_flag=True, help="Do not cache decoded images.")
@training_cluster_options
@click.pass_context
def command(
    context: click.Context,
    *,
    data: Path,
    recipes: tuple[str, ...],
    overrides: tuple[str, ...],
    seeds: tuple[int, ...],
    folds: int,
    by: "FoldUnit",
    only_fold: int | None,
    halving: bool,
    out: Path,
    as_json: bool,
    no_cache: bool,
    address: str | None,
    workers: int | None,
    threads: int | None,
) -> None:
    """Cross-validate every combination of recipes, values and seeds, and compare their errors.

    The trainings run side by side on a Ray cluster, whose machines share the folders of data and results; without
    --address, on this machine. After an interruption, the same command resumes; with further values or seeds, it adds
    these. In --out, each setting and seed is the folder of a cross-validation, which `roadsigns compare` and
    `roadsigns report` read. The results are also written as sweep.csv and sweep.png.
    """
    from roadsigns.cross_validation.on_ray import Cluster
    from roadsigns.loading.cache import default_cache_folder
    from roadsigns.sweep.grid import settings_of
    from roadsigns.sweep.results import read_sweep
    from roadsigns.sweep.settings import SweepSettings

    sweep = SweepSettings(
        data=data,
        out=out,
        grid=settings_of(recipes, overrides),
        seeds=seeds,
        folds=folds,
        by=by,
        only_fold=only_fold,
        halving=halving,
        cache_folder=None if no_cache else default_cache_folder(),
    )
    try:
        with result_only_on_stdout():
            from roadsigns.sweep.run import run_sweep

            failed = run_sweep(sweep, Cluster(address, workers, threads))
        result = read_sweep(sweep)
        unwritten = _write(result, out)
    except KeyboardInterrupt:
        click.echo("Stopped early. The same command resumes.", err=True)
        raise
    if as_json:
        click.echo(json.dumps(result.as_dict(), allow_nan=False))
    else:
        from roadsigns.sweep.table import print_sweep

        print_sweep(result, sys.stdout)
    name_failed(failed)
    if unwritten:
        raise unwritten
    click.echo(f"Tables and plots are in {out}.", err=True)
    context.exit(1 if failed else 0)


def _write(result: "SweepResult", out: Path) -> OutputError | None:
    """Write the files. Returns why they cannot be written: the results are to be printed all the same."""
    from roadsigns.files import output_errors
    from roadsigns.sweep.picture import draw_sweep
    from roadsigns.sweep.settings import CSV, PICTURE
    from roadsigns.sweep.table import write_sweep_csv

    try:
        with output_errors(out, "The trainings are kept. Free some space, then run the same command again."):
            write_sweep_csv(result, out / CSV)
            if any(one.images for one in result.settings):
                with result_only_on_stdout():
                    draw_sweep(result, out / PICTURE)
    except MissingExtraError as error:
        click.echo(f"roadsigns: {PICTURE} is not drawn: {error}", err=True)
    except OutputError as error:
        return error
    return None
