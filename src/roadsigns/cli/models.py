"""`roadsigns models`: the built-in models."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from roadsigns.model_files.detector_metadata import DetectorMetadata
    from roadsigns.model_files.metadata import ModelMetadata


@click.command(name="models")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, with more details of each model.")
def command(as_json: bool) -> None:
    """List the built-in models. Other commands accept their names and aliases; an alias means the newest version."""
    from roadsigns.model_files.model_file import builtin_detectors, builtin_models, read_metadata
    from roadsigns.model_files.onnx_file import read_detector_file

    rows = []
    for name, path in builtin_models().items():
        metadata = read_metadata(path)
        rows.append(_row(name, path, metadata, "recogniser", len(metadata.classes)))
    for name, path in builtin_detectors().items():
        rows.append(_row(name, path, read_detector_file(path).metadata, "detector", None))
    if as_json:
        click.echo(json.dumps(rows))
    elif rows:
        _print_table(rows)
    else:
        click.echo("No model is built into this version. Train one with `roadsigns train`.")


def _row(
    name: str, path: Path, metadata: "ModelMetadata | DetectorMetadata", kind: str, classes: int | None
) -> dict[str, object]:
    from roadsigns.model_files.builtin import alias_of, describe

    return {
        "name": name,
        "alias": alias_of(name),
        "kind": kind,
        "description": describe(path),
        "classes": classes,
        "network": metadata.network,
        "recipe": metadata.recipe,
        "epoch": metadata.epoch,
        "weights_sha256": metadata.weights_sha256,
    }


def _print_table(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    columns = ("name", "alias", "description")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column != "description")
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    Console().print(table)
