"""`roadsigns train`: a recipe and a data folder to a run folder."""

import time
from pathlib import Path

import click

from roadsigns.errors import RunError
from roadsigns.recipe import load_recipe

__all__ = ["command"]


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path), help="Folder with the labelled images.")
@click.option("--recipe", default="tutorial-augmented", show_default=True, help="Name of a recipe, or a .toml file.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Decides everything random.")
@click.option("--run", type=click.Path(path_type=Path), help="Folder to make.  [default: runs/RECIPE-DATE-TIME]")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a value: training.epochs=5.")
@click.option("--resume", is_flag=True, help="Go on with the run in --run; recipe and seed are its own.")
@click.option("--no-cache", is_flag=True, help="Read the image files; keep no decoded copy.")
def command(
    data: Path, recipe: str, seed: int, run: Path | None, overrides: tuple[str, ...], resume: bool, no_cache: bool
) -> None:
    """Train a model by a recipe and leave a run folder with the model, its history and its figures."""
    if resume and run is None:
        raise RunError("--resume needs --run FOLDER, the run to go on with.")
    settings = load_recipe(recipe, overrides)
    name = Path(recipe).stem
    folder = run or Path("runs", f"{name}-{time.strftime('%Y%m%d-%H%M%S')}")

    from roadsigns.data.cache import default_cache_folder
    from roadsigns.data.gtsrb import read_training

    data_set = read_training(data)

    from roadsigns.inference.model_file import import_keras

    import_keras()
    from roadsigns.training.run import open_run
    from roadsigns.training.train import train

    with open_run(folder, resume=resume) as held:
        if resume:
            environment = held.read_json("environment.json")
            settings, name, seed = held.read_recipe(), environment["recipe"], environment["seed"]
            if held.is_complete:
                raise RunError(f"The run {folder} is complete. Evaluate it: roadsigns evaluate {folder} --data {data}")
        else:
            held.write_recipe(settings)
        figures = train(
            settings, data_set, held, name=name, seed=seed, cache_folder=None if no_cache else default_cache_folder()
        )
    _report(folder, data, figures)
    if not figures["complete"]:
        raise click.Abort


def _report(folder: Path, data: Path, figures: dict[str, object]) -> None:
    validation = figures.get("validation")
    if isinstance(validation, dict):
        click.echo(
            f"{folder}: epoch {figures['model_epoch']}, accuracy {validation['accuracy']:.4f}, "
            f"{validation['errors']} errors in {validation['images']} images ({figures['split']})"
        )
    else:
        click.echo(f"{folder}: epoch {figures['model_epoch']} ({figures['split']})")
    if not figures["complete"]:
        click.echo(f"Stopped early. Go on with: roadsigns train --data {data} --run {folder} --resume", err=True)
