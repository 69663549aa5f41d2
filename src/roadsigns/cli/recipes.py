"""`roadsigns recipes`: the recipes in the package."""

import json

import click


@click.command(name="recipes")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: an array of recipes, or every value of one.")
def command(name: str | None, as_json: bool) -> None:
    """List the recipes (training configurations), or print the recipe NAME as TOML, to copy and change."""
    from roadsigns.recipe import load_recipe, recipe_names, recipe_text

    if name is None:
        rows = [{"name": known, "description": load_recipe(known).description} for known in recipe_names()]
        _print_list(rows, as_json=as_json)
    elif as_json:
        click.echo(json.dumps(load_recipe(name).model_dump()))
    else:
        # TOML is UTF-8, whatever the encoding of standard output.
        click.echo(recipe_text(name).encode(), nl=False)


def _print_list(rows: list[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows))
        return
    width = max(len(row["name"]) for row in rows)
    for name, description in (("name", "description"), *((row["name"], row["description"]) for row in rows)):
        click.echo(f"{name:<{width}}  {description}")
