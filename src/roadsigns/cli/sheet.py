"""`roadsigns sheet`: a contact sheet of each class beside freshly drawn signs."""

from pathlib import Path

import click

from roadsigns.cli.shared.output_file import OutputFile

__all__ = ["command"]


@click.command(name="sheet")
@click.argument("data", metavar="DATA", type=click.Path(path_type=Path))
@click.option(
    "--out",
    default=Path("sheet.png"),
    show_default=True,
    type=OutputFile(),
    help="PNG file to write or replace.",
)
@click.option(
    "--per-class",
    default=8,
    show_default=True,
    type=click.IntRange(1),
    help="Number of real images, and of drawn ones, in each row.",
)
@click.option("--class", "class_ids", multiple=True, type=int, help="Only this class. May be repeated.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Random seed.")
@click.option(
    "--templates",
    type=click.Path(path_type=Path),
    help="Folder with templates of your own signs, as for `roadsigns draw`.",
)
@click.option("--recipe", default="tutorial", show_default=True, help="Recipe whose [drawing] settings are used.")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a recipe value, such as drawing.dirt=0."
)
def command(
    *,
    data: Path,
    out: Path,
    per_class: int,
    class_ids: tuple[int, ...],
    seed: int,
    templates: Path | None,
    recipe: str,
    overrides: tuple[str, ...],
) -> None:
    """Draw a contact sheet: for each class, images of DATA beside drawn ones.

    Below each real image are its class, track and frame. The images are of different tracks and sizes; none is
    brightened or smoothed. If the classes of DATA are not GTSRB's, name a folder of templates with --templates.
    """
    from roadsigns.recipe import load_recipe
    from roadsigns.reporting.contact_sheet import write_contact_sheet

    drawing = load_recipe(recipe, overrides).drawing
    write_contact_sheet(
        data,
        out,
        drawing=drawing,
        templates=templates or (Path(drawing.templates) if drawing.templates else None),
        class_ids=class_ids,
        per_class=per_class,
        seed=seed,
    )
    click.echo(out)
