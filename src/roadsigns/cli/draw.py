"""`roadsigns draw`: a data folder of drawn signs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from roadsigns.wording import counted

if TYPE_CHECKING:
    from roadsigns.synthesis.settings import Drawing

# What is for single signs only.
FOR_TRACKS = ("tracks", "frames", "test_tracks", "templates")


@click.command(name="draw")
@click.argument("destination", metavar="DEST", type=click.Path(path_type=Path))
@click.option("--tracks", default=20, show_default=True, help="Training tracks for each class.")
@click.option("--frames", default=10, show_default=True, help="Frames in each track.")
@click.option("--test-tracks", default=5, show_default=True, help="Test tracks for each class; 0 draws no test set.")
@click.option(
    "--scenes", type=int, metavar="N", help="Draw N street scenes with signs in them instead, in GTSDB's layout."
)
@click.option("--seed", default=0, show_default=True, help="Random seed; the same seed draws the same images.")
@click.option(
    "--templates", metavar="DIR", type=click.Path(path_type=Path), help="Folder with templates of your own signs."
)
@click.option("--recipe", default="tutorial", show_default=True, help="Recipe whose [drawing] settings are used.")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a recipe value, such as drawing.dirt=0."
)
@click.pass_context
def command(
    context: click.Context,
    *,
    destination: Path,
    tracks: int,
    frames: int,
    test_tracks: int,
    scenes: int | None,
    seed: int,
    templates: Path | None,
    recipe: str,
    overrides: tuple[str, ...],
) -> None:
    """Draw synthetic traffic signs into the new folder DEST, in GTSRB's layout.

    No photograph is needed: all 43 signs are drawn on synthetic backgrounds, with boxes and tracks. With --templates,
    your own signs are drawn instead, into one folder per class. A template is an SVG or PNG file of a sign: DIR holds
    CLASS.svg or CLASS.png for each class, or a folder CLASS with several variants of the sign.

    With --scenes, DEST gets pictures of whole streets, gt.txt with the boxes of the signs of the 43 classes, and
    others.txt with those of all other signs, by their kind.
    """
    from roadsigns.files import require_outside
    from roadsigns.recipe import load_recipe
    from roadsigns.synthesis.dataset import draw_dataset
    from roadsigns.synthesis.designs import official_designs, read_templates

    drawing = load_recipe(recipe, overrides).drawing
    if scenes is not None:
        _refuse_with_scenes(context, templates_in_recipe=bool(drawing.templates))
        _draw_scenes(destination, scenes, seed, drawing)
        return
    templates = templates or (Path(drawing.templates) if drawing.templates else None)
    if templates:
        require_outside(destination, templates, hint="Choose another folder.", kind="template folder")
    designs = read_templates(templates) if templates else official_designs()
    if templates and context.get_parameter_source("test_tracks") is ParameterSource.DEFAULT:
        # A folder per class has no test set.
        test_tracks = 0
    images = draw_dataset(
        destination,
        tracks=tracks,
        frames=frames,
        test_tracks=test_tracks,
        seed=seed,
        designs=designs,
        drawing=drawing,
    )
    click.echo(f"Wrote {counted(images, 'image')} of {counted(len(designs.drawable), 'class')} to {destination}.")


def _refuse_with_scenes(context: click.Context, *, templates_in_recipe: bool) -> None:
    """Refuse options that scenes do not heed.

    Raises:
        click.UsageError: If there is one.
    """
    for name in FOR_TRACKS:
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            option = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"--scenes and {option} cannot be combined. Leave one of them out.", context)
    if templates_in_recipe:
        raise click.UsageError(
            "Scenes show signs of GTSRB's classes, but the recipe's drawing.templates names signs of your own. "
            "Choose another recipe, or leave --scenes out.",
            context,
        )


def _draw_scenes(destination: Path, scenes: int, seed: int, drawing: "Drawing") -> None:
    from roadsigns.synthesis.scenes.dataset import draw_scenes

    drawn = draw_scenes(destination, scenes=scenes, seed=seed, drawing=drawing)
    click.echo(
        f"Wrote {counted(drawn.scenes, 'scene')} with {counted(drawn.labelled, 'labelled sign')} "
        f"and {drawn.others} others to {destination}."
    )
