"""`roadsigns train`: a recipe and a data folder to a run folder."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.process import interruption
from roadsigns.errors import RunError
from roadsigns.wording import counted

if TYPE_CHECKING:
    from roadsigns.training.detector.result import DetectorResult
    from roadsigns.training.result import TrainingResult

__all__ = ["command"]


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder, archive or table of labelled images; for the recipe detector, folder of street scenes.",
)
@click.option(
    "--recipe",
    default="tutorial-augmented",
    help="Name of a recipe, or a .toml file.  [default: tutorial-augmented; with --init, fine-tune]",
)
@click.option("--init", metavar="MODEL", help="Model to fine-tune: a run folder, a model file, or a built-in model.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Random seed.")
@click.option("--run", type=click.Path(path_type=Path), help="Run folder to create.  [default: runs/RECIPE-DATE-TIME]")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a recipe value, such as training.epochs=5."
)
@click.option("--resume", is_flag=True, help="Resume the training in --run, with its own recipe and seed.")
@click.option("--no-cache", is_flag=True, help="Do not cache decoded images.")
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
    """Train a model from a recipe. The run folder then holds the model, its history and its metrics.

    With --init, fine-tune a model on your own classes; a few dozen images of each are enough.
    """
    if resume and run is None:
        raise RunError("--resume needs the folder of a run.", hint="Name it: --run FOLDER.")
    if init and not _is_given(context, "recipe"):
        recipe = "fine-tune"
    folder = run or Path("runs", f"{Path(recipe).stem}-{time.strftime('%Y%m%d-%H%M%S')}")
    with result_only_on_stdout():
        from roadsigns.loading.cache import default_cache_folder
        from roadsigns.training.api import train

        result = train(
            data,
            run=folder,
            # A default must not contradict the run that is resumed; only an option that was given may.
            recipe=recipe if not resume or _is_given(context, "recipe") else None,
            seed=seed if not resume or _is_given(context, "seed") else None,
            overrides=overrides,
            init=init,
            resume=resume,
            cache_folder=None if no_cache else default_cache_folder(),
        )
    _report(folder, data, result)
    if not result.complete:
        raise interruption()


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT


def _report(folder: Path, data: Path, result: "TrainingResult | DetectorResult") -> None:
    from roadsigns.training.result import TrainingResult

    described = _describe(result) if isinstance(result, TrainingResult) else result.describe()
    click.echo(f"{folder}: epoch {result.model_epoch}{described}")
    if not result.complete:
        click.echo(f"Stopped early. Resume with: roadsigns train --data {data} --run {folder} --resume", err=True)


def _describe(result: "TrainingResult") -> str:
    line = ""
    if validation := result.validation:
        errors, images = counted(validation.errors, "error"), counted(validation.images, "image")
        line = f", accuracy {validation.accuracy:.4f}, {errors} in {images}"
    seen = ", SIGNS ALREADY SEEN BY THE MODEL THAT IT STARTED OR LEARNED FROM" if result.seen_by_init else ""
    return f"{line} ({result.split}{seen})"
