"""`roadsigns look`: draws the windows that a spatial transformer chooses."""

from pathlib import Path

import click

from roadsigns.cli.shared.output import result_only_on_stdout
from roadsigns.cli.shared.output_file import OutputFile

__all__ = ["command"]


@click.command(name="look")
@click.argument("model", metavar="MODEL")
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True)
@click.option("--boxes", metavar="CSV", type=click.Path(path_type=Path), help="CSV file with a box for each image.")
@click.option(
    "--out",
    default=Path("look.png"),
    show_default=True,
    type=OutputFile(),
    help="PNG file to write or replace.",
)
def command(*, model: str, images: tuple[str, ...], boxes: Path | None, out: Path) -> int:
    """Show the region of each IMAGE that the spatial transformer of MODEL selects.

    IMAGE is an image file, a folder, a quoted glob pattern, an archive, or a CSV file with paths and boxes.

    Draws each image as the network receives it, with the selected region; beside it this region as the classifier sees
    it; and the prediction below. MODEL must have a spatial transformer, as those of the recipes best and
    spatial-transformer do.

    Images that cannot be read are left out and listed; the exit status is then 1.
    """
    with result_only_on_stdout():
        from roadsigns.bulk.inputs.sources import open_sources
        from roadsigns.reporting.transformer_view import write_transformer_view

        problems = write_transformer_view(model, open_sources(images, boxes=boxes, out=out).entries(), out)
    click.echo(out)
    for problem in problems:
        click.echo(f"roadsigns: Left out: {problem}", err=True)
    return 1 if problems else 0
