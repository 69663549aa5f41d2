"""`roadsigns models`: the models that are built in."""

import json

import click


@click.command(name="models")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def command(as_json: bool) -> None:
    """List the models that are built in: what `predict` and `evaluate` take by name."""
    from roadsigns.model_files.model_file import builtin_models, read_metadata

    models = [(name, read_metadata(path)) for name, path in builtin_models().items()]
    rows = [
        {
            "name": name,
            "classes": len(metadata.classes),
            "network": metadata.network,
            "recipe": metadata.recipe,
            "epoch": metadata.epoch,
            "weights_sha256": metadata.weights_sha256,
        }
        for name, metadata in models
    ]
    if as_json:
        click.echo(json.dumps(rows))
    elif rows:
        _print_table(rows)
    else:
        click.echo("No model is built into this version. Train one with `roadsigns train`.")


def _print_table(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*rows[0], box=None, header_style="bold", pad_edge=False)
    for row in rows:
        # Twelve digits tell models apart; --json has all 64.
        table.add_row(*(str(value)[:12] if key == "weights_sha256" else str(value) for key, value in row.items()))
    Console().print(table)
