"""`roadsigns parity`: compare an exported file with its Keras network."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roadsigns.cli.shared.output import result_only_on_stdout

if TYPE_CHECKING:
    from roadsigns.exports.parity.check import ParityCheck

__all__ = ["command"]


@click.command("parity")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--data", required=True, type=click.Path(path_type=Path), help="Folder, archive or table of labelled images."
)
@click.option(
    "--model",
    metavar="MODEL",
    help="The model that FILE was exported from.  [default: the built-in model with the same weights]",
)
@click.option(
    "--bfloat16", is_flag=True, help="Compute an OpenVINO file in bfloat16, as OpenVINO does on CPUs with AMX."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def command(*, file: Path, data: Path, model: str | None, bfloat16: bool, as_json: bool) -> int:
    """Check that the exported FILE agrees with its Keras network on labelled images.

    The exit status is 1 if they disagree. The limits depend on the precision, and are printed.
    """
    with result_only_on_stdout():
        from roadsigns.exports.parity.check import check_parity

        check = check_parity(file, data, model=model, arithmetic="bfloat16" if bfloat16 else "float32")
    if as_json:
        click.echo(json.dumps(check.as_dict()))
    else:
        _print_table(check)
    for problem in check.undecodable:
        click.echo(f"roadsigns: skipped: {problem}", err=True)
    return 0 if check.parity.agrees else 1


def _print_table(check: "ParityCheck") -> None:
    from rich.console import Console
    from rich.table import Table

    parity, limits = check.parity, check.parity.limits
    table = Table(box=None, show_header=False, pad_edge=False)
    decisions = "the model has no threshold"
    if parity.unequal_decisions is not None:
        decisions = f"{parity.unequal_decisions:,} (limit {limits.allowed_decisions(parity.images):,})"
    for name, value in (
        (str(check.file), parity.precision),
        ("Keras network", check.model),
        ("images", f"{parity.images:,} in {check.data}"),
        ("unequal labels", f"{parity.unequal_labels:,} (limit {limits.allowed(parity.images):,})"),
        ("unequal decisions", decisions),
        ("largest difference", f"{parity.largest_difference:.2g}{limits.describe_difference()}"),
        ("mean difference", f"{parity.mean_difference:.2g}"),
        ("errors", f"{parity.export_errors:,} ({parity.keras_errors:,} in Keras)"),
        ("verdict", "agrees" if parity.agrees else "DISAGREES"),
    ):
        table.add_row(name, value)
    Console(soft_wrap=True).print(table)
