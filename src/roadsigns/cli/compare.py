"""`roadsigns compare`: two cross-validations of the same images, track by track."""

import json
import sys
from pathlib import Path

import click

__all__ = ["command"]


@click.command("compare")
@click.argument("a", metavar="A", type=click.Path(path_type=Path))
@click.argument("b", metavar="B", type=click.Path(path_type=Path))
@click.option("--hard", is_flag=True, help="Compare what was read under hard conditions.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(*, a: Path, b: Path, hard: bool, as_json: bool) -> None:
    """Compare what was before (A) with what came after (B): folders of `roadsigns cross-validate`, or CSV files.

    Which tracks are won and lost, which classes change, and whether it is more than chance. Both must be of the same
    images.
    """
    from roadsigns.cross_validation.comparison import compare
    from roadsigns.cross_validation.comparison_table import comparison_values, print_comparison

    comparison = compare(a, b, hard=hard)
    if as_json:
        click.echo(json.dumps(comparison_values(comparison), allow_nan=False))
    else:
        print_comparison(comparison, sys.stdout)
