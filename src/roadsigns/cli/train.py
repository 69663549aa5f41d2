"""`roadsigns train`: a recipe and a data folder to a run folder."""

import time
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from roadsigns.cli._output import result_only_on_stdout
from roadsigns.errors import RunError

__all__ = ["command"]


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Folder with the labelled images.")
@click.option(
    "--recipe",
    default="tutorial-augmented",
    show_default="tutorial-augmented, with --init fine-tune",
    help="Name of a recipe, or a .toml file.",
)
@click.option("--init", metavar="MODEL", help="Begin from this model: a run folder, a model file, or a built-in name.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Decides all chance.")
@click.option("--run", type=click.Path(path_type=Path), help="Folder to make.  [default: runs/RECIPE-DATE-TIME]")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a value: training.epochs=5.")
@click.option("--resume", is_flag=True, help="Go on with the run in --run; recipe and seed are its own.")
@click.option("--no-cache", is_flag=True, help="Read the image files; keep no decoded copy.")
@click.pass_context
def command(
    context: click.Context,
    *,
    data: Path,
    recipe: str,
    init: str | None,
    seed: int,
    run: Path | None,
    overrides: tuple[str, ...],
    resume: bool,
    no_cache: bool,
) -> None:
    """Train a model by a recipe and leave a run folder with the model, its history and its figures.

    With --init, a model's layers are trained on for your own classes, for which a few dozen images are enough.
    """
    if resume and run is None:
        raise RunError("--resume needs --run FOLDER, the run to go on with.")
    if init and not _is_given(context, "recipe"):
        recipe = "fine-tune"
    folder = run or Path("runs", f"{Path(recipe).stem}-{time.strftime('%Y%m%d-%H%M%S')}")
    with result_only_on_stdout():
        from roadsigns.loading.cache import default_cache_folder
        from roadsigns.training.api import start_training

        figures = start_training(
            data,
            run=folder,
            # A default that nobody typed must not contradict the run that is gone on with.
            recipe=recipe if not resume or _is_given(context, "recipe") else None,
            seed=seed if not resume or _is_given(context, "seed") else None,
            overrides=overrides,
            init=init,
            resume=resume,
            cache_folder=None if no_cache else default_cache_folder(),
        )
    _report(folder, data, figures)
    if not figures["complete"]:
        raise click.Abort


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT


def _report(folder: Path, data: Path, figures: dict[str, Any]) -> None:
    validation = figures.get("validation")
    result = f"{folder}: epoch {figures['model_epoch']}"
    if validation:
        result += (
            f", accuracy {validation['accuracy']:.4f}, {validation['errors']} errors in {validation['images']} images"
        )
    click.echo(f"{result} ({figures['split']})")
    if not figures["complete"]:
        click.echo(f"Stopped early. Go on with: roadsigns train --data {data} --run {folder} --resume", err=True)
