"""`roadsigns sheet`: examples of each class beside freshly drawn ones, on one page."""

from pathlib import Path

import click

__all__ = ["command"]


@click.command(name="sheet")
@click.argument("data", metavar="DATA", type=click.Path(path_type=Path))
@click.option(
    "--out",
    default=Path("sheet.png"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="PNG file to write or replace.",
)
@click.option("--per-class", default=8, show_default=True, type=click.IntRange(1), help="Images of each kind in a row.")
@click.option("--class", "class_ids", multiple=True, type=int, help="Only this class. May be repeated.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Decides which, and what is drawn.")
@click.option("--templates", type=click.Path(path_type=Path), help="Folder with your own signs, SVG or PNG.")
@click.option("--recipe", default="tutorial", show_default=True, help="Recipe whose [drawing] table is drawn by.")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override: drawing.dirt=0.")
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
    """Lay images of DATA beside drawn ones, class by class, for people's eyes.

    Real images have their class, track and frame under them. They are of different tracks and spread over the sizes;
    none is brightened or smoothed. Where DATA's classes are not GTSRB's, give drawings of them with --templates.
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
